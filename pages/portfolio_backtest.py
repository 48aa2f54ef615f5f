"""The walk-forward page: strategies walked through the past; what they earned after costs, and what they held."""

from collections.abc import Mapping
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, Patch, callback, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from components.attributes import aria
from components.cards import card, graph, waiting_blocks
from components.figures import portfolio_backtest as charts
from components.figures.rolling import rolling_chart, rolling_height
from components.forecast_tables import notes_list
from components.form import Form
from components.portfolio_backtest_tables import (
    backtest_sentence,
    benchmark_facts,
    falls_table,
    held_table,
    other_sentence,
    span_words,
    strategies_table,
    trades_table,
)
from components.strategy_names import strategy_title
from compute.portfolio.backtest.request import PortfolioBacktestRequest
from compute.portfolio.backtest.result import PortfolioBacktestResult
from pages._job_layout import job_layout
from pages._job_records import Answer, Finished, JobPage, Sample, file_name_of
from pages._portfolio_links import PORTFOLIO_TABS
from services.jobs import ListedJob

dash.register_page(
    __name__,
    path="/portfolio-backtest",
    name="Walk-forward",
    order=17,
    icon="portfolio-backtest",
    shortcut="w",
    title="Walk-forward | Lookahead",
)

NAME = "portfolio-backtest"
FUNDS = {"dataset": "imaginary-funds"}
GROWTH = "growth"


def _answer(done: Finished, other: Finished | None) -> Answer:
    result: PortfolioBacktestResult = done.result
    name = strategy_title(result.strategy)
    sentence = backtest_sentence(result)
    if other is not None:
        sentence += f" {other_sentence(other.result, other.job.id[:6])}"
    return Answer(
        title=f"{name}, {span_words(result)}",
        sentence=sentence,
        file_name=file_name_of(f"{name} walk-forward"),
        graph=GROWTH,
        has_report=True,
    )


def _describe(job: ListedJob) -> str:
    assets: Mapping[str, Any] = job.request.get("assets", {})
    kind = str(job.request.get("strategy", {}).get("kind", "min_variance"))
    return f"{strategy_title(kind)} walked through {assets.get('dataset') or 'given assets'}"


def _draw(done: Finished, other: Finished | None) -> Component:
    result: PortfolioBacktestResult = done.result
    revision = done.job.id
    label = f"{strategy_title(other.result.strategy)}, job {other.job.id[:6]}" if other else ""
    growth = charts.growth_chart(result, other.result if other else None, other_label=label, revision=revision)
    return html.Div(
        [
            notes_list(result.notes),
            graph(NAME, GROWTH, growth, charts.HEIGHT, "Growth of the strategies and the benchmark", has_bar=True),
            html.Div(_scale_button(), className="la-links"),
            card(
                "Was it worth it?",
                strategies_table(result),
                html.Div(benchmark_facts(result), className="la-below"),
            ),
            _falls(result, revision),
            _held(result, revision),
            _rolling(result, revision),
            card("What did it trade?", trades_table(result)),
        ],
        className="la-stack",
    )


def _scale_button() -> html.Button:
    return html.Button(
        "Log scale", type="button", id=_part("scale"), className="la-tool la-tool-small", **aria(pressed="false")
    )


def _falls(result: PortfolioBacktestResult, revision: str) -> Component:
    chart = charts.falls_chart(result, revision=revision)
    return card(
        "How deep did it fall?",
        graph(NAME, "falls", chart, charts.FALLS_HEIGHT, "Falls below the highest value so far"),
        html.Div(falls_table(result), className="la-below"),
    )


def _held(result: PortfolioBacktestResult, revision: str) -> Component:
    chart = charts.weights_chart(result, revision=revision)
    name = strategy_title(result.strategy)
    return card(
        "What did it hold?",
        graph(NAME, "weights", chart, charts.WEIGHTS_HEIGHT, f"Weights of {name} over time"),
        html.Div(held_table(result), className="la-below"),
    )


def _rolling(result: PortfolioBacktestResult, revision: str) -> Component | None:
    rolling = result.rolling
    if rolling is None:
        return None
    chart = rolling_chart(rolling, charts.times_of(result), charts.time_title(result), revision=revision)
    return card(
        "Did it stay what it was?",
        dmc.Text(f"Each value looks at the {rolling.window} periods before it.", size="sm", mb="md"),
        graph(NAME, "rolling", chart, rolling_height(rolling), "Rolling volatility, Sharpe ratio and beta"),
    )


def _part(name: str) -> dict[str, str]:
    return {"page": NAME, "part": f"shown/{name}"}


@callback(
    output={
        "figure": Output({"page": NAME, "graph": GROWTH}, "figure"),
        "pressed": Output(_part("scale"), "aria-pressed"),
    },
    inputs={"clicks": Input(_part("scale"), "n_clicks")},
    prevent_initial_call=True,
)
def change_scale(clicks: int | None) -> dict[str, Any]:
    """Draw the growth on a logarithmic scale, or on a linear one again."""
    if not clicks:
        raise PreventUpdate
    scale = "log" if clicks % 2 else "linear"
    figure = Patch()
    figure["layout"]["yaxis"]["type"] = scale
    figure["layout"]["yaxis"]["uirevision"] = scale  # a range that was zoomed to means something else on the other one
    return {"figure": figure, "pressed": "true" if scale == "log" else "false"}


def _draw_waiting() -> Component:
    return waiting_blocks(charts.HEIGHT, 260, charts.FALLS_HEIGHT, charts.WEIGHTS_HEIGHT)


PAGE = JobPage(
    name=NAME,
    kind="portfolio_backtest",
    title="Walk-forward",
    subtitle="Walk strategies through the past: weights from what was known then, less costs.",
    tabs=PORTFOLIO_TABS,
    form=Form(
        NAME,
        PortfolioBacktestRequest,
        advanced=(
            "expected_returns",
            "covariance",
            "risk_free_rate",
            "expanding",
            "drift_threshold",
            "fixed_cost",
            "holding",
            "initial_capital",
            "rolling_window",
        ),
        first=(
            "assets",
            "strategy",
            "compare",
            "benchmark",
            "window",
            "calendar",
            "rebalance_every",
            "costs_bps",
            "constraints",
        ),
    ),
    run_label="Walk forward",
    working_title="Walking through the past",
    empty_title="What would it have earned?",
    empty_message="Choose assets (prices or returns), a strategy and others to compare it with. At each rebalancing "
    "the weights come from the past alone; you see the growth after costs, every fall, and what was held when.",
    samples=(
        Sample(
            "Least variance against three others",
            {
                "assets": FUNDS,
                "strategy": {"kind": "min_variance"},
                "compare": [{"kind": kind} for kind in ("max_sharpe", "risk_parity", "hrp")],
                "constraints": {"max_weight": 0.3},
            },
        ),
        Sample(
            "Highest Sharpe ratio, at high costs",
            {"assets": FUNDS, "strategy": {"kind": "max_sharpe"}, "costs_bps": 50, "constraints": {"max_weight": 0.3}},
        ),
    ),
    answer=_answer,
    draw=_draw,
    draw_waiting=_draw_waiting,
    describe=_describe,
)
layout = job_layout(PAGE)
