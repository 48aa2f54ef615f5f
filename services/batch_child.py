"""A process of a batch: ends with the worker that holds its leash, and keeps within its allowance of memory.

    python -m services.batch_child --line DESCRIPTOR --memory-mib N

Libraries are imported after the leash is on: it must not wait for them.
"""

import argparse
import ctypes
import os
import signal
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from services.collector import search_rarely
from services.leash import end_with_leash

YIELDING = 5  # steps below the worker, which must hear of a cancellation, and the server, which must answer
PR_SET_PDEATHSIG = 1  # of <linux/prctl.h>


def main() -> None:
    """Compute chunks until the line or the leash ends."""
    parser = argparse.ArgumentParser(prog="python -m services.batch_child", description="Compute chunks of a batch.")
    parser.add_argument("--line", type=int, required=True, help="descriptor of the socket to the worker")
    parser.add_argument("--memory-mib", type=int, required=True, help="memory this process may use")
    given = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupted terminal interrupts the worker, which ends this one
    _die_with_parent()
    os.nice(YIELDING)
    end_with_leash()
    search_rarely()
    from services.batch_serving import serve
    from services.jobs.memory import limit_memory

    limit_memory(given.memory_mib)
    line: Connection[Any, Any] = Connection(given.line)
    serve(line)
    os._exit(0)  # threads of numerical libraries must not hold up the end


def _die_with_parent() -> None:
    """Let the kernel end this process with the worker, where it can: the leash waits for a compiler to let it run."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
