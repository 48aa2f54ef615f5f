"""Results of batches for the tests of what is shown of them."""

from datetime import UTC, datetime, timedelta

from compute.forecast.batch.result import BatchForecastResult, BatchSummary, PooledWidth, SeriesForecast
from compute.forecast.result import Interval

START = datetime(2024, 1, 1, tzinfo=UTC)
POOLED = PooledWidth(
    series=40,
    windows=160,
    factor={"80": (1.1, 1.2), "95": (1.2, 1.456)},
    coverage={"80": 0.79, "95": 0.948},
    own_coverage={"80": 0.7, "95": 0.873},
)


def series(name: str, mean: tuple[float, ...] = (2.0, 3.0), *, dated: bool = False) -> SeriesForecast:
    """A series that was forecast, two steps ahead, or more."""
    intervals = tuple(
        Interval(level=level, lower=tuple(v - width for v in mean), upper=tuple(v + width for v in mean))
        for level, width in ((80.0, 1.0), (95.0, 2.0))
    )
    times = tuple(START + timedelta(days=step) for step in range(len(mean))) if dated else None
    return SeriesForecast(
        name=name, status="done", timestamps=times, mean=mean, intervals=intervals, model="Random walk with drift"
    )


def failed(name: str, reason: str | None = "it has 1 value; give at least 2") -> SeriesForecast:
    """A series that was not."""
    return SeriesForecast(name=name, status="failed", reason=reason)


def batch(*parts: SeriesForecast, pooled: PooledWidth | None = None) -> BatchForecastResult:
    """The result of a batch of these series."""
    done = sum(each.status == "done" for each in parts)
    summary = BatchSummary(
        series=len(parts),
        done=done,
        failed=len(parts) - done,
        horizon=2,
        intervals_method="auto",
        calibration="pooled" if pooled else "none",
        pooled=pooled,
        seconds=3.21,
    )
    return BatchForecastResult(summary=summary, series=parts)
