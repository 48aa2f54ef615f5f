"""History as answers: lines of one subject as records or as CSV, busy time with its summary."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from api.gpu_records import (
    Event,
    Events,
    History,
    HistoryQuery,
    MetricLine,
    SourceHistory,
    Utilization,
    UtilizationQuery,
    UtilizationSeries,
    UtilizationSummary,
)
from compute.schema import RequestError
from services.csv_text import Cell, csv_text, time_text
from services.telemetry import Telemetry
from services.telemetry.metrics import METRICS
from services.telemetry.reading import MAX_POINTS, Lines, Source, step_for
from services.telemetry.records import Status

IDLE_PERCENT = 5.0
MS = 1000


def utilization_of(telemetry: Telemetry, query: UtilizationQuery) -> Utilization:
    """Return the busy time of the devices asked for; RequestError when there is no such device."""
    step = _step(query.window, query.step)
    status = telemetry.status.read()
    until = int(time.time() * MS) + 1
    since = until - query.window * MS
    sources = _chosen(telemetry.history.sources("device", since), query.device, status)
    lines = [telemetry.history.lines(source, ["utilization"], since, until, step) for source in sources]
    reason = None if sources else status.reason or "no device reported anything in this window"
    return Utilization(window=query.window, step=step, devices=tuple(_busy_time(each) for each in lines), reason=reason)


def history_of(telemetry: Telemetry, query: HistoryQuery) -> list[Lines]:
    """Return all metrics of the subject's sources over the window."""
    step = _step(query.window, query.step)
    until = int((query.until or time.time()) * MS) + 1
    since = until - query.window * MS
    names = [metric.name for metric in METRICS[query.subject]]
    sources = telemetry.history.sources(query.subject, since)
    chosen = [source for source in sources if query.key in (None, source.key)]
    if query.key is not None and not chosen:
        known = ", ".join(source.key for source in sources) or "none"
        raise RequestError.at("query", "key", msg=f"nothing called {query.key!r} was sampled then; there are: {known}")
    return [telemetry.history.lines(source, names, since, until, step) for source in chosen]


def history_record(query: HistoryQuery, found: Sequence[Lines]) -> History:
    """Return the lines as a record."""
    return History(
        subject=query.subject,
        window=query.window,
        step=_step(query.window, query.step),
        sources=tuple(_source(each) for each in found),
    )


def history_csv(query: HistoryQuery, found: Sequence[Lines]) -> Iterator[str]:
    """Return the means as CSV: one row per source and time, metrics with their units as columns."""
    metrics = METRICS[query.subject]
    header = ["time", "source", *(f"{each.name} ({each.unit})" if each.unit else each.name for each in metrics)]

    def rows() -> Iterator[Sequence[Cell]]:
        yield header
        for each in found:
            for i, at in enumerate(each.at_ms):
                values = [each.lines[metric.name].mean[i] for metric in metrics]
                yield [time_text(datetime.fromtimestamp(at / MS, UTC)), each.source.title, *values]

    return csv_text(rows())


def event_list(telemetry: Telemetry, limit: int) -> Events:
    """Return what happened, newest first."""
    found = telemetry.history.events(limit)
    return Events(
        events=tuple(
            Event(at=at / MS, kind=kind, source=source, code=code, text=text) for at, kind, source, code, text in found
        )
    )


def _step(window_s: int, step_s: int | None) -> int:
    step = step_s or step_for(window_s)
    if window_s / step > MAX_POINTS:
        needed = -(-window_s // MAX_POINTS)
        raise RequestError.at(
            "query",
            "step",
            msg=f"{window_s} s in steps of {step} s are more than {MAX_POINTS} points; use {needed} s or more",
        )
    return step


def _chosen(sources: Sequence[Source], wanted: str | None, status: Status) -> list[Source]:
    if wanted is None:
        return list(sources)
    by_index = {str(device.index): device.uuid for device in status.devices}
    uuid = by_index.get(wanted, wanted)
    chosen = [source for source in sources if source.key == uuid]
    if not chosen:
        known = ", ".join([*by_index, *(source.key for source in sources)]) or "none"
        raise RequestError.at("query", "device", msg=f"no device {wanted!r} was sampled then; there are: {known}")
    return chosen


def _busy_time(found: Lines) -> UtilizationSeries:
    line = found.lines["utilization"]
    told = [value for value in line.mean if value is not None]
    peaks = [value for value in line.largest if value is not None]
    summary = UtilizationSummary(
        mean=sum(told) / len(told) if told else None,
        peak=max(peaks, default=None),
        idle_share=sum(value < IDLE_PERCENT for value in told) / len(told) if told else None,
    )
    return UtilizationSeries(
        device=found.source.key,
        title=found.source.title,
        times=tuple(at / MS for at in found.at_ms),
        mean=tuple(line.mean),
        peak=tuple(line.largest),
        summary=summary,
    )


def _source(found: Lines) -> SourceHistory:
    metrics = tuple(
        MetricLine(
            name=metric.name,
            unit=metric.unit,
            definition=metric.definition,
            mean=tuple(found.lines[metric.name].mean),
            least=tuple(found.lines[metric.name].least),
            largest=tuple(found.lines[metric.name].largest),
        )
        for metric in METRICS[found.source.subject]
    )
    return SourceHistory(
        key=found.source.key,
        title=found.source.title,
        times=tuple(at / MS for at in found.at_ms),
        metrics=metrics,
    )
