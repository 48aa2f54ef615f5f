"""Risk without a history: the same as that of a history with these moments, where both can be told."""

from typing import Any

import numpy as np
import pytest

from compute.job import ignore_progress
from compute.portfolio.assets import Values
from compute.portfolio.risk.performance import Performance
from compute.portfolio.risk.request import RiskRequest
from compute.portfolio.risk.result import Measured, RiskResult
from compute.portfolio.risk.run import measure_risk
from compute.schema import RequestError
from tests.compute.portfolio.risk.samples import market_returns

NAMES = ("oak", "elm", "fir", "ash")
TABLE = market_returns()
MOMENTS = {
    "expected_returns": dict(zip(NAMES, (TABLE.mean(axis=0)).tolist(), strict=True)),
    "covariance": np.cov(TABLE.T).tolist(),
    "periods_per_year": 252,
}
ASKED: dict[str, Any] = {
    "weights": {"oak": 0.4, "elm": 0.4, "fir": 0.1},
    "rest": "cash",
    "benchmark": "ash",
    "horizon_days": 10,
    "shocks": [{"moves": {"oak": -0.2}}],
    "groups": [{"name": "leafy", "assets": ["oak", "elm"]}],
}


def modelled(**asked: Any) -> RiskResult:
    request = RiskRequest.model_validate({"assets": MOMENTS, **ASKED, **asked})
    return measure_risk(request, None, ignore_progress)


def lived() -> RiskResult:
    request = RiskRequest.model_validate({"assets": {"dataset": "any", "periods_per_year": 252}, **ASKED})
    return measure_risk(request, Values(NAMES, TABLE, kind="returns"), ignore_progress)


def test_what_moments_tell_is_what_a_history_with_them_tells() -> None:
    ours, theirs = modelled(), lived()
    for name in ("mean_return", "volatility", "sharpe", "beta", "alpha", "tracking_error", "information_ratio"):
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name), rel=1e-9), name
    assert ours.benchmark_correlation == pytest.approx(theirs.benchmark_correlation)
    assert ours.var["parametric"] == pytest.approx(theirs.var["parametric"])
    assert ours.shocks[0].portfolio_return == pytest.approx(theirs.shocks[0].portfolio_return)
    for one, other in zip(ours.correlation_stress, theirs.correlation_stress, strict=True):
        assert one.var == pytest.approx(other.var)
    for share, seen in zip(ours.contributions, theirs.contributions, strict=True):
        assert share.percent == pytest.approx(seen.percent)
        assert share.component == pytest.approx(seen.component)
    assert ours.group_contributions[0].percent == pytest.approx(theirs.group_contributions[0].percent)


def test_shares_of_the_normal_tail_sum_to_one() -> None:
    made = modelled()
    assert sum(each.cvar_percent for each in made.contributions) == pytest.approx(1)
    assert sum(each.percent for each in made.contributions) == pytest.approx(1)


def test_simulated_tails_agree_with_the_normal_ones() -> None:
    made = modelled(n_simulations=200_000, horizon_days=1)
    assert made.var["parametric"] is not None
    assert made.var["monte_carlo"] == pytest.approx(made.var["parametric"], rel=0.03)


def test_what_needs_a_history_is_left_out_with_the_reason() -> None:
    made = modelled()
    assert made.var["historical"] is None
    reasons = {tail.method: tail.reason for tail in made.tails}
    assert "no history" in str(reasons["historical"])
    assert reasons["parametric"] is None
    assert made.max_drawdown is None
    assert made.wealth == ()
    assert any("no history" in note for note in made.notes)
    with pytest.raises(RequestError) as caught:
        modelled(factors={"kind": "components"})
    assert caught.value.problems[0].loc == ("factors",)


def test_measured_figures_are_those_of_a_performance() -> None:
    assert set(Measured.model_fields) == set(Performance.model_fields)


def test_futures_of_a_part_of_a_period_agree_with_the_normal_distribution_they_are_drawn_from() -> None:
    yearly = {"expected_returns": {"oak": 0.1, "elm": 0.05}, "covariance": [[0.04, 0.01], [0.01, 0.02]]}
    asked = {"assets": yearly, "weights": {"oak": 0.6, "elm": 0.4}, "horizon_days": 10}
    tails = {tail.method: tail for tail in measure_risk(RiskRequest(**asked), None, ignore_progress).tails}
    assert tails["monte_carlo"].var == pytest.approx(tails["parametric"].var, rel=0.03)
    assert tails["monte_carlo"].cvar == pytest.approx(tails["parametric"].cvar, rel=0.03)
    assert "0.0397 of a period" in tails["monte_carlo"].definition
