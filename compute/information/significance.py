"""How surprising a value is beside surrogates, and how sure it is in itself."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BAND = (0.05, 0.95)  # of the surrogates: the upper end is the critical value of a one-sided test at 5 %
INTERVAL = (0.025, 0.975)


def p_value(value: float, surrogates: Array) -> float | None:
    """Return (c + 1) / (n + 1), where c of n surrogates reach the value; None without surrogates."""
    if not surrogates.size:
        return None
    return (int(np.sum(surrogates >= value)) + 1) / (surrogates.size + 1)


def adjust(p_values: Array) -> Array:
    """Return p values, (m,), adjusted for their number, so that the share of false findings stays below a level.

    Benjamini and Hochberg 1995, step-up: the least of p m / rank over all larger ones.
    """
    if not p_values.size:
        return p_values
    order = np.argsort(p_values)
    scaled = p_values[order] * p_values.size / np.arange(1, p_values.size + 1)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted


def standard_error(local: Array) -> float:
    """Return the standard error of the mean of local values, (n,), from means over overlapping blocks.

    Blocks of n^(1/3) rows let neighbours in time depend on each other (Künsch 1989).
    """
    sums = _block_sums(local - local.mean())
    length = _block_length(local.size)
    return float(np.sqrt(np.mean(sums**2) / length / local.size))


def interval(local: Array, count: int, generator: np.random.Generator) -> tuple[float, float] | None:
    """Return the 95 % interval of the mean of local values by the circular block bootstrap; None without samples."""
    if not count:
        return None
    sums, length = _block_sums(local), _block_length(local.size)
    blocks = -(-local.size // length)
    means = sums[generator.integers(0, local.size, (count, blocks))].sum(axis=1) / (blocks * length)
    low, high = np.quantile(means, INTERVAL)
    return float(low), float(high)


def _block_length(n: int) -> int:
    return max(1, round(float(np.cbrt(n))))


def _block_sums(values: Array) -> Array:
    """Return the sum of each run of rows, (n,), as on a circle."""
    length = _block_length(values.size)
    summed = np.concatenate([[0.0], np.cumsum(np.concatenate([values, values[: length - 1]]))])
    return np.asarray(summed[length:] - summed[:-length])
