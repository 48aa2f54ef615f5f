"""The what-if of a forecast with regressors: other future values, a new job, and both results side by side."""

import json
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from components.cards import card, chart_panel
from components.export import tool_button
from components.figures import regressors as charts
from components.form import Form, problem_alert
from components.form.values import parse, show
from components.numbers import significant
from compute.forecast.regressors import Regressor
from compute.forecast.result import ForecastResult, Values
from compute.schema import RequestError
from pages._job_page import restarted_body
from pages._job_records import JobPage
from pages._workspace import workspace
from services.submission import parse_request

FUTURE = next(field for field in Form("what-if", Regressor).fields if field.path == ("future",))
"""How future values are written and read: as in the form of the request."""


def what_if_card(page: JobPage, result: ForecastResult, revision: str) -> Component | None:
    """Return the regressors with their future values, to be changed and asked about again; None without any."""
    if not result.regressors:
        return None
    panels = [
        html.Div(
            [
                chart_panel(
                    page.name,
                    f"regressor-{at}",
                    each.name,
                    charts.regressor_chart(result, each, revision=revision),
                    charts.HEIGHT,
                ),
                dmc.Textarea(
                    id=_future(page, at),
                    label=f"Future values of {each.name}",
                    description="One for each step, in time order.",
                    value=show(FUTURE, each.future),
                    autosize=True,
                    minRows=3,
                    maxRows=6,
                    styles={"input": {"fontFamily": "var(--mantine-font-family-monospace)", "fontSize": "0.75rem"}},
                ),
                dmc.NumberInput(
                    id=_shift(page, at), label="Added to every value", value=0, hideControls=True, maw=200, mt="xs"
                ),
            ]
        )
        for at, each in enumerate(result.regressors)
    ]
    return card(
        "What if?",
        dmc.Text(
            "Change the future of what explains this series and forecast again: both results are then shown side by "
            "side.",
            size="sm",
            mb="md",
        ),
        html.Div(panels, className="la-what-if"),
        html.Div(id=page.part("what-if-alert"), role="alert"),
        html.Div(tool_button("Run the what-if", "play", id=page.part("what-if")), className="la-below"),
    )


def what_if_sentence(result: ForecastResult, other: ForecastResult) -> str:
    """Return by how much one forecast differs from another of the same steps, or nothing where they do not compare."""
    if result.timestamps != other.timestamps or len(result.mean) != len(other.mean) or result.name != other.name:
        return ""
    pairs = [(a, b) for a, b in zip(result.mean, other.mean, strict=True) if a is not None and b is not None]
    if not pairs:
        return ""
    mean = sum(a - b for a, b in pairs) / len(pairs)
    if mean == 0:
        return " On average the two are the same."
    return f" On average {significant(abs(mean), 3)} {'above' if mean > 0 else 'below'} it."


def futures_label(result: ForecastResult, other: ForecastResult) -> str:
    """Return what tells a result from another by the future of its regressors; nothing where these are the same."""
    before = {each.name: each.future for each in other.regressors}
    changed = [each for each in result.regressors if each.name in before and before[each.name] != each.future]
    return ", ".join(f"{each.name} {significant(_mean(each.future), 3)} on average" for each in changed)


def register_what_if(page: JobPage) -> None:
    """Let the button ask for a new forecast with the changed futures."""

    @callback(
        output={
            "body": Output(page.part("root"), "children", allow_duplicate=True),
            "alert": Output(page.part("what-if-alert"), "children"),
        },
        inputs={"clicks": Input(page.part("what-if"), "n_clicks")},
        state={
            "futures": State(_future(page, ALL), "value"),
            "shifts": State(_shift(page, ALL), "value"),
            "current": State(page.part("current"), "data"),
        },
        prevent_initial_call=True,
    )
    def ask(
        clicks: int | None, futures: list[str], shifts: list[Any], current: dict[str, Any] | None
    ) -> dict[str, Any]:
        """Judge the changed request; show what is wrong above the button, or run it and compare."""
        job = workspace().jobs.get(current["job_id"]) if clicks and current else None
        if job is None:
            raise PreventUpdate
        request = json.loads(json.dumps(job.request))
        try:
            for at, (text, shift) in enumerate(zip(futures, shifts, strict=True)):
                request["regressors"][at]["future"] = _moved(text, shift, request["horizon"], at)
            parsed = parse_request(page.task, request, workspace())
        except RequestError as error:
            return {"body": no_update, "alert": problem_alert([problem.msg for problem in error.problems])}
        return {"body": restarted_body(page, parsed.model_dump(mode="json"), job.id), "alert": None}


def _moved(text: str, shift: Any, horizon: int, at: int) -> list[Any]:
    """Return the values in a text, each with the shift added; RequestError where it is not one number for each step."""
    values = parse(FUTURE, text)
    loc = ("regressors", at, "future")
    wrong = [value for value in values if not isinstance(value, int | float)]
    if wrong:
        raise RequestError.at(*loc, msg=f"{wrong[0]!r} is no number; give one number for each step")
    if len(values) < horizon:
        raise RequestError.at(
            *loc, msg=f"{len(values)} future values for a horizon of {horizon}; give one for each step"
        )
    moved = float(shift) if isinstance(shift, int | float) else 0.0
    return [value + moved for value in values]


def _mean(values: Values) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _future(page: JobPage, at: Any) -> dict[str, Any]:
    return {"page": page.name, "future": at}


def _shift(page: JobPage, at: Any) -> dict[str, Any]:
    return {"page": page.name, "shift": at}
