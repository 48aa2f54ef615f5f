"""Rules for many windows at once give what each gives alone, and trees and orders are those of scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import squareform

from compute.portfolio.limits import Limits
from compute.portfolio.solvers.batched_rules import (
    equal_weight_batch,
    hierarchical_risk_parity_batch,
    inverse_volatility_batch,
    nearest_batch,
)
from compute.portfolio.solvers.hierarchical import hierarchical_risk_parity
from compute.portfolio.solvers.simple import equal_weight, inverse_volatility, nearest
from compute.portfolio.solvers.single_linkage import near_leaf_order, single_linkage_batch, tree_order
from tests.compute.portfolio.solvers.problems import Array
from tests.compute.portfolio.solvers.test_batched import windows

BOUNDS = [Limits.box(8), Limits.box(8, 0.05, 0.2), Limits.box(8, 0.1, 0.3, net=0.9), Limits.box(8, 0.125, 0.125)]


def risky() -> Array:
    return np.delete(windows(40)[1], 5, axis=0)


@pytest.mark.parametrize("limits", BOUNDS)
def test_rules_of_a_batch_are_those_of_each_window(limits: Limits) -> None:
    sigma = risky()
    together = hierarchical_risk_parity_batch(sigma, limits), inverse_volatility_batch(sigma, limits)
    for i, window in enumerate(sigma):
        if i != 3:  # of duplicates either order is best
            alone = hierarchical_risk_parity(window, limits).weights
            np.testing.assert_allclose(together[0].weights[i], alone, atol=1e-12)
        np.testing.assert_allclose(together[1].weights[i], inverse_volatility(window, limits).weights, atol=1e-12)
    np.testing.assert_allclose(equal_weight_batch(3, limits).weights, [equal_weight(limits).weights] * 3, atol=1e-12)


@pytest.mark.parametrize("n", [2, 3, 5, 13, 24])
def test_trees_and_orders_are_those_of_scipy(n: int) -> None:
    rng = np.random.default_rng(n)
    points = rng.normal(size=(12, n, 3)) * np.array([1.0, 0.3, 0.1])
    distances = np.sqrt(((points[:, :, None] - points[:, None]) ** 2).sum(axis=3))
    for matrix, merges in zip(distances, single_linkage_batch(distances), strict=True):
        pairs = squareform(matrix, checks=False)
        tree = linkage(pairs, "single")
        assert merges == [(int(left), int(right)) for left, right in tree[:, :2]]
        assert tree_order(merges, n) == leaves_list(tree).tolist()
        assert near_leaf_order(merges, matrix) == leaves_list(optimal_leaf_ordering(tree, pairs)).tolist()


def test_one_asset_is_its_own_order() -> None:
    (merges,) = single_linkage_batch(np.zeros((1, 1, 1)))
    assert near_leaf_order(merges, np.zeros((1, 1))) == [0]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 9))
def test_nearest_weights_are_those_of_the_quadratic_program(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    lower = rng.uniform(-0.5, 0.1, n)
    upper = lower + rng.uniform(0, 1, n)
    limits = Limits(lower, upper, float(rng.uniform(lower.sum(), upper.sum())))
    weights = rng.normal(size=(4, n))
    for found, asked in zip(nearest_batch(weights, limits), weights, strict=True):
        np.testing.assert_allclose(found, nearest(asked, limits, "").weights, atol=1e-9)
        assert found.sum() == pytest.approx(limits.net, abs=1e-12)
