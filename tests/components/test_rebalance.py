"""Rebalancings drawn and told: every trade and purchase in tables, the cheapest way stated, weights that add up."""

from typing import Any

import pytest

from components.figures.rebalance import CASH, weights_chart, weights_height
from components.rebalance_tables import (
    ORDERS,
    SCOPES,
    balance_facts,
    orders_table,
    paths_sentence,
    paths_table,
    rebalance_sentence,
    sales_table,
    trades_table,
)
from compute.job import ignore_progress
from compute.portfolio.rebalance.request import RebalanceRequest
from compute.portfolio.rebalance.result import RebalanceResult
from compute.portfolio.rebalance.run import rebalance
from tests.components.finding import text_of

DRIFTED: dict[str, Any] = {
    "current": {"Stocks": 0.68, "Bonds": 0.22, "Gold": 0.08},
    "target": {"Stocks": 0.6, "Bonds": 0.3, "Gold": 0.1},
    "drift_threshold": 0.03,
}
TAXED: dict[str, Any] = {
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
REQUEST = RebalanceRequest.model_validate(TAXED)
RESULT = rebalance(REQUEST, ignore_progress)


def plan(**fields: Any) -> RebalanceResult:
    return rebalance(RebalanceRequest.model_validate({**DRIFTED, **fields}), ignore_progress)


def test_the_sentence_says_what_to_do_and_what_it_costs() -> None:
    said = rebalance_sentence(RESULT)
    assert said.startswith("Sell 2 and buy 1: that moves ")
    assert f"{RESULT.cost:.2f} and 1\u202f022 in tax" in said
    assert "oldest first would be taxed 2\u202f446 more" in said


@pytest.mark.parametrize(
    ("fields", "beginning"),
    [({}, "Sell 1 and buy 2: "), ({"current": {"Stocks": 1.0}, "target": {"Gold": 0.1}}, "Sell 1 and buy 1: ")],
)
def test_the_sentence_counts_sales_and_purchases(fields: dict[str, object], beginning: str) -> None:
    assert rebalance_sentence(plan(**fields)).startswith(beginning)


def test_where_nothing_is_to_be_done_the_sentence_says_why() -> None:
    assert rebalance_sentence(plan(drift_threshold=0.2)).startswith("Nothing to trade: no weight is further")


def test_tables_hold_every_trade_purchase_way_and_order() -> None:
    trades = text_of(trades_table(RESULT))
    assert all(trade.asset in trades for trade in RESULT.trades)
    assert all(name in trades for name in ("Units", "Gain", "Tax"))
    sales = sales_table(RESULT, REQUEST.tax_lots)
    assert text_of(sales).count("Technology") == sum(len(trade.sales) for trade in RESULT.trades[:1])
    assert "2100" in text_of(sales).replace("\u202f", "")
    assert all(title in text_of(paths_table(RESULT)) for title in SCOPES.values())
    assert all(title in text_of(orders_table(RESULT)) for title in ORDERS.values())
    assert "198\u202f883" in text_of(balance_facts(RESULT))


def test_units_gains_and_purchases_are_left_out_where_nothing_is_known_of_them() -> None:
    bare = plan()
    assert not any(name in text_of(trades_table(bare)) for name in ("Units", "Gain"))
    assert sales_table(bare, ()) is None


def test_the_cheapest_way_is_named_with_what_it_leaves_undone() -> None:
    said = paths_sentence(plan())
    assert said.startswith("The cheapest is: only to the edge of the threshold, for 10.00 instead of 18.00")
    assert "3.00 % away" in said
    assert "cost the same" in paths_sentence(plan(drift_threshold=0.0))


def test_bars_before_after_and_wanted_each_add_up_to_everything() -> None:
    figure = weights_chart(plan())
    assert [bars.name for bars in figure.data] == ["Before", "After", "Wanted"]
    assert all(sum(bars.x) == pytest.approx(1) for bars in figure.data)
    assert {CASH, *DRIFTED["target"]} == set(figure.data[0].y)
    assert figure.data[0].y[0] == "Stocks"
    assert len({bars.marker.pattern.shape for bars in figure.data}) == 3
    assert weights_height(plan()) > weights_height(plan(current={"Stocks": 1}, target={"Stocks": 1}))


def test_an_asset_that_is_called_cash_stays_apart_from_the_cash_beside_it() -> None:
    figure = weights_chart(plan(current={CASH: 0.5, "Gold": 0.4}, target={CASH: 0.4, "Gold": 0.5}))
    assert len(set(figure.data[0].y)) == 3
