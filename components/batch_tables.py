"""A batch in words and tables: how many were forecast, how honest the intervals are, and every series in a row."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.attributes import aria, data
from components.numbers import ABSENT, THIN_SPACE, percent, significant
from components.status import duration
from components.tables import Cell, Column, table
from compute.forecast.batch.result import BatchForecastResult, BatchSummary, SeriesForecast

SHOWN_REASONS = 8
FIRST_HELP = "Forecast of the first step, in the unit of the series."
LAST_HELP = "Forecast of the last step of the horizon, in the unit of the series."
MASE_HELP = (
    "Mean absolute error on held-out ends of this series, divided by that of the seasonal naive forecast inside the "
    "training part. Below 1 is better than naive."
)


def batch_sentence(summary: BatchSummary) -> str:
    """Return how many series were forecast, in what time, and whether their intervals kept what they promise."""
    failed = f", {count(summary.failed)} failed" if summary.failed else ""
    took = "" if summary.seconds is None else f", in {_seconds(summary.seconds)}"
    return f"{count(summary.done)} of {count(summary.series)} series forecast{failed}{took}. {honesty(summary)}"


def honesty(summary: BatchSummary) -> str:
    """Return what was measured of the intervals, in a sentence."""
    pooled = summary.pooled
    measured = [(level, share) for level, share in pooled.coverage.items() if share is not None] if pooled else []
    if pooled is not None and measured:
        level, share = max(measured, key=lambda each: float(each[0]))
        own = pooled.own_coverage.get(level)
        sentence = f"The {level} % interval held {percent(share, 1)} of held-out values"
        return sentence + (f"; the models' own would have held {percent(own, 1)}." if own is not None else ".")
    if summary.calibration == "none" and summary.intervals_method == "none":
        return "No intervals were asked for."
    if summary.calibration == "own":
        return "Each series' intervals were made as wide as its own held-out errors ask for."
    why = f", as {pooled.reason}" if pooled is not None and pooled.reason else ""
    return f"The intervals are the models' own: their coverage was not measured{why}."


def count(number: int) -> str:
    """Return a count with its thousands apart."""
    return f"{number:,}".replace(",", THIN_SPACE)


def honesty_table(summary: BatchSummary) -> Component | None:
    """Return the coverage of every level beside what it promises, or None where it was not measured."""
    pooled = summary.pooled
    if pooled is None or not pooled.windows:
        return None
    columns = [
        Column("Interval"),
        Column("Held", is_number=True, help="Share of held-out values inside the interval as it is given here."),
        Column("Models' own held", is_number=True, help="The same for the intervals as the models made them."),
        Column("Width, first step", is_number=True, help="Width over that of the models' own interval."),
        Column("Width, last step", is_number=True, help="Width over that of the models' own interval."),
    ]
    rows: list[list[Cell]] = [
        [
            f"{level} %",
            percent(pooled.coverage.get(level), 1),
            percent(pooled.own_coverage.get(level), 1),
            _times(factor[0] if factor else None),
            _times(factor[-1] if factor else None),
        ]
        for level, factor in sorted(pooled.factor.items(), key=lambda each: float(each[0]))
    ]
    caption = f"Learned from {count(pooled.windows)} held-out stretches of {count(pooled.series)} series"
    return table(caption, columns, rows)


def failures_list(result: BatchForecastResult) -> Component | None:
    """Return why series failed, the most frequent reason first, or None."""
    reasons = Counter(series.reason or "no reason is known" for series in result.series if series.status == "failed")
    if not reasons:
        return None
    named = {series.reason or "no reason is known": series.name for series in reversed(result.series)}
    lines = [
        f"{named[reason]}: {reason}" if often == 1 else f"{count(often)} series, such as {named[reason]}: {reason}"
        for reason, often in reasons.most_common(SHOWN_REASONS)
    ]
    rest = len(reasons) - len(lines)
    if rest > 0:
        lines.append(f"and {count(rest)} other reasons, each in the table below")
    return html.Ul([html.Li(line) for line in lines], className="la-notes")


def widest_level(result: BatchForecastResult) -> str | None:
    """Return the highest level among the intervals, such as `95`."""
    levels = [interval.level for series in result.series[:50] for interval in series.intervals]
    return f"{max(levels):g}" if levels else None


def series_table(result: BatchForecastResult, button_ids: Sequence[Mapping[str, Any]]) -> html.Div:
    """Return every series in a row; the button of each that was forecast shows it large."""
    level = widest_level(result)
    is_measured = any(series.accuracy for series in result.series)
    columns = [
        Column("Series"),
        Column("Show", is_silent=True),
        Column("First", is_number=True, help=FIRST_HELP),
        Column("Last", is_number=True, help=LAST_HELP),
        *([Column(f"Last, {level} %", is_number=True, help="Interval at the last step.")] if level else []),
        Column("Model"),
        *([Column("MASE", is_number=True, help=MASE_HELP)] if is_measured else []),
        Column("Status"),
    ]
    rows = [
        _row(series, level, _button(series, button_ids[at]), is_measured=is_measured)
        for at, series in enumerate(result.series)
    ]
    return table(f"{count(len(rows))} series, {result.summary.horizon} steps ahead", columns, rows)


def _row(series: SeriesForecast, level: str | None, button: Cell, *, is_measured: bool) -> list[Cell]:
    cells: list[Cell] = [series.name, button]
    cells += [significant(series.mean[at]) if series.mean else None for at in (0, -1)]
    if level:
        cells.append(_range(series, level))
    cells.append(html.Span(series.model, className="la-one-line") if series.model else None)
    if is_measured:
        cells.append(significant(series.accuracy.mase) if series.accuracy else None)
    return [*cells, series.status if series.status == "done" else f"failed: {series.reason or 'no reason is known'}"]


def _range(series: SeriesForecast, level: str) -> str | None:
    interval = next((each for each in series.intervals if f"{each.level:g}" == level), None)
    if interval is None or not interval.lower:
        return None
    return f"{significant(interval.lower[-1])} to {significant(interval.upper[-1])}"


def _button(series: SeriesForecast, button_id: Mapping[str, Any]) -> Cell:
    if not series.mean:
        return None
    return html.Button(
        "Show",
        id=dict(button_id),
        type="button",
        className="la-tool la-tool-small",
        **data(reveal="fan"),
        **aria(label=f"Show the forecast of {series.name}"),
    )


def _times(factor: float | None) -> str:
    return ABSENT if factor is None else f"{factor:.2f} ×"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else duration(seconds)
