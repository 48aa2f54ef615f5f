"""The portfolio page: assets and limits in; weights, proof and the frontier to move along out."""

from collections.abc import Mapping
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html
from dash.development.base_component import Component

from components.cards import card, graph, waiting_blocks
from components.export import tool_button
from components.figures import portfolio as charts
from components.figures.correlations import correlation_chart, map_height, shown_words
from components.forecast_tables import notes_list
from components.form import Form
from components.links import link_button
from components.numbers import percent
from components.portfolio_tables import binding_list, merit_facts, portfolio_sentence, proof_facts, weights_table
from components.strategy_names import strategy_title
from compute.portfolio.optimization.request import OptimizeRequest
from compute.portfolio.optimization.result import FrontierPath, OptimizeResult
from pages._information_links import returns_network
from pages._job_layout import job_layout
from pages._job_records import Answer, Finished, JobPage, Sample, file_name_of
from pages._portfolio_links import PORTFOLIO_TABS, rebalance_link, risk_link, walk_link
from pages._portfolio_pareto import connect_turnover, turnover_card
from pages._portfolio_saving import register_saving, save_control
from pages._saved_weights import register_saved_choices, saved_choices
from services.jobs import ListedJob

dash.register_page(
    __name__,
    path="/portfolio",
    name="Portfolio",
    order=15,
    icon="portfolio",
    shortcut="p",
    title="Portfolio | Lookahead",
)

NAME = "portfolio"
FUNDS = {"dataset": "imaginary-funds"}
HELD = "constraints/previous_weights"


def _answer(done: Finished, other: Finished | None) -> Answer:
    result: OptimizeResult = done.result
    title = f"{strategy_title(result.objective)} of {len(result.assets)} assets"
    sentence = portfolio_sentence(result)
    if other is not None:
        against: OptimizeResult = other.result
        sentence += (
            f" The other one, job {other.job.id[:6]}: {percent(against.expected_return, 2)} a year at "
            f"{percent(against.volatility, 2)}."
        )
    return Answer(
        title=title,
        sentence=sentence,
        file_name=file_name_of(title),
        graph="frontier",
        has_report=True,
    )


def _describe(job: ListedJob) -> str:
    assets: Mapping[str, Any] = job.request.get("assets", {})
    kind = str(job.request.get("objective", {}).get("kind", "portfolio"))
    return f"{strategy_title(kind)} of {assets.get('dataset') or 'given assets'}"


def _draw(done: Finished, other: Finished | None) -> Component:
    result: OptimizeResult = done.result
    against: OptimizeResult | None = other.result if other else None
    label = f"Job {other.job.id[:6]}" if other else ""
    frontier = charts.frontier_chart(result, against, other_label=label, revision=done.job.id)
    bars = charts.bars_chart(result, revision=done.job.id)
    return html.Div(
        [
            notes_list(result.notes),
            graph(NAME, "frontier", frontier, charts.HEIGHT, "Risk and return of assets and frontier", has_bar=True),
            _ways_on(done, result),
            _along(result),
            turnover_card(NAME, result, charts.shown_order(result)),
            card(
                "What it holds, and what that risks",
                graph(NAME, "bars", bars, charts.bars_height(result), "Weights and shares of risk of each asset"),
            ),
            card("In numbers", merit_facts(result), html.Div(weights_table(result, against), className="la-below")),
            _correlations(result),
            card(
                "Why believe it?",
                dmc.Text(result.message, size="sm", mb="md"),
                proof_facts(result),
                binding_list(result),
            ),
        ],
        className="la-stack",
    )


def _ways_on(done: Finished, result: OptimizeResult) -> Component:
    """Return what can be asked next of these weights."""
    request = done.job.request
    held = request.get("constraints", {}).get("previous_weights") or {}
    ways = (
        ("Rebalance to these weights", rebalance_link(result.weights, held), "rebalance"),
        ("Measure its risk", risk_link(request["assets"], result.weights), "risk"),
        ("Walk it through the past", walk_link(request), "portfolio-backtest"),
        ("Which assets drive which?", returns_network(request["assets"], result.weights), "information"),
    )
    links = [link_button(label, href, icon_name=name) for label, href, name in ways if href]
    return html.Div([*links, save_control(NAME, result)], className="la-links")


def _along(result: OptimizeResult) -> Component | None:
    """Return the slider along the frontier, with what it needs to answer by itself."""
    path = result.frontier
    if path is None or len(path.weights) < 2:
        return None
    end = len(path.weights) - 1
    slider = dmc.Slider(
        id=_part("place"),
        min=0,
        max=end,
        step=end / 500,
        value=charts.place_of(path, result.expected_return),
        label=None,
        updatemode="drag",
        thumbLabel="Place on the frontier",
    )
    ends = html.Div([html.Span("Least risk"), html.Span("Most return")], className="la-slider-ends la-muted la-small")
    back = tool_button("Back to this portfolio", "refresh", id=_part("back"))
    said = "Drag, or use the arrow keys: weights and risk follow at once."
    readout = html.P(said, id=_part("readout"), className="la-readout", role="status")
    kept = dcc.Store(id=_part("path"), data=_stored(result, path))
    return card("Move along the frontier", readout, slider, ends, back, kept)


def _stored(result: OptimizeResult, path: FrontierPath) -> dict[str, Any]:
    names = [asset.name for asset in result.assets]
    return {
        "path": path.model_dump(mode="json"),
        "risk_free": result.risk_free_rate,
        "order": charts.shown_order(result),
        "result": {
            "weights": [result.weights[name] for name in names],
            "contributions": [result.risk_contributions[name] for name in names],
            "earned": result.expected_return,
            "volatility": result.volatility,
        },
    }


def _correlations(result: OptimizeResult) -> Component | None:
    if result.correlation is None:
        return None
    names = [asset.name for asset in result.assets]
    chart = correlation_chart(names, result.correlation, [result.weights[name] for name in names])
    few = shown_words(len(names), "of the largest weights")
    return card(
        "Which assets move together?",
        dmc.Text(few, size="sm", mb="md") if few else None,
        graph(NAME, "correlations", chart, map_height(len(names)), "Correlations of the assets"),
    )


def _part(name: str) -> dict[str, str]:
    return {"page": NAME, "part": f"shown/{name}"}


def _draw_waiting() -> Component:
    return waiting_blocks(charts.HEIGHT, 150, 420, 380)


PAGE = JobPage(
    name=NAME,
    kind="optimize",
    title="Portfolio",
    subtitle="Find the weights that are best for what you want, within your limits, with a proof that none are better.",
    tabs=PORTFOLIO_TABS,
    form=Form(
        NAME,
        OptimizeRequest,
        advanced=("risk_free_rate", "frontier", "n_bootstrap", "block", "band_level", "seed", "n_turnovers"),
        first=("assets", "objective", "constraints"),
    ),
    run_label="Optimise",
    working_title="Optimising",
    empty_title="Which mix is best?",
    empty_message="Choose assets (prices or returns), what the portfolio is to be best at, and its limits. You see the "
    "weights, what each asset risks, and the frontier, along which you can move. A sample: twelve imaginary funds.",
    samples=(
        Sample("Highest Sharpe ratio", {"assets": FUNDS, "constraints": {"max_weight": 0.3}}),
        Sample("Risk parity", {"assets": FUNDS, "objective": {"kind": "risk_parity"}}),
        Sample("Least variance", {"assets": FUNDS, "objective": {"kind": "min_variance"}}),
        Sample("How sure is it?", {"assets": FUNDS, "constraints": {"max_weight": 0.3}, "n_bootstrap": 1000}),
    ),
    answer=_answer,
    draw=_draw,
    draw_waiting=_draw_waiting,
    describe=_describe,
    extras=lambda: saved_choices(NAME, {HELD: "Weights held now"}),
)
layout = job_layout(PAGE)
register_saved_choices(NAME, (HELD,))
register_saving(NAME)
connect_turnover(NAME)
clientside_callback(
    ClientsideFunction("portfolio", "moveAlong"),
    Output({"page": NAME, "graph": "frontier"}, "figure"),
    Output({"page": NAME, "graph": "bars"}, "figure"),
    Output(_part("readout"), "children"),
    Input(_part("place"), "value"),
    Input(_part("back"), "n_clicks"),
    State(_part("path"), "data"),
    State({"page": NAME, "graph": "frontier"}, "figure"),
    State({"page": NAME, "graph": "bars"}, "figure"),
    prevent_initial_call=True,
)
