"""The width of intervals learned from the held-out errors of all series together: pooled conformal factors."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from compute.forecast.batch.result import PooledWidth
from compute.forecast.distribution import student_quantile

Array = NDArray[np.float64]

TRUSTED_ORIGINS = 1.0  # what the models' own width is worth, in origins per series: errors at one origin err together
TRUSTED_WINDOWS = 20.0  # and in windows at a step, against the factor over all steps


def pool_widths(windows: Sequence[Array], levels: Sequence[float]) -> Array:
    """Return the factor of each level and step by which the models' own intervals should be multiplied.

    At each step the quantile of the errors' size over all windows, with the finite-sample correction of split conformal
    prediction (Lei et al. 2018), over the Gaussian one; shrunk in logarithms, where windows are few, to the factor over
    all steps, and this to 1 by the number of origins.

    Parameters
    ----------
    windows : by series, (origins, horizon) errors over the model's own deviation, NaN where unknown

    Returns
    -------
    (levels, horizon) array; 1 where nothing was held out
    """
    sizes = np.abs(np.concatenate(list(windows)))
    horizon = sizes.shape[1]
    factors = np.ones((len(levels), horizon))
    if not np.isfinite(sizes).any():
        return factors
    known = np.isfinite(sizes).sum(axis=0)
    origins = float(np.mean([np.isfinite(window).any(axis=1).sum() for window in windows if window.size]))
    trust = origins / (origins + TRUSTED_ORIGINS)
    for row, level in enumerate(levels):
        own = student_quantile(0.5 + level / 200, np.inf)
        overall = np.log(_quantile(sizes[np.isfinite(sizes)], level / 100) / own)
        for step in range(horizon):
            at_step = sizes[np.isfinite(sizes[:, step]), step]
            weight = known[step] / (known[step] + TRUSTED_WINDOWS)
            here = np.log(_quantile(at_step, level / 100) / own) if at_step.size else overall
            factors[row, step] = np.exp(trust * (weight * here + (1 - weight) * overall))
    return factors


def describe_pool(windows: Sequence[Array], levels: Sequence[float], factors: Array) -> PooledWidth:
    """Return the factors with what they are worth: coverage of each half of the series by the other half's factors."""
    used = [window for window in windows if np.isfinite(window).any()]
    names = [f"{level:g}" for level in levels]
    own = np.ones_like(factors)
    coverage = dict(zip(names, _cross_coverage(used, levels), strict=True))
    return PooledWidth(
        series=len(used),
        windows=int(sum(np.isfinite(window).any(axis=1).sum() for window in used)),
        factor={name: tuple(row.tolist()) for name, row in zip(names, factors, strict=True)},
        coverage=coverage,
        reason=_why_unmeasured(len(used)) if None in coverage.values() else None,
        own_coverage=dict(zip(names, _share_inside(used, levels, own), strict=True)),
    )


def _why_unmeasured(n_used: int) -> str:
    if n_used == 0:
        return "no series is long enough to hold its end out and still fit the model to at least half"
    return "only one series could hold its end out: no other is left to measure what it taught"


def _cross_coverage(windows: Sequence[Array], levels: Sequence[float]) -> list[float | None]:
    halves = [windows[0::2], windows[1::2]]
    if not all(halves):
        return [None] * len(levels)
    inside = [
        _share_inside(half, levels, pool_widths(other, levels))
        for half, other in zip(halves, reversed(halves), strict=True)
    ]
    counts = [sum(int(np.isfinite(window).sum()) for window in half) for half in halves]
    return [
        None if None in shares else float(np.average(np.array(shares, dtype=float), weights=counts))
        for shares in zip(*inside, strict=True)
    ]


def _share_inside(windows: Sequence[Array], levels: Sequence[float], factors: Array) -> list[float | None]:
    if not windows:
        return [None] * len(levels)
    sizes = np.abs(np.concatenate(list(windows)))
    known = np.isfinite(sizes)
    return [
        float(np.mean((sizes <= student_quantile(0.5 + level / 200, np.inf) * factors[row])[known]))
        for row, level in enumerate(levels)
    ]


def _quantile(sizes: Array, share: float) -> float:
    """Return the smallest size that covers `share` of what comes, by exchangeability; never 0."""
    rank = min(int(np.ceil((sizes.size + 1) * share)), sizes.size)
    return max(float(np.partition(sizes, rank - 1)[rank - 1]), 1e-3)
