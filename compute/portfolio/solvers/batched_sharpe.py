"""The largest Sharpe ratios of many windows at once, looked up on their frontiers.

Up to 120 assets this is quicker than a search for each ratio, and no window has to be solved alone. What the ratio is,
and where it has no maximum, is in `sharpe.py`.
"""

from typing import Any

import numpy as np

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solvers.batched import Batch, on_host, vertices
from compute.portfolio.solvers.batched_line import critical_line_batch
from compute.portfolio.solvers.batched_lookup import PathLookup
from compute.portfolio.solvers.box import Mask


def maximum_sharpe_batch(mu: Any, sigma: Any, risk_free: float, limits: Limits, xp: Any = np) -> Batch:
    """Return the portfolios with the largest Sharpe ratio for `mu` (B, n) and `sigma` (B, n, n), of `xp`.

    A window without a portfolio above the risk-free rate gets the minimum variance, and is said not to be defined.
    Raises InfeasibleError where no portfolio meets the bounds, ValueError where there are other limits.
    """
    paths = critical_line_batch(mu, sigma, limits, xp)
    means, risks = on_host(mu), on_host(sigma)
    weights, defined = PathLookup(paths.corners, paths.thetas, means, risks).best_ratio(risk_free)
    weights = np.clip(weights, limits.lower, limits.upper)
    return Batch(weights, _ratio_gaps(means - risk_free, risks, weights, limits, defined), defined, paths.alone)


def _ratio_gaps(excess: Array, sigma: Array, weights: Array, limits: Limits, defined: Mask) -> Array:
    """Return the gap of each ratio, as a share of it, among portfolios no calmer than a thousandth of the answer."""
    risk = np.einsum("bij,bj->bi", sigma, weights)
    earned, variance = (excess * weights).sum(axis=1), (risk * weights).sum(axis=1)
    level = np.where(defined, earned, 1.0) / np.where(defined, variance, 1.0)
    reduced = excess - level[:, None] * risk
    corners = vertices(reduced, limits, np)
    above, against = (reduced * corners).sum(axis=1), (risk * corners).sum(axis=1)
    beside = above * 1e3 / np.where(defined, earned, 1.0)
    bound = np.where(against > 0, above / np.where(against > 0, against, 1.0) / level, beside)
    return np.where(defined, np.maximum(bound, 0.0), 0.0)
