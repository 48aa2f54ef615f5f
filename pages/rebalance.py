"""The rebalancing page: weights held and weights wanted in; the trades between them, their costs and taxes out."""

import dash
import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components import rebalance_tables as tables
from components.cards import card, graph, waiting_blocks
from components.figures import rebalance as charts
from components.forecast_tables import notes_list
from components.form import Form
from components.words import count_words
from compute.portfolio.rebalance.request import RebalanceRequest
from compute.portfolio.rebalance.result import RebalanceResult
from pages._job_layout import job_layout
from pages._job_records import Answer, Finished, JobPage, Sample, file_name_of
from pages._portfolio_links import PORTFOLIO_TABS
from pages._saved_weights import register_saved_choices, saved_choices
from services.jobs import ListedJob

dash.register_page(
    __name__,
    path="/rebalance",
    name="Rebalance",
    order=18,
    icon="rebalance",
    shortcut="l",
    title="Rebalance | Lookahead",
)

NAME = "rebalance"
WEIGHTS = "weights"
LOTS_AND_TAXES = ("prices", "lot_size", "tax_lots", "short_rate", "long_rate", "long_after_days", "lot_order")
DRIFTED = {
    "current": {"Stocks": 0.68, "Bonds": 0.22, "Gold": 0.08},
    "target": {"Stocks": 0.6, "Bonds": 0.3, "Gold": 0.1},
    "drift_threshold": 0.03,
}
TAXED = {
    "current": {"World stocks": 0.5, "Technology": 0.2, "Bonds": 0.2, "Gold": 0.1},
    "target": {"World stocks": 0.45, "Technology": 0.1, "Bonds": 0.35, "Gold": 0.1},
    "value": 200_000,
    "drift_threshold": 0.02,
    "costs_bps": 15,
    "fixed_cost": 2,
    "prices": {"World stocks": 112.4, "Technology": 268.9, "Bonds": 98.35, "Gold": 187.2},
    "tax_lots": [
        {"asset": "World stocks", "value": 70_000, "cost": 41_000, "days_held": 1460},
        {"asset": "World stocks", "value": 30_000, "cost": 31_500, "days_held": 120},
        {"asset": "Technology", "value": 26_000, "cost": 9_000, "days_held": 2100},
        {"asset": "Technology", "value": 14_000, "cost": 12_800, "days_held": 200},
    ],
    "short_rate": 0.37,
    "long_rate": 0.2,
}


def _answer(done: Finished, other: Finished | None) -> Answer:
    result: RebalanceResult = done.result
    title = count_words(len(result.trades), "trade") if result.is_needed else "Nothing to trade"
    sentence = tables.rebalance_sentence(result)
    if other is not None:
        sentence += f" The other one, job {other.job.id[:6]}: {tables.rebalance_sentence(other.result)}"
    return Answer(
        title=f"{title} for {tables.held_words(len(result.target), result.value)}",
        sentence=sentence,
        file_name=file_name_of("Rebalancing"),
        graph=WEIGHTS,
        has_report=True,
    )


def _describe(job: ListedJob) -> str:
    names = {*job.request.get("current", {}), *job.request.get("target", {})}
    return tables.held_words(len(names), job.request.get("value"))


def _draw(done: Finished, _other: Finished | None) -> Component:
    result: RebalanceResult = done.result
    chart = charts.weights_chart(result, revision=done.job.id)
    label = "Weights before, after and wanted"
    return html.Div(
        [
            notes_list(result.notes),
            card("What is to be done?", tables.trades_table(result)) if result.trades else None,
            card("What is then held?", graph(NAME, WEIGHTS, chart, charts.weights_height(result), label, has_bar=True)),
            card(
                "Is there a cheaper way?",
                dmc.Text(tables.paths_sentence(result), size="sm", mb="md"),
                tables.paths_table(result),
            ),
            _taxes(done, result),
            card("In numbers", tables.balance_facts(result)),
        ],
        className="la-stack",
    )


def _taxes(done: Finished, result: RebalanceResult) -> Component | None:
    request = RebalanceRequest.model_validate(done.job.request)
    sales = tables.sales_table(result, request.tax_lots)
    if sales is None:
        return None
    return card("What is taxed?", sales, html.Div(tables.orders_table(result), className="la-below"))


def _draw_waiting() -> Component:
    return waiting_blocks(240, 300, 260)


PAGE = JobPage(
    name=NAME,
    kind="rebalance",
    title="Rebalance",
    subtitle="Find the trades from what is held to what is wanted, with costs, whole lots and the least tax.",
    tabs=PORTFOLIO_TABS,
    form=Form(
        NAME,
        RebalanceRequest,
        advanced=(
            "rest",
            "fixed_cost",
            "min_trade",
            *LOTS_AND_TAXES,
        ),
        first=(
            "current",
            "target",
            "value",
            "drift_threshold",
            "scope",
            "costs_bps",
            *LOTS_AND_TAXES,
        ),
    ),
    run_label="Find the trades",
    working_title="Planning the trades",
    empty_title="What must be traded?",
    empty_message="Say what you hold and what you want, a line per asset. You see what to buy and sell, what that "
    "costs and is taxed, and whether another way is cheaper. Prices for whole lots and purchases for taxes stand under "
    "Advanced.",
    samples=(Sample("A portfolio that drifted", DRIFTED), Sample("With whole lots and taxes", TAXED)),
    answer=_answer,
    draw=_draw,
    draw_waiting=_draw_waiting,
    describe=_describe,
    extras=lambda: saved_choices(NAME, {"current": "Held now", "target": "Wanted"}),
)
layout = job_layout(PAGE)
register_saved_choices(NAME, ("current", "target"), valued="current")
