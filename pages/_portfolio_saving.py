"""Keeping a portfolio that was found under a name: the control on its page, and what it does."""

from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, callback, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from components.export import pop_up
from components.strategy_names import strategy_title
from compute.portfolio.optimization.result import OptimizeResult
from compute.schema import RequestError
from pages._job_records import Finished
from pages._job_views import finished
from pages._portfolio_entry import refuse_empty
from pages._workspace import workspace
from services.saved_portfolios import SavedPortfolio, parse_portfolio

KIND = "optimize"
PATH = "/portfolios"
VALUE = 100_000  # in money, where nobody says
LEAST_WEIGHT = 1e-9  # what arithmetic leaves of a weight of 0


def save_control(page: str, result: OptimizeResult) -> html.Details:
    """Return the button that asks for a name and keeps the portfolio."""
    name = dmc.TextInput(id=_part(page, "name"), label="Name", value=strategy_title(result.objective), w=260)
    value = dmc.NumberInput(
        id=_part(page, "value"), label="Value", description="In money.", value=VALUE, min=1, w=260, hideControls=True
    )
    button = dmc.Button("Save", id=_part(page, "save"), mt="xs")
    told = html.Div(id=_part(page, "told"), role="status", className="la-small")
    return pop_up(
        "Save this portfolio",
        "portfolios",
        html.Div(dmc.Stack([name, value, button, told], gap="xs"), className="la-pop-form"),
    )


def register_saving(page: str) -> None:
    """Register what the button does; once, when the page's module is imported."""

    @callback(
        output={
            "name_error": Output(_part(page, "name"), "error"),
            "value_error": Output(_part(page, "value"), "error"),
            "told": Output(_part(page, "told"), "children"),
        },
        inputs={"clicks": Input(_part(page, "save"), "n_clicks"), "enter": Input(_part(page, "name"), "n_submit")},
        state={
            "name": State(_part(page, "name"), "value"),
            "value": State(_part(page, "value"), "value"),
            "current": State({"page": page, "part": "current"}, "data"),
        },
        prevent_initial_call=True,
    )
    def save(
        clicks: int | None, enter: int | None, name: str | None, value: Any, current: dict[str, Any] | None
    ) -> dict[str, Any]:
        """Keep the portfolio that is shown; say at its field what is wrong."""
        done = finished(KIND, current["job_id"]) if (clicks or enter) and current else None
        if done is None:
            raise PreventUpdate
        try:
            return {"name_error": None, "value_error": None, "told": _told(keep_portfolio(done, name, value))}
        except RequestError as error:
            at = {problem.loc[0]: problem.msg for problem in error.problems if problem.loc}
            others = [problem.msg for problem in error.problems if problem.loc[:1] not in (("name",), ("value",))]
            return {"name_error": at.get("name"), "value_error": at.get("value"), "told": " ".join(others) or None}


def keep_portfolio(done: Finished, name: str | None, value: Any) -> SavedPortfolio:
    """Keep the weights of a finished optimisation; RequestError at the field that is wrong."""
    refuse_empty({"name": name, "value": value}, ("name", "value"))
    result: OptimizeResult = done.result
    weights = {asset: weight for asset, weight in result.weights.items() if abs(weight) >= LEAST_WEIGHT}
    assets = done.job.request["assets"]
    data = {
        "name": name,
        "value": value,
        "positions": [{"asset": asset, "weight": weight} for asset, weight in weights.items()],
        "assets": assets if "dataset" in assets else None,
        "figures": {
            "expected_return": result.expected_return,
            "volatility": result.volatility,
            "sharpe_ratio": result.sharpe_ratio,
        },
        "job_id": done.job.id,
    }
    return workspace().portfolios.add(parse_portfolio(data))


def _told(kept: SavedPortfolio) -> list[Component | str]:
    return [f"Saved as {kept.name}. ", dcc.Link("See all saved ones", href=PATH, className="la-link")]


def _part(page: str, name: str) -> dict[str, str]:
    return {"page": page, "part": f"saving/{name}"}
