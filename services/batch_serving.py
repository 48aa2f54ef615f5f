"""What a process of a batch does: takes chunks over its line and sends back what became of them.

What is sent over the line is pickled by both ends of one program, and never stored.
"""

import time
import traceback
from multiprocessing.connection import Connection
from typing import Any

from compute.forecast.batch.chunk import forecast_chunk
from compute.forecast.batch.plan import BatchPlan, Chunk
from services.batch_news import Broken, Finished, News, OutOfMemory, Progress, Ready
from services.jobs.memory import is_out_of_memory, lift_memory_limit

NEWS_S = 0.2  # between two messages about progress


def serve(line: "Connection[Any, Any]") -> None:
    """Compute chunks until the line ends."""
    try:
        plan = line.recv()
        line.send(Ready())
        while True:
            line.send(_compute(plan, line.recv(), line))
    except (EOFError, OSError):
        return


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
