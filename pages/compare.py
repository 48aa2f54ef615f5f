"""The comparison page: several models on the past of one series, ranked by what they got wrong."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, ctx, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from components.cards import card, graph, waiting_blocks
from components.figures import forecast as fan
from components.figures import leaderboard as charts
from components.forecast_tables import notes_list
from components.form import Form
from components.leaderboard import failures_list, leaderboard_table
from components.model_names import short_name
from components.numbers import significant
from compute.forecast.backtest.request import BacktestRequest
from compute.forecast.backtest.result import BacktestResult
from pages._job_layout import job_layout
from pages._job_records import Answer, Finished, JobPage, Sample, file_name_of
from pages._job_views import finished
from services.jobs import ListedJob

dash.register_page(
    __name__,
    path="/compare",
    name="Compare models",
    order=11,
    icon="compare",
    shortcut="m",
    title="Compare models | Lookahead",
)

NAME = "compare"
AIR_PASSENGERS = {"dataset": "air-passengers", "column": "passengers"}


def _answer(done: Finished, other: Finished | None) -> Answer:
    result: BacktestResult = done.result
    sentence = result.winner.sentence if result.winner else "No model could be measured on this series."
    if other is not None and other.result.winner is not None:
        best = other.result.rows[other.result.winner.row]
        sentence += f" The other comparison, of {other.result.name}: {best.description}, MASE {significant(best.mase)}."
    return Answer(
        title=f"{result.name}: {len(result.rows)} models, {len(result.origins)} folds of {result.steps} steps",
        sentence=sentence,
        file_name=file_name_of(f"{result.name} models"),
        graph="fan",
    )


def _describe(job: ListedJob) -> str:
    series = job.request.get("series", {})
    kinds = [str(model.get("kind", "")).replace("_", " ") for model in job.request.get("models", [])]
    return f"{', '.join(kinds)} on {series.get('column') or series.get('name', 'series')}"


def _draw(done: Finished, _other: Finished | None) -> Component:
    result: BacktestResult = done.result
    shown = _first_shown(result)
    return html.Div(
        [
            notes_list(result.notes),
            card("Leaderboard", html.Div(_table(result, shown), id=_part("table")), failures_list(result)),
            html.Div(_charts(result, shown, done.job.id), id=_part("charts"), className="la-stack"),
        ],
        className="la-stack",
    )


def _first_shown(result: BacktestResult) -> int:
    return next((at for at, row in enumerate(result.rows) if row.mean), 0)


def _part(name: str) -> dict[str, str]:
    return {"page": NAME, "part": f"shown/{name}"}


def _row_id(at: int) -> dict[str, Any]:
    return {"page": NAME, "row": at}


def _table(result: BacktestResult, shown: int) -> Component:
    return leaderboard_table(result, [_row_id(at) for at in range(len(result.rows))], shown)


def _charts(result: BacktestResult, shown: int, revision: str) -> list[Component]:
    row = result.rows[shown]
    if not row.mean:
        return []
    label = f"Forecast of {result.name} by {row.description} with prediction intervals"
    return [
        graph(NAME, "fan", charts.row_chart(result, row, revision=revision), fan.HEIGHT, label, has_bar=True),
        card(
            f"What would {short_name(row.kind, row.description)} have said?",
            dmc.Text(
                f"Each line begins where the model knew nothing yet of what follows; it came first in {row.wins} of "
                f"{len(result.origins)} folds.",
                size="sm",
                mb="md",
            ),
            graph(
                NAME,
                "folds",
                charts.folds_chart(result, row, revision=revision),
                charts.FOLDS_HEIGHT,
                f"What {row.description} would have forecast at each fold, and what came",
            ),
        ),
    ]


@callback(
    output={"charts": Output(_part("charts"), "children"), "table": Output(_part("table"), "children")},
    inputs={"clicks": Input({"page": NAME, "row": ALL}, "n_clicks")},
    state={"current": State({"page": NAME, "part": "current"}, "data")},
    prevent_initial_call=True,
)
def show_row(clicks: list[int | None], current: dict[str, Any] | None) -> dict[str, Any]:
    """Show the forecast of the row whose button was clicked."""
    done = finished("backtest", current["job_id"]) if current and any(clicks) else None
    if done is None or not isinstance(ctx.triggered_id, dict):
        raise PreventUpdate
    shown = int(ctx.triggered_id["row"])
    return {"charts": _charts(done.result, shown, done.job.id), "table": _table(done.result, shown)}


def _draw_waiting() -> Component:
    return waiting_blocks(300, fan.HEIGHT, charts.FOLDS_HEIGHT)


PAGE = JobPage(
    name=NAME,
    kind="backtest",
    title="Compare models",
    subtitle="Let several models forecast the past of one series, and see which errs least and how sure that is.",
    form=Form(
        NAME,
        BacktestRequest,
        advanced=("step", "levels", "intervals", "n_bootstrap", "bootstrap", "season_length", "seed"),
    ),
    run_label="Compare",
    working_title="Comparing",
    empty_title="Which model forecasts this series best?",
    empty_message="Choose a series and some models. Each forecasts held-out parts of the past from what came before; "
    "the leaderboard shows their errors, whether their intervals were honest, and the forecast of each.",
    samples=(
        Sample(
            "Airline passengers, five models",
            {
                "series": AIR_PASSENGERS,
                "models": [{"kind": kind} for kind in ("theta", "ets", "arima", "seasonal_naive", "drift")],
            },
        ),
    ),
    answer=_answer,
    draw=_draw,
    draw_waiting=_draw_waiting,
    describe=_describe,
)
layout = job_layout(PAGE)
