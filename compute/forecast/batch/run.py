"""The front door of batches: from a plan and its chunks to the forecasts of all series."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from compute.forecast.answer import instants
from compute.forecast.batch.chunk import forecast_chunk
from compute.forecast.batch.plan import BatchPlan, Chunk, Count, SeriesOutcome, Work
from compute.forecast.batch.pooling import describe_pool, pool_widths
from compute.forecast.batch.result import (
    BatchForecastResult,
    BatchSummary,
    ModelCache,
    PooledWidth,
    SeriesForecast,
)
from compute.forecast.batch.ways import way_of
from compute.forecast.result import Interval
from compute.job import Report

LEARNED = 0.97  # share of the progress when every series is forecast


def compute_here(plan: BatchPlan, chunks: Iterable[Chunk], count: Count) -> Iterator[list[SeriesOutcome]]:
    """Compute chunk after chunk in this process."""
    done = 0
    for chunk in chunks:
        size = len(chunk.series)
        yield forecast_chunk(plan, chunk, lambda part, _, done=done, size=size: count(done + part * size))  # type: ignore[misc]
        done += size


def forecast_batch(
    plan: BatchPlan, chunks: Iterable[Chunk], report: Report, work: Work = compute_here
) -> BatchForecastResult:
    """Return the forecasts of all series of the chunks.

    What is kept of a series is its forecast; its values are let go with its chunk.
    """
    report(0.0, f"0 of {plan.n_series:,} series")

    def count(done: float) -> None:
        report(LEARNED * done / plan.n_series, f"{int(done):,} of {plan.n_series:,} series")

    outcomes = [outcome for part in work(plan, chunks, count) for outcome in part]
    outcomes.sort(key=lambda outcome: outcome.place)
    report(LEARNED, "Calibrating the intervals")
    pooled: PooledWidth | None = None
    if plan.is_pooled:
        outcomes, pooled = _widen(plan, outcomes)
    report(0.98, "Writing the result")
    result = BatchForecastResult(
        summary=_summarise(plan, outcomes, pooled),
        series=tuple(_write(plan, outcome) for outcome in outcomes),
    )
    report(1.0, "Done")
    return result


def _widen(plan: BatchPlan, outcomes: Sequence[SeriesOutcome]) -> tuple[list[SeriesOutcome], PooledWidth | None]:
    """Return the outcomes with the width that the errors of all of them teach; unchanged where there are none."""
    windows = [outcome.windows for outcome in outcomes if np.isfinite(outcome.windows).any()]
    if not windows:
        return list(outcomes), describe_pool([], plan.levels, np.ones((len(plan.levels), plan.horizon)))
    factors = pool_widths(windows, plan.levels)
    widened = [
        replace(outcome, offsets=outcome.offsets * factors[:, None, :]) if outcome.offsets.size else outcome
        for outcome in outcomes
    ]
    return widened, describe_pool(windows, plan.levels, factors)


def _summarise(plan: BatchPlan, outcomes: Sequence[SeriesOutcome], pooled: PooledWidth | None) -> BatchSummary:
    done = [outcome for outcome in outcomes if outcome.reason is None]
    origins = Counter(outcome.estimates for outcome in done)
    return BatchSummary(
        series=len(outcomes),
        done=len(done),
        failed=len(outcomes) - len(done),
        horizon=plan.horizon,
        intervals_method=plan.intervals if plan.levels else "none",
        calibration=_calibration(plan, pooled),
        pooled=pooled,
        model_cache=ModelCache(
            remembered=origins["remembered"], continued=origins["continued"], fitted=origins["fitted"]
        ),
        device=plan.device if way_of(plan).uses_device else "cpu",
    )


def _calibration(plan: BatchPlan, pooled: PooledWidth | None) -> Literal["pooled", "own", "none"]:
    if plan.is_pooled:
        return "pooled" if pooled is not None and pooled.windows else "none"
    return "own" if plan.is_calibrated else "none"


def _write(plan: BatchPlan, outcome: SeriesOutcome) -> SeriesForecast:
    if outcome.reason is not None:
        return SeriesForecast(name=outcome.name, status="failed", reason=outcome.reason)
    limits = outcome.mean + outcome.offsets  # (levels, 2, horizon)
    return SeriesForecast(
        name=outcome.name,
        status="done",
        timestamps=instants(outcome.future),
        mean=tuple(outcome.mean.tolist()),
        intervals=tuple(
            Interval(level=level, lower=tuple(lower.tolist()), upper=tuple(upper.tolist()))
            for level, (lower, upper) in zip(plan.levels, limits, strict=False)
        ),
        model=outcome.description,
        season_length=outcome.season_length,
        frequency=outcome.frequency,
        estimates=outcome.estimates,
        accuracy=outcome.accuracy,
        notes=outcome.notes,
    )
