"""The risk page: a portfolio in; what it may lose, what it lost, who brings the risk and what shocks would do out."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components import risk_tables as tables
from components.cards import card, graph, waiting_blocks
from components.factor_tables import crises_table, factor_sentence, factors_table
from components.figures import risk as charts
from components.figures.correlations import correlation_chart, map_height, shown_words
from components.figures.factors import factors_chart, factors_height
from components.figures.rolling import rolling_chart, rolling_height
from components.figures.time_axis import axis_times, axis_title
from components.forecast_tables import notes_list
from components.form import Form
from components.words import count_words
from compute.portfolio.risk.request import RiskRequest
from compute.portfolio.risk.result import Contribution, RiskResult
from pages._job_layout import job_layout
from pages._job_records import Answer, Finished, JobPage, Sample, file_name_of
from pages._portfolio_links import PORTFOLIO_TABS
from pages._saved_weights import register_saved_choices, saved_choices
from services.jobs import ListedJob

dash.register_page(
    __name__,
    path="/risk",
    name="Risk",
    order=16,
    icon="risk",
    shortcut="r",
    title="Risk | Lookahead",
)

NAME = "risk"
LEAST_MAPPED = 2  # assets that can move together
FUNDS = {"dataset": "imaginary-funds"}
MIXED = {
    "Atlas Tech": 0.2,
    "Cedar Health": 0.1,
    "Dune Energy": 0.1,
    "Elm Utilities": 0.1,
    "Iris Bonds": 0.3,
    "Juniper Credit": 0.1,
    "Kestrel Gold": 0.1,
}
GROUPS = [
    {"name": "Stocks", "assets": ["Atlas Tech", "Cedar Health", "Dune Energy", "Elm Utilities"]},
    {"name": "Bonds", "assets": ["Iris Bonds", "Juniper Credit"]},
]
SHOCKS = [
    {"name": "Chips and tech fall by 30 %", "moves": {"Atlas Tech": -0.3, "Borealis Chips": -0.3}},
    {"name": "Bonds fall by 5 %", "moves": {"Iris Bonds": -0.05}},
    {"name": "Gold alone falls by 20 %", "moves": {"Kestrel Gold": -0.2}, "spreads": False},
]


def _answer(done: Finished, other: Finished | None) -> Answer:
    result: RiskResult = done.result
    days = _days(done)
    held = sum(1 for weight in result.weights.values() if weight)
    title = f"Risk of {count_words(held, 'asset')} over {count_words(days, 'day')}"
    sentence = tables.risk_sentence(result, days)
    if other is not None:
        sentence += f" The other one, job {other.job.id[:6]}: {tables.risk_sentence(other.result, _days(other))}"
    return Answer(
        title=title,
        sentence=sentence,
        file_name=file_name_of(title),
        graph=_main_graph(result),
        has_report=True,
    )


def _main_graph(result: RiskResult) -> str:
    """Return the first chart that is drawn: without a history there are shares of the assets only."""
    if not result.wealth:
        return "assets"
    return "falls" if charts.horizon_returns(result).size < charts.LEAST_RETURNS else "returns"


def _describe(job: ListedJob) -> str:
    assets: Mapping[str, Any] = job.request.get("assets", {})
    weights = "given weights" if job.request.get("weights") else "equal weights"
    return f"{assets.get('dataset') or 'Given assets'}, {weights}, {count_words(_days(job), 'day')}"


def _days(asked: Finished | ListedJob) -> int:
    request = asked.job.request if isinstance(asked, Finished) else asked.request
    return int(request.get("horizon_days", RiskRequest.model_fields["horizon_days"].default))


def _draw(done: Finished, other: Finished | None) -> Component:
    result: RiskResult = done.result
    revision = done.job.id
    return html.Div(
        [
            notes_list(result.notes),
            _returns(result, _days(done), revision),
            card(
                "What may it lose?",
                tables.tails_table(result, other.result if other else None),
                _below(tables.tail_reasons(result)),
            ),
            _falls(result, revision),
            _contributions(result, revision),
            _factors(result, revision),
            _correlations(result),
            _crises(result),
            _shocks(result, revision),
            card("And if all fell together?", tables.together_table(result)),
            _rolling(result, revision),
            card("In numbers", tables.performance_facts(result)),
            _benchmark(result),
        ],
        className="la-stack",
    )


def _returns(result: RiskResult, days: int, revision: str) -> Component | None:
    chart = charts.returns_chart(result, tables.main_tail(result), days, revision=revision)
    if chart is None:
        return None
    return graph(NAME, "returns", chart, charts.HEIGHT, "Returns over the horizon with VaR and CVaR", has_bar=True)


def _falls(result: RiskResult, revision: str) -> Component | None:
    if not result.wealth:
        return None
    chart = charts.falls_chart(result, revision=revision)
    return card(
        "What did it lose?",
        graph(NAME, "falls", chart, charts.FALLS_HEIGHT, "Value, and how far it was below the highest so far"),
        _below(tables.falls_table(result)),
        _below(tables.stretches_table(result)),
    )


def _contributions(result: RiskResult, revision: str) -> Component:
    single, groups = result.contributions, result.group_contributions
    return card(
        "Who brings the risk?",
        _shares("assets", single, revision),
        _below(_shares("groups", groups, revision)) if groups else None,
        _below(tables.contributions_table(result, single, "Asset")),
        _below(tables.contributions_table(result, groups, "Group")) if groups else None,
    )


def _shares(name: str, contributions: Sequence[Contribution], revision: str) -> Component:
    chart = charts.shares_chart(contributions, revision=revision)
    return graph(NAME, name, chart, charts.shares_height(contributions), f"Weights and shares of risk of the {name}")


def _factors(result: RiskResult, revision: str) -> Component | None:
    factors = result.factor_contributions
    if not factors:
        return None
    chart = factors_chart(factors, revision=revision)
    return card(
        "Which factors bring it?",
        dmc.Text(factor_sentence(result), size="sm", mb="md"),
        graph(NAME, "factors", chart, factors_height(factors), "Shares of risk of the factors"),
        _below(factors_table(result)),
    )


def _crises(result: RiskResult) -> Component | None:
    shown = crises_table(result)
    return None if shown is None else card("What would past crises have done?", shown)


def _correlations(result: RiskResult) -> Component | None:
    names = result.correlation_names
    if result.correlation is None or len(names) < LEAST_MAPPED:
        return None
    brought = {each.name: each.percent for each in result.contributions}
    chart = correlation_chart(names, result.correlation, [brought.get(name, 0.0) for name in names])
    few = shown_words(len(brought), "that bring most of the risk")
    return card(
        "Which assets move together?",
        dmc.Text(few, size="sm", mb="md") if few else None,
        graph(NAME, "correlations", chart, map_height(len(names)), "Correlations of the assets held"),
    )


def _shocks(result: RiskResult, revision: str) -> Component | None:
    if not result.shocks:
        return None
    chart = charts.shocks_chart(result, revision=revision)
    return card(
        "What would a shock do?",
        graph(NAME, "shocks", chart, charts.shocks_height(result), "Return of the portfolio in each shock"),
        _below(tables.shocks_table(result)),
        _below(tables.moves_table(result)),
    )


def _rolling(result: RiskResult, revision: str) -> Component | None:
    if result.observations is None:
        return None
    title = "How did it change?"
    rolling = result.rolling
    if rolling is None:
        said = f"The history of {count_words(result.observations, 'period')} is shorter than the rolling window."
        return card(title, dmc.Text(said, size="sm"))
    times = axis_times(result.timestamps, len(result.wealth))
    chart = rolling_chart(rolling, times, axis_title(result.timestamps, None), revision=revision)
    said = f"Each point looks back over {count_words(rolling.window, 'period')}; volatility and Sharpe ratio per year."
    return card(
        title,
        dmc.Text(said, size="sm", mb="md"),
        graph(NAME, "rolling", chart, rolling_height(rolling), "Figures over a window that moves along"),
    )


def _benchmark(result: RiskResult) -> Component | None:
    facts = tables.benchmark_facts(result)
    return None if facts is None else card(f"Beside {result.benchmark}", facts)


def _below(part: Component | None) -> Component | None:
    return None if part is None else html.Div(part, className="la-below")


def _draw_waiting() -> Component:
    return waiting_blocks(charts.HEIGHT, 240, charts.FALLS_HEIGHT, 420)


PAGE = JobPage(
    name=NAME,
    kind="risk",
    title="Risk",
    subtitle="Measure what a portfolio may lose, what it lost before, who brings the risk, and what a shock would do.",
    tabs=PORTFOLIO_TABS,
    form=Form(
        NAME,
        RiskRequest,
        advanced=(
            "methods",
            "rest",
            "risk_free_rate",
            "factors",
            "simulation",
            "n_simulations",
            "seed",
            "rolling_window",
        ),
    ),
    run_label="Measure",
    working_title="Measuring",
    empty_title="What could it lose?",
    empty_message="Choose assets and their weights. You see the value at risk by four methods, the falls of the past, "
    "which asset brings how much of the risk, and what your shocks would do. A sample: twelve imaginary funds.",
    samples=(
        Sample(
            "A mixed portfolio",
            {
                "assets": FUNDS,
                "weights": MIXED,
                "benchmark": "Lagoon Emerging",
                "groups": GROUPS,
                "shocks": SHOCKS,
            },
        ),
        Sample(
            "By what its assets share",
            {"assets": FUNDS, "weights": MIXED, "factors": {"kind": "components", "count": 3}},
        ),
        Sample("All the same, ten days", {"assets": FUNDS, "horizon_days": 10, "confidence": 0.99}),
    ),
    answer=_answer,
    draw=_draw,
    draw_waiting=_draw_waiting,
    describe=_describe,
    extras=lambda: saved_choices(NAME, {"weights": "Weights"}),
)
layout = job_layout(PAGE)
register_saved_choices(NAME, ("weights",), valued="weights")
