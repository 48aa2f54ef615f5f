"""A comparison of models as a table: the best first, with its errors, its honesty and how sure its place is."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.attributes import aria, data
from components.defined import defined
from components.forecast_tables import ACCURACY_HELP
from components.model_names import short_name
from components.numbers import ABSENT, percent, significant
from components.tables import Cell, Column, table
from compute.forecast.backtest.result import BacktestResult, LeaderboardRow

MEASURES = ("MASE", "MAE", "RMSE", "sMAPE (%)", "CRPS")
_WORSE = (
    "Probability that this model errs more than the first in the long run, by the test of Diebold and Mariano over "
    "the folds. Below 95 % the two cannot be told apart."
)


def leaderboard_table(result: BacktestResult, button_ids: Sequence[Mapping[str, Any]], shown: int) -> html.Div:
    """Return the table; the button of each measured row shows its forecast, that of row `shown` is pressed."""
    levels = sorted({level for row in result.rows for level in row.coverage}, key=float)
    widest = levels[-1] if levels else None
    columns = [
        Column("Model"),
        Column("Show", is_silent=True),
        Column("Rank", is_number=True, help=f"By {result.ranked_by.upper()} over the held-out values of all folds."),
        *(Column(name, is_number=True, help=ACCURACY_HELP[name]) for name in MEASURES),
        *([Column(f"MSIS {widest} %", is_number=True, help=ACCURACY_HELP["MSIS"])] if widest else []),
        *(Column(f"In {level} %", is_number=True, help=ACCURACY_HELP["Coverage"]) for level in levels),
        Column("Worse than the first", is_number=True, help=_WORSE),
        Column("Fit (ms)", is_number=True, help="Measured time of one fit to the whole series, on this machine."),
    ]
    rows = [
        _row(row, levels, widest, _button(row, at, button_ids[at], at == shown)) for at, row in enumerate(result.rows)
    ]
    caption = f"{len(result.origins)} folds of {result.steps} steps; MAE, RMSE and CRPS in {result.name}"
    return table(caption, columns, rows)


def failures_list(result: BacktestResult) -> Component | None:
    """Return why some models could not be measured, or None."""
    failed = [row for row in result.rows if row.rank is None and row.reason]
    if not failed:
        return None
    return html.Ul([html.Li(f"{row.description}: {row.reason}") for row in failed], className="la-notes la-below")


def _row(row: LeaderboardRow, levels: Sequence[str], widest: str | None, button: Cell) -> list[Cell]:
    return [
        _name(row),
        button,
        row.rank,
        *(significant(value) for value in (row.mase, row.mae, row.rmse, row.smape, row.crps)),
        *([significant(row.msis.get(widest))] if widest else []),
        *(percent(row.coverage.get(level)) for level in levels),
        _worse(row),
        ABSENT if row.fit_ms is None else significant(row.fit_ms, 3),
    ]


def _name(row: LeaderboardRow) -> Cell:
    marks = []
    if row.rank == 1:
        marks.append(html.Span("first", className="la-mark la-mark-first"))
    if row.is_baseline:
        marks.append(html.Span("baseline", className="la-mark"))
    name = short_name(row.kind, row.description)
    called = html.Span(name) if name == row.description else defined(name, row.description)
    return html.Div([called, *marks], className="la-model")


def _worse(row: LeaderboardRow) -> Cell:
    if row.comparison is None or row.comparison.probability_worse is None:
        return None
    return percent(row.comparison.probability_worse)


def _button(row: LeaderboardRow, at: int, button_id: Mapping[str, Any], is_shown: bool) -> Cell:
    if not row.mean:
        return None
    return html.Button(
        "Show",
        id=dict(button_id),
        type="button",
        className="la-tool la-tool-small",
        **data(row=at),
        **aria(label=f"Show the forecast of {row.description}", pressed="true" if is_shown else "false"),
    )
