"""The portfolio of least variance, held against the conditions of optimality, worked out anew from the covariance."""

from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from compute.benchmark.checks import as_check
from compute.benchmark.result import Check
from compute.benchmark.timers import WallTimer
from compute.benchmark.workload import SizeRange, Trial, Work, Workload
from compute.job import ignore_progress
from compute.portfolio.assets import MAX_MOMENTS, GivenMoments
from compute.portfolio.objectives import MinVariance
from compute.portfolio.optimization.request import OptimizeRequest
from compute.portfolio.optimization.result import OptimizeResult
from compute.portfolio.optimization.run import optimize

Array = NDArray[np.float64]
SIZES = SizeRange(least=10, most=MAX_MOMENTS, multiple=5, title="assets")
FACTORS = 5
TOLERANCE = 1e-6  # of the variance: what any other portfolio could be better by
BYTES_PER_ENTRY = 200.0  # of the covariance: solver's copies and the answer's table


def portfolio_workload(seed: int) -> Workload:
    """Return the long-only portfolio of least variance of assets that five factors move."""

    def prepare(size: int) -> Trial:
        mean, covariance = factor_moments(size, seed)
        names = [f"asset {at}" for at in range(size)]
        assets = GivenMoments(
            expected_returns=dict(zip(names, mean.tolist(), strict=True)),
            covariance=tuple(tuple(row) for row in covariance.tolist()),
        )
        request = OptimizeRequest(assets=assets, objective=MinVariance(), frontier=False)
        return Trial(
            call=lambda: optimize(request, None, ignore_progress),
            check=lambda result: check_weights(result, names, covariance),
            work=Work(float(size), "assets"),
        )

    return Workload(
        kind="portfolio_optimization",
        variant="min_variance",
        title="Portfolio of least variance",
        device="cpu",
        sizes=SIZES,
        memory=lambda size: BYTES_PER_ENTRY * size**2,
        prepare=prepare,
        timer=WallTimer(perf_counter),
    )


def factor_moments(n: int, seed: int) -> tuple[Array, Array]:
    """Return returns per year, (n,), and their covariance, (n, n): of the factors, and each asset's own."""
    rng = np.random.default_rng(seed)
    loadings = rng.normal(scale=0.1, size=(n, FACTORS))
    own = rng.uniform(0.02, 0.1, size=n)
    return rng.normal(0.06, 0.03, size=n), loadings @ loadings.T + np.diag(own)


def check_weights(result: OptimizeResult, names: list[str], covariance: Array) -> Check:
    """Return whether no other portfolio is better: the gap of Frank and Wolfe (1956), g'w - min g, over g'w.

    Where g = 2 S w, no long-only portfolio that sums to 1 has a variance lower by more than the gap. Weights that are
    negative, or do not sum to 1, count as an error of their own size.
    """
    weights = np.array([result.weights[name] for name in names])
    gradient = 2 * covariance @ weights
    gap = float(gradient @ weights - gradient.min()) / float(gradient @ weights)
    broken = max(abs(float(weights.sum()) - 1), -float(weights.min()), 0.0)
    return as_check(max(gap, broken), TOLERANCE, "the bound on what any other portfolio could gain, worked out anew")
