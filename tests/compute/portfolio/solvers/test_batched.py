"""Windows solved together are the windows solved alone."""

import numpy as np
import pytest

from compute.portfolio.arrays import Place
from compute.portfolio.limits import Limits
from compute.portfolio.solution import UndefinedError
from compute.portfolio.solvers.batched import minimum_variance_batch, risk_parity_batch
from compute.portfolio.solvers.batched_sharpe import maximum_sharpe_batch
from compute.portfolio.solvers.mean_variance import minimum_variance
from compute.portfolio.solvers.risk_parity import risk_parity
from compute.portfolio.solvers.sharpe import maximum_sharpe
from tests.compute.portfolio.solvers.problems import Array

LIMITS = [Limits.box(8, 0.0, 0.3), Limits.box(8), Limits.box(8, -0.2, 0.5), Limits.box(8, 0.125, 0.125)]


def windows(count: int = 60, n: int = 8, periods: int = 30) -> tuple[Array, Array]:
    """Return means (B, n) and covariances (B, n, n) of simulated windows; one holds duplicates and one cash."""
    rng = np.random.default_rng(0)
    returns = 0.01 * (rng.normal(0.02, 1, (count, periods, n)) + rng.normal(0, 1, (count, periods, 1)))
    returns[3, :, 4] = returns[3, :, 0]
    returns[5, :, 2] = 0.0
    centred = returns - returns.mean(axis=1, keepdims=True)
    return returns.mean(axis=1), np.matmul(centred.transpose(0, 2, 1), centred) / (periods - 1)


@pytest.mark.parametrize("limits", LIMITS)
def test_minimum_variance_of_a_batch_is_that_of_each_window(limits: Limits, place: Place) -> None:
    _, sigma = windows()
    batch = minimum_variance_batch(place.xp.asarray(sigma), limits, place.xp)
    for window, weights, gap in zip(sigma, batch.weights, batch.gaps, strict=True):
        alone = minimum_variance(window, limits)
        assert weights @ window @ weights == pytest.approx(alone.objective, rel=1e-11, abs=1e-18)
        assert gap <= 1e-9 or alone.objective < 1e-15
        assert weights.sum() == pytest.approx(1.0, abs=1e-12)
        assert (weights >= limits.lower).all()
        assert (weights <= limits.upper).all()


@pytest.mark.parametrize("limits", LIMITS)
def test_largest_ratios_of_a_batch_are_those_of_each_window(limits: Limits, place: Place) -> None:
    mu, sigma = windows()
    batch = maximum_sharpe_batch(place.xp.asarray(mu), place.xp.asarray(sigma), 0.0005, limits, place.xp)
    for m, window, weights, is_defined in zip(mu, sigma, batch.weights, batch.is_defined, strict=True):
        try:
            alone = maximum_sharpe(m, window, 0.0005, limits)
        except UndefinedError:
            assert not is_defined
            assert weights @ window @ weights == pytest.approx(minimum_variance(window, limits).objective, rel=1e-9)
            continue
        assert is_defined
        ratio = (m - 0.0005) @ weights / np.sqrt(weights @ window @ weights)
        assert ratio == pytest.approx(alone.objective, rel=1e-10)
    assert batch.gaps.max() <= 1e-9


def test_a_window_with_nothing_above_the_risk_free_rate_holds_minimum_variance() -> None:
    mu, sigma = windows()
    batch = maximum_sharpe_batch(mu, sigma, 1.0, LIMITS[0])
    assert not batch.is_defined.any()
    np.testing.assert_allclose(batch.weights, minimum_variance_batch(sigma, LIMITS[0]).weights, atol=1e-12)


def test_risk_parity_of_a_batch_is_that_of_each_window(place: Place) -> None:
    sigma = np.delete(windows()[1], 5, axis=0)
    budgets = np.arange(1.0, 9.0)
    batch = risk_parity_batch(place.xp.asarray(sigma), budgets, Limits.box(8), place.xp)
    for window, weights in zip(sigma, batch.weights, strict=True):
        np.testing.assert_allclose(weights, risk_parity(window, budgets, Limits.box(8)).weights, rtol=1e-9)
    assert batch.gaps.max() <= 1e-12
