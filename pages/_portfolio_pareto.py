"""The slider of turnover: which portfolios are left when less is traded, and the best of them at once."""

from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html
from dash.development.base_component import Component

from components.cards import card
from compute.portfolio.optimization.result import OptimizeResult

STEPS = 200


def turnover_card(page: str, result: OptimizeResult, order: list[int]) -> Component | None:
    """Return the slider; `order` says which assets have bars. None where no turnovers were asked for."""
    pareto = result.pareto
    if pareto is None or len(pareto.points) < 2:
        return None
    most = pareto.points[-1].turnover
    slider = dmc.Slider(
        id=_part(page, "turnover"),
        min=pareto.least_turnover,
        max=most,
        step=max(most - pareto.least_turnover, 1e-6) / STEPS,
        value=most,
        label=None,
        updatemode="drag",
        thumbLabel="Largest turnover",
    )
    ends = html.Div(
        [html.Span("Least trading"), html.Span("As much as it takes")], className="la-slider-ends la-muted la-small"
    )
    said = f"{len(pareto.points)} portfolios of which none beats another in return, risk and turnover at once."
    readout = html.P(said, id=_part(page, "turnover-readout"), className="la-readout", role="status")
    kept = dcc.Store(id=_part(page, "pareto"), data=_stored(result, order))
    return card("How much are you ready to trade?", readout, slider, ends, kept)


def connect_turnover(page: str) -> None:
    """Let the slider move points, mark and bars without asking the server."""
    clientside_callback(
        ClientsideFunction("portfolio", "tradeLess"),
        Output({"page": page, "graph": "frontier"}, "figure", allow_duplicate=True),
        Output({"page": page, "graph": "bars"}, "figure", allow_duplicate=True),
        Output(_part(page, "turnover-readout"), "children"),
        Input(_part(page, "turnover"), "value"),
        State(_part(page, "pareto"), "data"),
        State({"page": page, "graph": "frontier"}, "figure"),
        State({"page": page, "graph": "bars"}, "figure"),
        prevent_initial_call=True,
    )


def _stored(result: OptimizeResult, order: list[int]) -> dict[str, Any]:
    assert result.pareto is not None
    points = [
        {
            "weights": point.weights,
            "contributions": point.risk_contributions,
            "earned": point.expected_return,
            "volatility": point.volatility,
            "turnover": point.turnover,
        }
        for point in result.pareto.points
    ]
    return {"points": points, "risk_free": result.risk_free_rate, "order": order}


def _part(page: str, name: str) -> dict[str, str]:
    return {"page": page, "part": f"shown/{name}"}
