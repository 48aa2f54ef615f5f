"""A process of a batch: takes chunks over a line, sends back what became of them, and ends when the leash is cut.

    python -m services.batch_child --line DESCRIPTOR --memory-mib N

What is sent over the line is pickled by both ends of one program, and never stored.
"""

import argparse
import os
import signal
import threading
import time
import traceback
from multiprocessing.connection import Connection
from typing import Any

from compute.forecast.batch.chunk import forecast_chunk
from compute.forecast.batch.plan import BatchPlan, Chunk
from services.batch_news import Broken, Finished, News, OutOfMemory, Progress
from services.jobs.memory import is_out_of_memory, lift_memory_limit, limit_memory

STDIN = 0
NEWS_S = 0.2  # between two messages about progress


def main() -> None:
    """Compute chunks until the line or the leash ends."""
    parser = argparse.ArgumentParser(prog="python -m services.batch_child", description="Compute chunks of a batch.")
    parser.add_argument("--line", type=int, required=True, help="descriptor of the socket to the worker")
    parser.add_argument("--memory-mib", type=int, required=True, help="memory this process may use")
    given = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupted terminal interrupts the worker, which ends this one
    threading.Thread(target=_end_with_leash, name="leash", daemon=True).start()
    limit_memory(given.memory_mib)
    line: Connection[Any, Any] = Connection(given.line)
    try:
        plan = line.recv()
        while True:
            line.send(_compute(plan, line.recv(), line))
    except (EOFError, OSError):
        os._exit(0)


def _compute(plan: BatchPlan, chunk: Chunk, line: "Connection[Any, Any]") -> News:
    told_at = time.monotonic()

    def tell(part: float, _message: str) -> None:
        nonlocal told_at
        if time.monotonic() - told_at > NEWS_S:
            told_at = time.monotonic()
            line.send(Progress(part))

    try:
        return Finished(forecast_chunk(plan, chunk, tell))
    except Exception as error:  # noqa: BLE001 - whatever it is, the worker decides what it means for the job
        if is_out_of_memory(error):
            lift_memory_limit()
            return OutOfMemory()
        return Broken("".join(traceback.format_exception(error)))


def _end_with_leash() -> None:
    while os.read(STDIN, 1):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
