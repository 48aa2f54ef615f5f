"""The charts of the GPU page, read from the history: which there are, of which sources, over which window."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from components.figures.telemetry import DrawnChart, DrawnSeries
from services.telemetry import Telemetry
from services.telemetry.metrics import METRICS, Subject
from services.telemetry.reading import Line, Lines, Source, step_for
from services.telemetry.records import Status

MS = 1000
WINDOWS = {60: "1 min", 900: "15 min", 3600: "1 h", 21_600: "6 h", 86_400: "24 h", 604_800: "7 days"}
DEFAULT_WINDOW_S = 900
MOST_LINES = 16
_MACHINE = ("cpu_percent", "memory_used_mib", "load_1m", "disk_read_mib_s", "disk_write_mib_s", "disk_free_mib")
_JOBS = ("jobs_running", "jobs_queued")


@dataclass(frozen=True)
class Charts:
    """All charts of the page over one window."""

    window_s: int
    step_s: int
    cursor: int
    devices: tuple[DrawnChart, ...]
    machine: tuple[DrawnChart, ...]
    jobs: tuple[DrawnChart, ...]
    workers: tuple[DrawnChart, ...]

    @property
    def drawn_lines(self) -> set[str]:
        """`subject:key|metric` of all that is drawn: when something else is told, the page is drawn anew."""
        charts = (*self.devices, *self.machine, *self.jobs, *self.workers)
        return {f"{each.source}|{each.metric}" for chart in charts for each in chart.series if each.is_reported}


def read_window(given: object) -> int:
    """Return the window in seconds that an address or a control names; the default for anything else."""
    try:
        window = int(str(given))
    except ValueError:
        return DEFAULT_WINDOW_S
    return window if window in WINDOWS else DEFAULT_WINDOW_S


def read_charts(telemetry: Telemetry, status: Status, window_s: int) -> Charts:
    """Return the charts of the last `window_s` seconds; live samples continue them after `cursor`."""
    news = telemetry.history.news(0, 1)
    until = int(time.time() * MS) + 1
    since, step = until - window_s * MS, step_for(window_s)

    def read(subject: Subject) -> list[Lines]:
        names = [metric.name for metric in METRICS[subject]]
        sources = telemetry.history.sources(subject, since)[:MOST_LINES]
        return [telemetry.history.lines(source, names, since, until, step) for source in sources]

    host = read("host") or [_nothing(Source("host", "host", "This machine"))]
    limits = _limits(status)
    titles = {device.uuid: f"GPU {device.index}" for device in status.devices}
    return Charts(
        window_s=window_s,
        step_s=step,
        cursor=0 if news is None else news.cursor,
        devices=tuple(_charts("device", read("device"), limits=limits, titles=titles)),
        machine=tuple(_charts("host", host, only=_MACHINE, limits=limits)),
        jobs=tuple(_charts("host", host, only=_JOBS)),
        workers=tuple(_charts("process", read("process"))),
    )


def _charts(
    subject: Subject,
    found: Sequence[Lines],
    *,
    only: Sequence[str] | None = None,
    limits: dict[str, tuple[float, str]] | None = None,
    titles: Mapping[str, str] = MappingProxyType({}),
) -> Iterable[DrawnChart]:
    for metric in METRICS[subject]:
        if not found or (only is not None and metric.name not in only):
            continue
        series = tuple(
            DrawnSeries(
                title=titles.get(lines.source.key, lines.source.title),
                source=f"{subject}:{lines.source.key}",
                metric=metric.name,
                at_ms=lines.at_ms,
                values=lines.lines[metric.name].mean,
            )
            for lines in found
        )
        name = f"{subject}:{metric.name}"
        limit, words = (limits or {}).get(name, (None, ""))
        if metric.unit == "%" and subject != "process":
            limit = 100.0
        yield DrawnChart(f"{subject}-{metric.name}", metric.title, metric.unit, metric.definition, series, limit, words)


def _limits(status: Status) -> dict[str, tuple[float, str]]:
    """Return what cannot be exceeded, where all devices have the same limit."""
    limits: dict[str, tuple[float, str]] = {}
    if status.host.memory.total:
        limits["host:memory_used_mib"] = (status.host.memory.total, "all there is")
    for name, values in (
        ("device:memory_used_mib", {device.memory.total for device in status.devices}),
        ("device:power_w", {device.power_limit for device in status.devices}),
    ):
        if len(values) == 1 and (value := values.pop()):
            limits[name] = (value, "limit")
    return limits


def _nothing(source: Source) -> Lines:
    """Return the lines of something that was never sampled."""
    return Lines(source, 1, [], {metric.name: Line([], [], []) for metric in METRICS[source.subject]})
