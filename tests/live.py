"""A real server process on a temporary data directory, for tests that drive the whole application."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 60.0
LOOK_AGAIN_S = 0.02
_NEVER = threading.Event()  # nobody sets it: waiting on it is the pause between two looks at a condition
T = TypeVar("T")


@dataclass
class LiveServer:
    """A running `python app.py` and where it answers."""

    process: subprocess.Popen[str]
    url: str
    data_dir: Path
    environment: dict[str, str]

    def kill(self) -> None:
        """Kill the server process at once, as a crash would; supervisor and workers stay."""
        self.process.send_signal(signal.SIGKILL)
        self._wait(10)

    def stop(self) -> None:
        """Stop the server as an operator would and wait until it is gone."""
        self.process.send_signal(signal.SIGTERM)
        self._wait(30)

    def _wait(self, timeout_s: float) -> None:
        self.process.wait(timeout=timeout_s)
        if self.process.stdout is not None:
            self.process.stdout.close()


def start_server(data_dir: Path, **variables: str) -> LiveServer:
    """Start `python app.py` on `data_dir`, wait for its URL and until it answers.

    One worker, which loads what it needs with its first job: most tests want one job of it, or none. Nothing is
    sampled unless a test asks for it.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOOKAHEAD_")}
    environment |= {"LOOKAHEAD_DATA_DIR": str(data_dir), "LOOKAHEAD_PORT": "0", "LOOKAHEAD_WARM_MODULES": ""}
    environment |= {"LOOKAHEAD_WORKERS": "1", "LOOKAHEAD_SAMPLE_HZ": "0"}
    environment |= variables
    log = (data_dir.parent / f"{data_dir.name}.log").open("a")
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py")], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
    )
    log.close()
    assert process.stdout is not None
    line = process.stdout.readline()
    assert "http://" in line, f"the server did not start: {line!r}; {Path(log.name).read_text()[-2000:]}"
    url = "http://" + line.split("http://", 1)[1].strip()
    wait_until(lambda: _answers(f"{url}/health"), START_TIMEOUT_S, "the server answers")
    return LiveServer(process, url, data_dir, environment)


@contextmanager
def live_server(data_dir: Path, **variables: str) -> Iterator[LiveServer]:
    """A running server; whatever it started is gone afterwards, also when the test fails."""
    server = start_server(data_dir, **variables)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
        kill_processes_of(data_dir)


def kill_processes_of(data_dir: Path) -> None:
    """Kill every process that was started with `data_dir` as its data directory."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get("LOOKAHEAD_DATA_DIR") == str(data_dir):
                process.kill()


def wait_until(holds: Callable[[], T], timeout_s: float, what: str, look_again_s: float = LOOK_AGAIN_S) -> T:
    """Return the first true value of `holds()`; fail with `what` when there is none within `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        value = holds()
        if value:
            return value
        _NEVER.wait(look_again_s)
    raise AssertionError(f"not within {timeout_s:g} s: {what}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
