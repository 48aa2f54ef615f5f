"""Bands: the same for the same seed, around the frontier, and what single solves of the same resamples give."""

from typing import Any

import numpy as np
import pytest

from compute.job import ignore_progress
from compute.portfolio.assets import Values
from compute.portfolio.frontier.request import FrontierRequest
from compute.portfolio.frontier.result import FrontierResult
from compute.portfolio.frontier.run import trace_frontier
from compute.portfolio.limits import Limits
from compute.portfolio.moments import Estimation, estimate_moments
from compute.portfolio.optimization.run import optimize
from compute.portfolio.resampling.draws import counts_of, draw_periods
from compute.portfolio.resampling.estimates import Estimator
from compute.portfolio.resampling.options import FrontierBands
from compute.portfolio.returns import AssetReturns
from compute.portfolio.solvers.critical_line import critical_line
from tests.compute.portfolio.markets import NAMES, optimal, request, returns, table

HISTORY = AssetReturns(NAMES, returns(), None, 252.0)


def traced(**fields: Any) -> FrontierResult:
    asked = {"assets": {"dataset": "any"}, "n_points": 7, "n_bootstrap": 60, **fields}
    return trace_frontier(FrontierRequest.model_validate(asked), table(), ignore_progress)


def bands_of(**fields: Any) -> FrontierBands:
    bands = traced(**fields).bands
    assert bands is not None
    return bands


def test_bands_are_quantiles_of_frontiers_traced_one_by_one() -> None:
    bands = bands_of(n_bootstrap=40, block=5, seed=3, constraints={"max_weight": 0.4}, risk_free_rate=0.0)
    limits = Limits.box(len(NAMES), 0.0, 0.4)
    earned, held, reached = [], [], []
    for rows in next(draw_periods(400, 40, 5, 3, 2000)):
        drawn = HISTORY.returns[rows]
        path = critical_line(drawn.mean(axis=0), np.cov(drawn.T), limits)
        earned.append(path.sample(7) @ drawn.mean(axis=0) * 252)
        held.append(path.least_risky)
        risks = np.maximum(np.array(bands.volatilities) / np.sqrt(252), path.volatilities[0])
        reached.append([path.at_volatility(risk) @ drawn.mean(axis=0) * 252 for risk in risks])
    np.testing.assert_allclose(bands.lower_at_volatility, np.quantile(reached, 0.05, axis=0), rtol=1e-7)
    np.testing.assert_allclose(bands.upper_at_volatility, np.quantile(reached, 0.95, axis=0), rtol=1e-7)
    np.testing.assert_allclose(bands.lower_returns, np.quantile(earned, 0.05, axis=0), rtol=1e-9)
    np.testing.assert_allclose(bands.upper_returns, np.quantile(earned, 0.95, axis=0), rtol=1e-9)
    least = bands.portfolios[0]
    assert least.portfolio == "min_variance"
    ends = [least.weights[name] for name in NAMES]
    np.testing.assert_allclose(np.array(ends).T, np.quantile(held, [0.05, 0.95], axis=0), atol=1e-10)


def test_the_same_seed_gives_the_same_bands() -> None:
    assert bands_of(seed=4) == bands_of(seed=4)
    assert bands_of(seed=4) != bands_of(seed=5)


def test_bands_lie_around_the_calm_end_and_widen_with_their_level() -> None:
    result = traced(n_bootstrap=300)
    narrow, wide = bands_of(n_bootstrap=300, band_level=0.5), result.bands
    assert wide is not None
    assert wide.lower_returns[0] < wide.expected_returns[0] < wide.upper_returns[0]
    assert wide.lower_volatilities[0] < wide.volatilities[0] < wide.upper_volatilities[0]
    assert np.all(np.array(wide.lower_returns) < narrow.lower_returns)
    assert np.all(np.array(wide.upper_returns) > narrow.upper_returns)
    np.testing.assert_allclose(wide.expected_returns, [point.expected_return for point in result.points], rtol=1e-9)


def test_more_data_make_narrower_bands() -> None:
    asked = FrontierRequest.model_validate({"assets": {"dataset": "any"}, "n_points": 5, "n_bootstrap": 200})
    widths = []
    for periods in (200, 3200):
        values = Values(NAMES, returns(periods), kind="returns")
        bands = trace_frontier(asked, values, ignore_progress).bands
        assert bands is not None
        widths.append(bands.upper_returns[2] - bands.lower_returns[2])
    assert widths[1] < widths[0] / 2


@pytest.mark.parametrize("kind", ["max_sharpe", "utility", "target_volatility", "risk_parity", "hrp", "max_return"])
def test_the_weights_of_a_portfolio_have_bands(kind: str) -> None:
    result = optimal(objective={"kind": kind}, n_bootstrap=50, seed=1)
    assert result.bands is not None
    (banded,) = result.bands.portfolios
    assert banded.portfolio == kind
    for name, (lower, upper) in banded.weights.items():
        assert -1e-9 <= lower <= upper <= 1 + 1e-9, name
    if kind in ("risk_parity", "hrp"):
        assert all(low <= result.weights[name] <= high for name, (low, high) in banded.weights.items())


def test_what_is_not_found_in_every_resample_is_counted() -> None:
    bands = bands_of(risk_free_rate=0.2)
    assert 0 < bands.portfolios[1].found < 1
    assert all(each.portfolio != "max_sharpe" for each in bands_of(risk_free_rate=1).portfolios)


def test_where_there_can_be_no_bands_the_reason_is_told() -> None:
    assert traced(n_bootstrap=0).bands is None
    group = [{"name": "leaves", "assets": ["ash"], "max": 0.3}]
    result = traced(constraints={"groups": group})
    assert result.bands is None
    assert any(note.startswith("No bands") for note in result.notes)
    tail = optimal(objective={"kind": "min_cvar"}, n_bootstrap=20)
    assert tail.bands is not None
    assert tail.bands.portfolios == ()
    assert any("no bands" in note for note in tail.notes)


@pytest.mark.parametrize("periods", [4, 7])
@pytest.mark.parametrize("kind", ["risk_parity", "max_sharpe", "hrp"])
def test_resamples_of_next_to_no_periods_are_left_out_where_they_say_nothing(kind: str, periods: int) -> None:
    values = Values(NAMES, returns()[:periods], kind="returns")
    made = optimize(request(objective={"kind": kind}, n_bootstrap=15), values, ignore_progress)
    assert made.bands is not None
    assert all(0 < each.found <= 1 for each in made.bands.portfolios)


@pytest.mark.parametrize("how", [{}, {"covariance": {"kind": "ledoit_wolf"}}, {"expected_returns": {"kind": "ewma"}}])
def test_moments_of_resamples_are_those_of_their_rows(how: dict[str, Any]) -> None:
    estimation = Estimation.model_validate(how)
    rows = next(draw_periods(400, 5, 1, 0, 10))
    means, sigmas = Estimator(HISTORY, estimation)(rows)
    for mean, sigma, drawn in zip(means, sigmas, rows, strict=True):
        one = estimate_moments(AssetReturns(NAMES, HISTORY.returns[drawn], None, 252.0), estimation)
        np.testing.assert_allclose(mean, one.mean, rtol=1e-10)
        np.testing.assert_allclose(sigma, one.covariance, rtol=1e-9, atol=1e-15)


def test_blocks_have_their_mean_length_and_wrap_around() -> None:
    rows = np.concatenate(list(draw_periods(500, 40, 8, 0, 15)))
    assert rows.shape == (40, 500)
    follows = (rows[:, 1:] == (rows[:, :-1] + 1) % 500).mean()
    assert follows == pytest.approx(1 - 1 / 8, abs=0.01)
    assert counts_of(rows, 500).sum(axis=1) == pytest.approx(500)
    assert ((rows[:, 1:] == 0) & (rows[:, :-1] == 499)).any()
