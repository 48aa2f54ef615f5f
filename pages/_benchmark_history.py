"""Earlier benchmarks of a device as lines of a chart."""

from collections import defaultdict
from collections.abc import Iterable

from components.figures.benchmarks import RunLine
from pages._workspace import workspace
from services.benchmark.history import BenchmarkHistory, KeptMeasurement

MOST_ROWS = 500
MOST_LINES = 6


def read_history(device_name: str) -> tuple[RunLine, ...]:
    """Return what was measured on the device of that name, those measured most often first."""
    return history_lines(BenchmarkHistory(workspace().jobs.engine).page(device=device_name, limit=MOST_ROWS))


def history_lines(rows: Iterable[KeptMeasurement]) -> tuple[RunLine, ...]:
    """Return a line per measurement, library, size, driver and threads that was measured twice; `rows` newest first."""
    groups: defaultdict[tuple[object, ...], list[KeptMeasurement]] = defaultdict(list)
    for row in rows:
        key = (row.kind, row.variant, row.library, row.device, row.driver, row.threads, row.unit)
        groups[key].insert(0, row)
    often = sorted((found for found in groups.values() if len(found) > 1), key=len, reverse=True)[:MOST_LINES]
    drivers = {found[0].driver for found in often}
    return tuple(_line(found, is_driver_told=len(drivers) > 1) for found in often)


def _line(rows: list[KeptMeasurement], *, is_driver_told: bool) -> RunLine:
    newest = rows[-1]
    about = [part for part in (newest.library, newest.driver if is_driver_told else None) if part]
    return RunLine(
        title=" ".join([newest.title, *(f"({part})" for part in about)]),
        unit=newest.unit,
        at=tuple(row.at for row in rows),
        rates=tuple(row.rate for row in rows),
        verdicts=tuple(row.verdict for row in rows),
    )
