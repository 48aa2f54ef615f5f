"""Benchmarks as tables for spreadsheets. Which kind of job has which table is in `export`."""

from collections.abc import Iterator, Sequence

from compute.benchmark.result import BenchmarkResult, Measurement
from services.csv_text import Cell

HEADER = (
    "title", "kind", "variant", "device", "status", "reason", "dtype", "library", "size", "size_title", "repeats",
    "median_ms", "iqr_ms", "rate", "unit", "percent_of_peak", "check_passed", "check_error", "verdict", "change",
    "change_percent",
)  # fmt: skip


def benchmark_rows(result: BenchmarkResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per measurement; those without a rate say why."""
    yield HEADER
    for each in result.measurements:
        yield _row(each)


def _row(each: Measurement) -> Sequence[Cell]:
    timing, rate, check, comparison = each.timing, each.rate, each.check, each.comparison
    return [
        each.title,
        each.kind,
        each.variant,
        each.device,
        each.status,
        each.reason,
        each.dtype,
        each.library,
        each.size,
        each.size_title,
        *((timing.repeats, timing.median_ms, timing.iqr_ms) if timing else (None, None, None)),
        *((rate.value, rate.unit, rate.percent_of_peak) if rate else (None, None, None)),
        *((str(check.has_passed).lower(), check.error) if check else (None, None)),
        each.verdict.name if each.verdict else None,
        *((comparison.change, comparison.change_percent) if comparison else (None, None)),
    ]
