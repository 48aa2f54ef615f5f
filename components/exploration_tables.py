"""A look at a series in numbers and words."""

from dash import html

from components.anomaly_tables import when_words
from components.numbers import p_value, percent, significant
from components.tables import Cell, Column, shown_number, table
from compute.forecast.exploration.result import ExploreResult

_KINDS = {"outlier": "Outlier", "level_shift": "Level shift"}


def finding_sentence(result: ExploreResult) -> str:
    """Return the answer: season, trend, what stands out."""
    parts = result.decomposition
    said = []
    if parts is not None and parts.seasonal_strength is not None and result.season_length > 1:
        said.append(
            f"A season of {result.season_length} steps explains {percent(parts.seasonal_strength)} beside the trend"
        )
    if parts is not None and parts.trend_strength is not None:
        said.append(f"the trend {percent(parts.trend_strength)} beside the season")
    counts = {kind: sum(each.kind == kind for each in result.outliers) for kind in _KINDS}
    found = [f"{count} {_KINDS[kind].lower()}{'s' if count > 1 else ''}" for kind, count in counts.items() if count]
    said.append(f"{' and '.join(found)} found" if found else "no outlier and no shift of level found")
    sentence = "; ".join(said)
    return sentence[0].upper() + sentence[1:] + "."


def summary_facts(result: ExploreResult) -> html.Dl:
    """Return the series in numbers."""
    summary = result.summary
    facts = (
        ("Values", shown_number(summary.count)),
        ("Missing", shown_number(summary.missing)),
        ("Mean", significant(summary.mean)),
        ("Standard deviation", significant(summary.standard_deviation)),
        ("Least", significant(summary.minimum)),
        ("Median", significant(summary.median)),
        ("Greatest", significant(summary.maximum)),
    )
    return html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts], className="la-facts")


def outlier_table(result: ExploreResult) -> html.Div | None:
    """Return what does not belong, with its size; None when nothing was found."""
    if not result.outliers:
        return None
    columns = [
        Column("When"),
        Column("What"),
        Column("Value", is_number=True),
        Column("Size", is_number=True, help="How far the value, or the level from there on, was moved."),
        Column("Score", is_number=True, help="Size over its standard error."),
    ]
    rows: list[list[Cell]] = [
        [
            when_words(each.timestamp, each.index),
            _KINDS[each.kind],
            significant(each.value),
            significant(each.size),
            significant(each.score, 3),
        ]
        for each in result.outliers
    ]
    return table(f"What stands out; values and sizes in {result.name}", columns, rows)


def period_table(result: ExploreResult) -> html.Div | None:
    """Return the periods that stand out; None when none does."""
    if result.spectrum is None or not result.spectrum.peaks:
        return None
    columns = [
        Column("Period (steps)", is_number=True),
        Column("Share of variance", is_number=True, help="Of the variance around the trend."),
        Column("In white noise", help="Chance of a peak as high in white noise (Fisher's test)."),
    ]
    rows: list[list[Cell]] = [
        [significant(peak.period, 3), percent(peak.share, 1), p_value(peak.p_value)] for peak in result.spectrum.peaks
    ]
    return table("Periods that stand out", columns, rows)
