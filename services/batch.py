"""Batches of forecasts on this machine: reading the series chunk by chunk, the processes, the time that is left."""

import time
from collections.abc import Callable, Iterator
from itertools import islice

from compute.forecast.batch.plan import BatchPlan, Chunk
from compute.forecast.batch.request import BatchForecastRequest
from compute.forecast.batch.result import BatchForecastResult
from compute.forecast.batch.run import forecast_batch
from compute.forecast.batch.ways import way_of
from compute.job import Report
from compute.series import Series
from services.batch_series import check_size, open_collection
from services.workspace import Workspace

EARLY_S = 2.0  # before this the time left is a guess


def run_batch(request: BatchForecastRequest, workspace: Workspace, report: Report, device: str) -> BatchForecastResult:
    """Return the forecasts of every series that the request names."""
    report(0.0, "Reading the series")
    collection = open_collection(request.series, workspace)
    check_size(request, collection.size)
    plan = BatchPlan.of(request, collection.size, device)
    started = time.perf_counter()
    chunks = cut(collection.read(), way_of(plan.model).chunk or collection.size)
    result = forecast_batch(plan, chunks, with_time_left(report, time.perf_counter))
    summary = result.summary.model_copy(update={"seconds": time.perf_counter() - started})
    return result.model_copy(update={"summary": summary, "notes": (*collection.notes, *result.notes)})


def cut(series: Iterator[Series], size: int) -> Iterator[Chunk]:
    """Return the series in chunks of `size`."""
    first = 0
    while part := tuple(islice(series, size)):
        yield Chunk(first, part)
        first += len(part)


def with_time_left(report: Report, clock: Callable[[], float]) -> Report:
    """Return a report that adds about how many seconds are left, once that can be told."""
    started = clock()

    def report_time_left(fraction: float, message: str) -> None:
        elapsed = clock() - started
        if 0 < fraction < 1 and elapsed > EARLY_S:
            message += f", about {_round_up(elapsed * (1 - fraction) / fraction)} s left"
        report(fraction, message)

    return report_time_left


def _round_up(seconds: float) -> int:
    """Return seconds as a person would say them: 1 to 20 exactly, then in tens."""
    return int(seconds) + 1 if seconds < 20 else 10 * (int(seconds) // 10 + 1)
