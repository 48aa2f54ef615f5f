"""Collections of series for tests of batches."""

from typing import Any

import numpy as np

from compute.forecast.arima import Arima
from compute.forecast.batch.plan import BatchPlan, Chunk
from compute.forecast.batch.result import BatchForecastResult
from compute.forecast.batch.run import forecast_batch
from compute.job import Report, ignore_progress
from compute.series import Series


def walks(count: int, seed: int = 0, shortest: int = 40, longest: int = 80) -> list[Series]:
    """Return random walks of different lengths."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(shortest, longest, count)
    return [Series(100 + np.cumsum(rng.normal(size=n)), name=f"walk {i}") for i, n in enumerate(lengths)]


def plan_for(n_series: int, **changes: Any) -> BatchPlan:
    """Return the plan of a batch of so many series."""
    asked: dict[str, Any] = {
        "model": Arima(p=1, d=1, q=0),
        "horizon": 6,
        "levels": (80.0, 95.0),
        "intervals": "auto",
        "n_bootstrap": 200,
        "bootstrap": "iid",
        "season_length": None,
        "seed": 1,
        "accuracy": False,
    }
    return BatchPlan(**asked | changes, n_series=n_series)


def run(series: list[Series], size: int = 16, report: Report = ignore_progress, **changes: Any) -> BatchForecastResult:
    """Forecast the series in chunks of `size`."""
    chunks = [Chunk.of(first, series[first : first + size]) for first in range(0, len(series), size)]
    return forecast_batch(plan_for(len(series), **changes), chunks, report)
