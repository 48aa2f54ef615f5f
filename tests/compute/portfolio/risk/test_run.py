"""A whole measurement: what is told agrees with itself, and what cannot be measured is refused at its field."""

from typing import Any

import numpy as np
import pytest

from compute.job import ignore_progress
from compute.portfolio.assets import Values
from compute.portfolio.figures_of_merit import MAX_MAPPED
from compute.portfolio.risk.account import DEFINITIONS
from compute.portfolio.risk.horizon import horizon_periods
from compute.portfolio.risk.performance import Performance, Relative
from compute.portfolio.risk.request import METHODS, RiskRequest
from compute.portfolio.risk.result import RiskResult
from compute.portfolio.risk.run import measure_risk
from compute.schema import RequestError
from tests.compute.portfolio.risk.samples import market_returns

NAMES = ("oak", "elm", "fir", "ash")
TABLE = market_returns()
TIMES = np.datetime64("2020-01-01", "ns") + np.arange(len(TABLE)).astype("timedelta64[D]")
WEIGHTS = {"oak": 0.4, "elm": 0.4, "fir": 0.2}


def measure(table: Any = TABLE, times: Any = None, **asked: Any) -> RiskResult:
    request = RiskRequest.model_validate({"assets": {"dataset": "any"}, "weights": WEIGHTS, **asked})
    return measure_risk(request, Values(NAMES, table, times, kind="returns"), ignore_progress)


def refusal(**asked: Any) -> tuple[tuple[str | int, ...], str]:
    with pytest.raises(RequestError) as caught:
        measure(**asked)
    return caught.value.problems[0].loc, caught.value.problems[0].msg


def test_the_parts_of_an_answer_agree() -> None:
    made = measure(benchmark="ash", groups=[{"name": "leafy", "assets": ["oak", "elm"]}])
    assert sum(each.component for each in made.contributions) == pytest.approx(made.volatility)
    assert sum(each.percent for each in made.contributions) == pytest.approx(1)
    assert sum(each.cvar_percent for each in made.contributions) == pytest.approx(1)
    assert [each.name for each in made.group_contributions] == ["leafy", "in no group"]
    assert sum(each.percent for each in made.group_contributions) == pytest.approx(1)
    assert made.drawdowns[0].depth == made.max_drawdown == max(made.drawdown)
    assert made.wealth[-1] - 1 == pytest.approx(made.total_return)
    assert made.correlation_stress[0].volatility == pytest.approx(made.volatility)
    assert made.correlation_stress[0].var == pytest.approx(made.var["parametric"])
    assert list(made.var) == list(METHODS)
    assert made.rolling is not None
    assert len(made.rolling.volatility) + made.rolling.first == made.observations
    assert [each.periods for each in made.worst_windows] == [1, 5, 10, 21, 63, 126, 252]
    assert made.worst_windows[0].portfolio_return == made.worst_period


def test_the_map_of_correlations_names_its_rows_and_keeps_what_brings_most_risk() -> None:
    assert measure().correlation_names == ("oak", "elm", "fir")
    size = MAX_MAPPED + 20
    table = np.random.default_rng(3).normal(0, np.linspace(0.001, 0.02, size), (60, size))
    names = tuple(f"asset {at}" for at in range(size))
    request = RiskRequest.model_validate({"assets": {"dataset": "any"}, "n_simulations": 1000})
    made = measure_risk(request, Values(names, table, kind="returns"), ignore_progress)
    brought = {each.name: abs(each.percent) for each in made.contributions}
    assert len(made.correlation_names) == len(made.correlation or ()) == MAX_MAPPED
    left_out = set(names) - set(made.correlation_names)
    assert max(brought[name] for name in left_out) <= min(brought[name] for name in made.correlation_names)


def test_every_figure_shown_is_defined() -> None:
    assert set(Performance.model_fields) | set(Relative.model_fields) <= set(DEFINITIONS)
    assert all(tail.definition for tail in measure().tails)


def test_days_are_told_where_there_are_times() -> None:
    made = measure(times=TIMES, benchmark="oak")
    assert made.periods_per_year == 365
    assert made.start is not None
    assert str(made.start)[:10] == "2020-01-01"
    assert made.worst_windows[1].start is not None
    assert made.drawdowns[0].trough is not None
    assert measure().timestamps is None


def test_amounts_are_fractions_of_the_value() -> None:
    for tail in measure(value=500.0).tails:
        assert tail.var is not None
        assert tail.var_amount == pytest.approx(tail.var * 500)


def test_a_longer_horizon_loses_more_by_every_method() -> None:
    near, far = measure(), measure(horizon_days=10)
    for method in METHODS:
        assert far.var[method] > 1.5 * near.var[method]  # type: ignore[operator]


def test_a_horizon_longer_than_the_history_has_a_reason_instead() -> None:
    tail = next(each for each in measure(horizon_days=595).tails if each.method == "historical")
    assert tail.var is None
    assert "too few windows" in (tail.reason or "")


def test_the_risk_of_normal_returns_is_alike_by_every_method() -> None:
    table = np.random.default_rng(1).normal(0.0, 0.01, (20_000, 4))
    made = measure(table=table, simulation="normal", n_simulations=200_000)
    values = list(made.var.values())
    assert max(values) < 1.04 * min(values)  # type: ignore[type-var, operator]


def test_returns_that_never_move_have_no_risk() -> None:
    made = measure(table=np.zeros((100, 4)), risk_free_rate=0.0)
    assert (made.volatility, made.max_drawdown, made.sharpe) == (0.0, 0.0, None)
    assert made.var["historical"] == 0.0
    assert made.var["cornish_fisher"] is None
    assert made.drawdowns == ()


def test_cash_earns_the_risk_free_rate_and_has_no_risk() -> None:
    whole, half = measure(), measure(weights={name: w / 2 for name, w in WEIGHTS.items()}, rest="cash")
    assert half.cash == pytest.approx(0.5)
    assert half.volatility == pytest.approx(whole.volatility / 2)
    assert half.sharpe == pytest.approx(whole.sharpe)


def test_a_given_shock_moves_what_it_names_and_what_follows() -> None:
    alone, spread = (
        measure(shocks=[{"name": "fall", "moves": {"oak": -0.5}, "spreads": spreads}]).shocks[0]
        for spreads in (False, True)
    )
    assert alone.portfolio_return == pytest.approx(0.4 * -0.5)
    assert spread.portfolio_return < alone.portfolio_return
    assert set(spread.moves) == {"oak", "elm", "fir"}


def test_without_weights_all_assets_count_the_same() -> None:
    assert set(measure(weights=None).weights.values()) == {0.25}


def test_weights_are_scaled_when_asked() -> None:
    made = measure(weights={"oak": 2, "elm": 2}, rest="scale")
    assert made.weights == {"oak": 0.5, "elm": 0.5, "fir": 0.0, "ash": 0.0}


@pytest.mark.parametrize(
    ("asked", "loc", "said"),
    [
        ({"weights": {"oka": 1.0}}, ("weights",), "did you mean 'oak'"),
        ({"weights": {"oak": 0.6}}, ("weights",), "sum to 0.6, not 1"),
        ({"weights": {"oak": 1.0, "elm": -1.0}, "rest": "scale"}, ("weights",), "sum to 0"),
        ({"weights": {"oak": 0.0}}, ("weights",), "all weights are 0"),
        ({"benchmark": "pine"}, ("benchmark",), "there is no asset 'pine'"),
        ({"groups": [{"assets": ["pine"]}]}, ("groups", 0, "assets"), "there is no asset"),
        ({"shocks": [{"moves": {"pine": -0.1}}]}, ("shocks", 0, "moves"), "there is no asset"),
        ({"table": TABLE * 0 + 1e200}, ("assets",), "check its values"),
    ],
)
def test_what_cannot_be_measured_is_refused_at_its_field(asked: Any, loc: Any, said: str) -> None:
    where, msg = refusal(**asked)
    assert where == loc
    assert said in msg


def test_days_count_as_the_history_has_them() -> None:
    assert horizon_periods(10, 252) == horizon_periods(10, 365) == 10
    assert horizon_periods(21, 12) == 1
    assert horizon_periods(1, 252 * 78) == 78


def test_a_future_beyond_all_numbers_is_no_loss() -> None:
    wild = np.abs(market_returns()) * 0.01
    wild[3] = 30.0
    made = measure(table=wild, horizon_days=2520, n_simulations=1000, methods=["monte_carlo"])
    assert made.var["monte_carlo"] is not None
    assert made.var["monte_carlo"] < 0


def test_assets_that_never_meet_are_refused() -> None:
    table = TABLE.copy()
    table[:300, 0] = table[300:, 1] = np.nan
    where, msg = refusal(table=table, assets={"dataset": "any", "missing": "pairwise"})
    assert where == ("assets", "missing")
    assert "choose fill" in msg
