"""Checking the work of receipts in a process of its own: the server stays light, and a crash there is no crash here.

    python -m services.proof.checking

reads a receipt per line from standard input and answers each with a line; it ends when its input closes.
"""

import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress

from pydantic import ValidationError

from compute.proof.receipt import AnyReceipt, parse_receipt
from compute.proof.verdict import WorkVerdict
from services.environment import child_environment
from services.logs import logger
from services.proof.verifier import BusyError
from services.settings import Settings

ENGINE_VARIABLE = "VERIFY_ENGINE"
TIMEOUT_S = 120.0  # doing the largest receipt of v1 again takes most of it
QUEUE_S = 20.0  # that a request waits for those before it


class WorkChecker:
    """The checking process: started with the first receipt, started again after it died or took too long."""

    def __init__(self, environment: Mapping[str, str], timeout_s: float = TIMEOUT_S) -> None:
        self._environment = dict(environment)
        self._timeout_s = timeout_s
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self, receipt: AnyReceipt) -> WorkVerdict:
        """Return whether the work was done; raise BusyError when nobody could tell in time."""
        if not self._turn.acquire(timeout=QUEUE_S):
            raise BusyError("other receipts are being checked; send it again later")
        try:
            line = receipt.model_dump_json().encode()
            try:
                answer = self._ask(line)
            except BrokenPipeError:  # it died since the last receipt, or of this one
                self.close()
                answer = self._ask(line)
            return WorkVerdict.model_validate_json(answer)
        except (OSError, ValidationError) as error:
            self.close()
            logger("verifier").error("work not checked", error=str(error))
            raise BusyError("the work could not be checked; send the receipt again later") from error
        finally:
            self._turn.release()

    def close(self) -> None:
        """End the process. The next receipt starts another one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()

    def _ask(self, line: bytes) -> bytes:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = self._start()
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None, "made with pipes"
        assert stdout is not None, "made with pipes"
        stdin.write(line + b"\n")
        stdin.flush()
        if not _is_readable(stdout.fileno(), self._timeout_s):
            raise TimeoutError(f"no answer within {self._timeout_s:g} s")
        answer = stdout.readline()
        if not answer:
            raise BrokenPipeError("the checking process ended")
        return answer

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-P", "-m", "services.proof.checking"]
        return subprocess.Popen(
            command, env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )


def _is_readable(descriptor: int, timeout_s: float) -> bool:
    """Return whether there is something to read in time; not by `select`, which refuses descriptors above 1023."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(timeout_s * 1000))


def open_checker(settings: Settings) -> WorkChecker:
    """Return the checker of an installation; nothing is started yet."""
    return WorkChecker(child_environment(settings))


def main() -> int:
    """Check receipts until the input ends."""
    from compute.proof.engines import choose_engine
    from compute.proof.verification import verify_work

    engine = choose_engine(os.environ.get(ENGINE_VARIABLE) or "numpy")
    for line in sys.stdin.buffer:
        verdict = verify_work(parse_receipt(json.loads(line)), engine)
        os.write(sys.stdout.fileno(), verdict.model_dump_json().encode() + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
