"""Frontiers traced together are the frontiers traced alone, and so is what is looked up on them."""

import numpy as np
import pytest

from compute.portfolio.arrays import Place
from compute.portfolio.limits import Limits
from compute.portfolio.solution import UndefinedError
from compute.portfolio.solvers.batched_line import critical_line_batch
from compute.portfolio.solvers.batched_lookup import PathLookup
from compute.portfolio.solvers.critical_line import critical_line
from compute.portfolio.solvers.mean_variance import utility
from tests.compute.portfolio.solvers.test_batched import LIMITS, windows

WIDER = [*LIMITS, Limits.box(8, -0.5, 0.5, net=0.0), Limits.box(8, 0.0, 0.125), Limits.box(8, 0.0, 0.25)]


@pytest.mark.parametrize("limits", WIDER)
def test_frontiers_of_a_batch_are_those_of_each_problem(limits: Limits, place: Place) -> None:
    mu, sigma = windows(30)
    paths = critical_line_batch(place.xp.asarray(mu), place.xp.asarray(sigma), limits, place.xp)
    look = PathLookup(paths.corners, paths.thetas, mu, sigma)
    weights, earned, risked = look.sample(9)
    best, is_defined = look.best_ratio(0.0005)
    assert paths.alone <= 2
    for i in range(len(mu)):
        path = critical_line(mu[i], sigma[i], limits)
        scale = float(np.sqrt(np.diagonal(sigma[i]).max()))
        wanted = path.sample(9)
        np.testing.assert_allclose(earned[i], wanted @ mu[i], atol=1e-9 * np.abs(mu[i]).max())
        variances = np.einsum("pi,ij,pj->p", wanted, sigma[i], wanted)
        np.testing.assert_allclose(risked[i], np.sqrt(np.maximum(variances, 0)), atol=1e-7 * scale)
        assert np.abs(weights[i].sum(axis=1) - limits.net).max() <= 1e-12
        try:
            ratio = path.solution(path.maximum_sharpe(0.0005)).weights
        except UndefinedError:
            continue
        assert is_defined[i]
        if limits.net == 0 and i == 3:  # of duplicates against each other only rounding remains to compare
            continue
        ratios = [(mu[i] - 0.0005) @ w / np.sqrt(w @ sigma[i] @ w) for w in (best[i], ratio)]
        assert ratios[0] == pytest.approx(ratios[1], rel=1e-9)


def test_looking_up_returns_volatilities_and_aversions_agrees_with_single_answers() -> None:
    mu, sigma = windows(20)
    limits = LIMITS[0]
    paths = critical_line_batch(mu, sigma, limits)
    look = PathLookup(paths.corners, paths.thetas, mu, sigma)
    for i in range(len(mu)):
        if i == 3:  # of duplicates either may be held
            continue
        path = critical_line(mu[i], sigma[i], limits)
        goal = 0.3 * path.returns[0] + 0.7 * path.returns[-1]
        np.testing.assert_allclose(look.at_return(goal)[i], path.at_return(goal), atol=1e-8)
        risk = 0.5 * (path.volatilities[0] + path.volatilities[-1])
        np.testing.assert_allclose(look.at_volatility(risk)[i], path.at_volatility(risk), atol=1e-8)
        np.testing.assert_allclose(look.at_aversion(4.0)[i], utility(mu[i], sigma[i], 4.0, limits).weights, atol=1e-8)


def test_a_singular_block_is_walked_alone_and_the_others_together() -> None:
    mu, sigma = windows(10)
    mu[2], sigma[2] = 0.001, 0.0
    sigma[2, 0, 0] = 1e-4
    paths = critical_line_batch(mu, sigma, LIMITS[1])
    assert 1 <= paths.alone <= 2
    path = critical_line(mu[2], sigma[2], LIMITS[1])
    np.testing.assert_allclose(paths.corners[2, -1], path.weights[-1], atol=1e-12)
    assert np.isfinite(paths.corners).all()
