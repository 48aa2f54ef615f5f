"""Batches of forecasts on this machine: reading the series chunk by chunk, the processes, the time that is left."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice

from compute.forecast.batch.plan import BatchPlan, Chunk
from compute.forecast.batch.request import BatchForecastRequest
from compute.forecast.batch.result import BatchForecastResult
from compute.forecast.batch.run import forecast_batch
from compute.forecast.batch.ways import way_of
from compute.job import Report
from compute.series import Series
from services.batch_memory import Remembering
from services.batch_pool import Everywhere
from services.batch_series import check_size, open_collection
from services.model_cache import open_model_cache
from services.workspace import Workspace

WINDOW_S = 20.0  # that the pace is taken from: starting processes and compiling say nothing of what comes
EARLY_S = 2.0  # before this the time left is a guess


def run_batch(request: BatchForecastRequest, workspace: Workspace, report: Report, device: str) -> BatchForecastResult:
    """Return the forecasts of every series that the request names."""
    report(0.0, "Reading the series")
    collection = open_collection(request.series, workspace)
    check_size(request, collection.size)
    plan = BatchPlan.of(request, collection.size, device)
    started = time.perf_counter()
    work = Everywhere(workspace.settings)
    chunks = cut(collection.read(), way_of(plan).chunk or collection.size)
    remembering = Remembering(work, open_model_cache(workspace.settings))
    result = forecast_batch(plan, chunks, with_time_left(report, time.perf_counter), remembering)
    measured = {"seconds": time.perf_counter() - started, "processes": work.processes}
    summary = result.summary.model_copy(update=measured)
    return result.model_copy(update={"summary": summary, "notes": (*collection.notes, *result.notes)})


def cut(series: Iterator[Series], size: int) -> Iterator[Chunk]:
    """Return the series in chunks of `size`."""
    first = 0
    while part := tuple(islice(series, size)):
        yield Chunk.of(first, part)
        first += len(part)


def with_time_left(report: Report, clock: Callable[[], float]) -> Report:
    """Return a report that adds about how many seconds are left, by the pace of late, once that can be told."""
    seen: deque[tuple[float, float]] = deque()

    def report_time_left(fraction: float, message: str) -> None:
        now = clock()
        if not seen or now - seen[-1][0] > WINDOW_S / 50:
            seen.append((now, fraction))
        while now - seen[0][0] > WINDOW_S:
            seen.popleft()
        elapsed, gained = now - seen[0][0], fraction - seen[0][1]
        if elapsed > EARLY_S and gained > 0 and fraction < 1:
            message += f", about {_round_up(elapsed * (1 - fraction) / gained)} s left"
        report(fraction, message)

    return report_time_left


def _round_up(seconds: float) -> int:
    """Return seconds as a person would say them: up to 20 exactly, then in tens."""
    return int(seconds) + 1 if seconds < 20 else 10 * (int(seconds) // 10 + 1)
