"""Holding through time against a plain loop, with costs, cash, drift and ruin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from compute.portfolio.backtest.simulation import Costs, Terms, value_after_costs, walk
from tests.compute.portfolio.risk.samples import market_returns

Array = NDArray[np.float64]

RETURNS = market_returns(length=200)
TARGETS = np.random.default_rng(4).dirichlet(np.ones(4), 40)
WEIGHTS = st.lists(st.floats(-1, 1), min_size=4, max_size=4).map(np.array)


def terms(**changes: object) -> Terms:
    usual = {"starts": np.arange(20, 200, 15), "capital": 1000.0, "costs": Costs(), "cash_rate": 0.0}
    return Terms(**{**usual, **changes})  # type: ignore[arg-type]


def plain(returns: Array, targets: Array, set_out: Terms, invested: float = 1.0) -> list[float]:
    """Walk one period at a time."""
    starts, held, cash, made = set_out.starts.tolist(), np.zeros(returns.shape[1]), set_out.capital, []
    for t in range(starts[0], len(returns)):
        value = held.sum() + cash
        current = targets[max(k for k, start in enumerate(starts) if start <= t)] * invested
        drifted = set_out.drift_threshold is not None and np.abs(held / value - current).max() > set_out.drift_threshold
        if t in starts or drifted:
            left = value
            for _ in range(40):  # each round leaves a share of the costs of the last
                moved = np.abs(current * left - held)
                left = value - set_out.costs.share * moved.sum() - set_out.costs.fixed * (moved > 1e-9).sum()
            held, cash = current * left, left * (1 - current.sum())
        held, cash = held * (1 + returns[t]), cash * (1 + set_out.cash_rate)
        made.append(held.sum() + cash)
    return made


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"costs": Costs(0.002, 0.5)},
        {"drift_threshold": 0.01},
        {"drift_threshold": 0.004, "costs": Costs(0.001)},
        {"starts": np.arange(3, 200)},
        {"cash_rate": 0.0002},
    ],
)
def test_a_walk_is_that_of_a_plain_loop(changes: dict[str, object]) -> None:
    set_out = terms(**changes)
    targets = np.tile(TARGETS, (10, 1))
    made = walk(RETURNS, lambda k, _held: targets[k] * 0.8, set_out)
    np.testing.assert_allclose(made.values, plain(RETURNS, targets, set_out, 0.8), rtol=1e-12)


@given(WEIGHTS, WEIGHTS, st.floats(0, 0.1), st.floats(0, 5))
def test_what_is_left_and_the_costs_make_the_value(held: Array, target: Array, share: float, fixed: float) -> None:
    positions = 1000 * held
    left = value_after_costs(1000.0, positions, target, Costs(share, fixed))
    moved = np.abs(target * left - positions)
    assert 0 <= left <= 1000
    if left > 0:
        assert left + share * moved.sum() + fixed * (moved > 1e-9).sum() == pytest.approx(1000, abs=1e-6)


def test_nothing_traded_costs_nothing() -> None:
    assert value_after_costs(10.0, np.array([4.0, 6.0]), np.array([0.4, 0.6]), Costs(0.01, 1.0)) == 10.0


def test_restored_weights_earn_the_weighted_mean() -> None:
    set_out = terms(is_reset=True, cash_rate=0.001)
    made = walk(RETURNS, lambda _k, _held: np.full(4, 0.2), set_out)
    np.testing.assert_allclose(made.values, 1000 * np.cumprod(1 + RETURNS[20:] @ np.full(4, 0.2) + 0.2 * 0.001))


def test_a_buy_and_hold_drifts_with_its_assets() -> None:
    made = walk(RETURNS, lambda _k, _held: np.full(4, 0.25), terms(starts=np.array([0])))
    np.testing.assert_allclose(made.values, 250 * np.cumprod(1 + RETURNS, axis=0).sum(axis=1))
    assert len(made.events) == 1


def test_the_weights_held_are_those_drifted() -> None:
    seen: list[Array | None] = []

    def target(_k: int, held: Array | None) -> Array:
        seen.append(held)
        return np.full(4, 0.25)

    walk(RETURNS, target, terms(starts=np.array([0, 10])))
    assert seen[0] is None
    grown = np.prod(1 + RETURNS[:10], axis=0)
    np.testing.assert_allclose(seen[1], grown / grown.sum())  # type: ignore[arg-type]


def test_what_is_lost_entirely_stays_lost() -> None:
    returns = RETURNS.copy()
    returns[50] = -0.6
    made = walk(returns, lambda _k, _held: np.array([2.0, 0, 0, 0]), terms())
    assert made.values[29] > 0
    assert not made.values[30:].any()
    assert all(event.period <= 50 for event in made.events)


def test_costs_beyond_the_capital_leave_nothing() -> None:
    made = walk(RETURNS, lambda _k, _held: np.full(4, 0.25), terms(costs=Costs(0.0, 400.0)))
    assert not made.values.any()
