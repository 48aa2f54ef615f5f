"""From held to wanted weights: money adds up, cash never runs out, taxes are the least there are."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from compute.job import ignore_progress
from compute.portfolio.rebalance.request import RebalanceRequest, TaxLot
from compute.portfolio.rebalance.result import RebalanceResult
from compute.portfolio.rebalance.run import rebalance
from compute.portfolio.rebalance.taxes import tax_sales
from compute.schema import RequestError

NAMES = ("oak", "elm", "fir", "ash")
CURRENT = {"oak": 0.5, "elm": 0.3, "fir": 0.2}
TARGET = {"oak": 0.3, "elm": 0.3, "ash": 0.4}
SHARES = st.lists(st.floats(0, 1), min_size=4, max_size=4).filter(lambda each: sum(each) > 0.1)


def ask(**asked: Any) -> RebalanceRequest:
    return RebalanceRequest.model_validate({"current": CURRENT, "target": TARGET, **asked})


def plan(**asked: Any) -> RebalanceResult:
    return rebalance(ask(**asked), ignore_progress)


def normalised(shares: list[float], total: float) -> dict[str, float]:
    return {name: share / sum(shares) * total for name, share in zip(NAMES, shares, strict=True)}


@st.composite
def requests(draw: st.DrawFn) -> RebalanceRequest:
    lots = draw(st.booleans())
    current = normalised(draw(SHARES), draw(st.sampled_from([1.0, 0.9])))
    held = {name: share * 10_000 for name, share in current.items() if share > 0.01}
    parts = draw(st.booleans())
    return ask(
        current=current,
        target=normalised(draw(SHARES), draw(st.sampled_from([1.0, 0.95]))),
        value=10_000,
        costs_bps=draw(st.floats(0, 100)),
        fixed_cost=draw(st.sampled_from([0.0, 3.0])),
        drift_threshold=draw(st.sampled_from([0.0, 0.05])),
        scope=draw(st.sampled_from(["all", "breached", "edge"])),
        prices=dict.fromkeys(NAMES, 37.5) if lots else None,
        tax_lots=[{"asset": name, "value": amount, "cost": amount * 0.6} for name, amount in held.items()] * parts,
        short_rate=0.3,
    )


@settings(max_examples=50, deadline=None)
@given(requests())
def test_money_adds_up_and_cash_never_runs_out(request: RebalanceRequest) -> None:
    made = rebalance(request, ignore_progress)
    assert made.value_after + made.cost + made.tax == pytest.approx(made.value)
    assert made.cash_after >= -1e-6
    moved = sum(trade.amount * (1 if trade.side == "buy" else -1) for trade in made.trades)
    assert made.cash - moved - made.cost - made.tax == pytest.approx(made.cash_after, abs=1e-6)
    assert sum(trade.cost for trade in made.trades) == pytest.approx(made.cost)
    assert max(0.0, sum(trade.tax or 0.0 for trade in made.trades)) == pytest.approx(made.tax)
    assert all(weight >= -1e-9 for weight in made.weights_after.values())


@settings(max_examples=50, deadline=None)
@given(requests())
def test_trades_are_whole_lots_where_prices_are_given(request: RebalanceRequest) -> None:
    assume(request.prices is not None)
    for trade in rebalance(request, ignore_progress).trades:
        is_exit = trade.target_weight == 0 and abs(trade.weight_after) < 1e-6
        assert trade.units is not None
        assert is_exit or abs(trade.units - round(trade.units)) < 1e-6


def test_everything_reaches_its_weight_after_costs() -> None:
    made = plan(costs_bps=50, fixed_cost=10)
    for name, weight in TARGET.items():
        assert made.weights_after[name] == pytest.approx(weight, abs=1e-9)
    assert made.weights_after["fir"] == 0
    assert made.cash_after == pytest.approx(0, abs=1e-6)
    assert [trade.side for trade in made.trades] == ["sell"] * 3 + ["buy"]  # elm is sold for the costs


def test_free_trades_are_the_differences_of_weights() -> None:
    amounts = {trade.asset: (trade.side, round(trade.amount, 6)) for trade in plan(costs_bps=0).trades}
    assert amounts == {"oak": ("sell", 20_000.0), "fir": ("sell", 20_000.0), "ash": ("buy", 40_000.0)}


def test_within_the_threshold_nothing_is_traded() -> None:
    made = plan(target={"oak": 0.48, "elm": 0.32, "fir": 0.2}, drift_threshold=0.03)
    assert (made.is_needed, made.trades, made.cost) == (False, (), 0.0)
    assert "Nothing to trade" in made.message


def test_a_breach_trades_by_scope() -> None:
    asked = {"target": {"oak": 0.4, "elm": 0.38, "fir": 0.22}, "drift_threshold": 0.05, "costs_bps": 0}
    whole, part, edge = (plan(scope=scope, **asked) for scope in ("all", "breached", "edge"))
    assert {trade.asset for trade in whole.trades} == {"oak", "elm", "fir"}
    assert {trade.asset for trade in part.trades} == {"oak", "elm"}
    assert part.weights_after["oak"] == pytest.approx(0.4)
    assert edge.weights_after["oak"] == pytest.approx(0.45)
    assert edge.weights_after["elm"] == pytest.approx(0.33)
    assert edge.turnover < part.turnover <= whole.turnover
    assert edge.largest_drift_after == pytest.approx(0.05)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), scope=st.sampled_from(["breached", "edge"]))
def test_what_is_bought_is_paid_so_that_no_weight_stays_beyond_the_threshold(seed: int, scope: str) -> None:
    rng = np.random.default_rng(seed)
    names = [f"asset {i}" for i in range(int(rng.integers(2, 9)))]
    held, wanted = (dict(zip(names, rng.dirichlet(np.ones(len(names))).tolist(), strict=True)) for _ in range(2))
    asked: dict[str, Any] = {"drift_threshold": rng.uniform(0.0, 0.2), "costs_bps": 0}
    made = plan(current=held, target=wanted, scope=scope, **asked)
    assert made.largest_drift_after <= asked["drift_threshold"] + 1e-9
    assert made.turnover <= plan(current=held, target=wanted, **asked).turnover + 1e-9


def test_paths_come_cheapest_first() -> None:
    made = plan(drift_threshold=0.05, target={"oak": 0.4, "elm": 0.38, "fir": 0.22})
    spent = [path.cost + path.tax for path in made.paths]
    assert spent == sorted(spent)
    assert {path.scope for path in made.paths} == {"all", "breached", "edge"}


LOTS = (
    TaxLot(asset="oak", value=20_000, cost=10_000, days_held=800),
    TaxLot(asset="oak", value=20_000, cost=26_000, days_held=40),
    TaxLot(asset="oak", value=10_000, cost=8_000, days_held=100),
)
RATES = {"short_rate": 0.37, "long_rate": 0.2}


def test_losses_are_sold_before_gains() -> None:
    made = plan(tax_lots=LOTS, costs_bps=0, **RATES)
    sale = next(trade for trade in made.trades if trade.asset == "oak")
    assert [each.lot for each in sale.sales] == [1]
    assert made.short_gain < 0
    assert made.tax == 0
    assert made.tax_by_order["fifo"] == pytest.approx(0.2 * 10_000)
    assert "Selling the oldest purchases first would be taxed 2000.00 more." in made.message


def test_tax_is_paid_from_the_value() -> None:
    made = plan(tax_lots=[{"asset": "fir", "value": 20_000, "cost": 5_000}], costs_bps=0, **RATES)
    assert made.tax == pytest.approx(0.37 * 15_000)
    assert made.value_after == pytest.approx(100_000 - made.tax)
    assert made.weights_after["ash"] == pytest.approx(0.4)


LOT = st.builds(
    TaxLot,
    asset=st.just("oak"),
    value=st.floats(1, 1000),
    cost=st.floats(0, 2000),
    days_held=st.sampled_from([10, 365, 366, 900]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(LOT, min_size=1, max_size=6), st.floats(0.01, 1))
def test_the_least_tax_is_that_of_a_linear_program(lots: list[TaxLot], share: float) -> None:
    sold = share * sum(lot.value for lot in lots)
    request = ask(tax_lots=lots, **RATES)
    found = {order: tax_sales({"oak": sold}, request, order) for order in ("least_tax", "fifo", "pro_rata")}
    rates = [(0.2 if lot.days_held > 365 else 0.37) * (1 - lot.cost / lot.value) for lot in lots]
    best = linprog(rates, A_eq=[[1.0] * len(lots)], b_eq=[sold], bounds=[(0, lot.value) for lot in lots])
    assert found["least_tax"].tax == pytest.approx(max(0.0, best.fun), abs=1e-6 * sold)
    assert found["least_tax"].tax <= min(each.tax for each in found.values()) + 1e-9 * sold
    for each in found.values():
        assert sum(sale.amount for sale in each.sales["oak"]) == pytest.approx(sold)


def test_small_trades_are_left() -> None:
    made = plan(min_trade=25_000, costs_bps=0)
    assert {trade.asset for trade in made.trades} <= {"ash"}
    assert made.cash_after >= 0


def test_trades_that_cost_more_than_they_bring_are_not_made() -> None:
    made = plan(fixed_cost=1e6)
    assert made.trades == ()
    assert made.largest_drift_after == made.largest_drift
    assert "costs more than it brings" in made.message


def test_weights_below_one_leave_cash() -> None:
    made = plan(target={"oak": 0.5}, costs_bps=0)
    assert made.cash_after == pytest.approx(50_000)
    assert np.isclose(made.weights_after["oak"], 0.5)


@pytest.mark.parametrize(
    ("asked", "loc", "said"),
    [
        ({"current": {"oak": 0.9, "elm": 0.4}}, ("current",), "sum to 1.3"),
        ({"target": {"oak": 0.9, "elm": 0.4}}, ("target",), "sum to 1.3"),
        ({"target": {"oak": 0.9}, "rest": "refuse"}, ("target",), "sum to 0.9, not 1"),
        ({"prices": {"oak": 3.0}}, ("prices",), "elm has no price"),
        ({"prices": {"pine": 3.0}}, ("prices",), "there is no asset 'pine'"),
        ({"tax_lots": [{"asset": "pine", "value": 1, "cost": 1}]}, ("tax_lots", 0, "asset"), "there is no asset"),
        ({"tax_lots": [{"asset": "fir", "value": 50_000, "cost": 1}]}, ("tax_lots",), "worth 50000"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(asked: Any, loc: Any, said: str) -> None:
    with pytest.raises(RequestError) as caught:
        plan(**asked)
    assert caught.value.problems[0].loc == loc
    assert said in caught.value.problems[0].msg
