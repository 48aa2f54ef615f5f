"""Weights by rule for many windows at once: hierarchical risk parity, inverse volatility, equal weights.

What each rule means, and what it refuses, is in `hierarchical.py` and `simple.py`.
"""

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solvers.batched import Batch, check_batch
from compute.portfolio.solvers.single_linkage import near_leaf_order, single_linkage_batch

Order = NDArray[np.int64]


def hierarchical_risk_parity_batch(sigma: Array, limits: Limits) -> Batch:
    """Return the weights of Lopez de Prado (2016) with single linkage and optimal leaf order for `sigma` (B, n, n).

    No asset may be without risk. Raises InfeasibleError where no portfolio meets the limits, ValueError where there are
    others than bounds and a sum.
    """
    check_batch(limits)
    count, n = sigma.shape[:2]
    deviations = np.sqrt(np.einsum("bii->bi", sigma))
    correlation = np.clip(sigma / (deviations[:, :, None] * deviations[:, None, :]), -1.0, 1.0)
    distances = np.sqrt(np.maximum(0.0, (1.0 - correlation) / 2.0))
    distances[:, np.arange(n), np.arange(n)] = 0.0
    trees = single_linkage_batch(distances)
    order = np.array([near_leaf_order(tree, one) for tree, one in zip(trees, distances, strict=True)])
    rows = np.arange(count)[:, None]
    ordered = sigma[rows[:, :, None], order[:, :, None], order[:, None, :]]
    weights = np.empty((count, n))
    weights[rows, order] = _halved(ordered) * limits.net
    return _allowed(weights, limits)


def inverse_volatility_batch(sigma: Array, limits: Limits) -> Batch:
    """Return weights in proportion to 1/volatility for `sigma` (B, n, n) without riskless assets; errors as above."""
    check_batch(limits)
    inverse = 1.0 / np.sqrt(np.einsum("bii->bi", sigma))
    return _allowed(limits.net * inverse / inverse.sum(axis=1, keepdims=True), limits)


def equal_weight_batch(count: int, limits: Limits) -> Batch:
    """Return equal weights `count` times; errors as above."""
    check_batch(limits)
    return _allowed(np.full((count, limits.n), limits.net / limits.n), limits)


def nearest_batch(weights: Array, limits: Limits) -> Array:
    """Return the allowed weights nearest to `weights` (B, n) in the sum of squares, over bounds and a sum.

    They are `clip(w - shift, lower, upper)` with the shift at which they sum to the net weight: their sum is piecewise
    linear in the shift and breaks where an asset meets a bound, so the shift lies between two breaks.
    """
    breaks = np.sort(np.concatenate([weights - limits.lower, weights - limits.upper], axis=1), axis=1)
    sums = np.array([_clipped(weights, shift, limits).sum(axis=1) for shift in breaks.T]).T  # falling along breaks
    after = np.clip((sums > limits.net).sum(axis=1), 1, breaks.shape[1] - 1)
    rows = np.arange(len(weights))
    low, high = breaks[rows, after - 1], breaks[rows, after]
    above, below = sums[rows, after - 1], sums[rows, after]
    share = np.divide(above - limits.net, above - below, out=np.zeros_like(low), where=above > below)
    return _clipped(weights, low + np.clip(share, 0.0, 1.0) * (high - low), limits)


def _clipped(weights: Array, shift: Array, limits: Limits) -> Array:
    return np.asarray(np.clip(weights - shift[:, None], limits.lower, limits.upper))


def _halved(ordered: Array) -> Array:
    """Return the weights (B, n) of assets in their order, halved again and again by the risk of the halves."""
    count, n = ordered.shape[:2]
    precision = 1.0 / np.einsum("bii->bi", ordered)
    weights = np.ones((count, n))
    parts = [(0, n)]
    while parts:
        first, end = parts.pop()
        if end - first < 2:
            continue
        middle = first + (end - first) // 2
        left, right = (_variances(ordered, precision, *half) for half in ((first, middle), (middle, end)))
        total = left + right
        share = np.divide(right, total, out=np.full_like(right, 0.5), where=total > 0)[:, None]
        weights[:, first:middle] *= share
        weights[:, middle:end] *= 1.0 - share
        parts += [(first, middle), (middle, end)]
    return weights


def _variances(ordered: Array, precision: Array, first: int, end: int) -> Array:
    """Return the variance (B,) of the inverse-variance portfolio of a run of assets."""
    weights = precision[:, first:end] / precision[:, first:end].sum(axis=1, keepdims=True)
    risk = np.matmul(ordered[:, first:end, first:end], weights[:, :, None])[:, :, 0]
    return np.asarray((risk * weights).sum(axis=1))


def _allowed(weights: Array, limits: Limits) -> Batch:
    """Return the batch with weights that break a bound moved no further than needed."""
    is_out = ((weights < limits.lower - 1e-12) | (weights > limits.upper + 1e-12)).any(axis=1)
    if is_out.any():
        weights[is_out] = nearest_batch(weights[is_out], limits)
    return Batch(weights, np.zeros(len(weights)), np.ones(len(weights), dtype=bool), 0)
