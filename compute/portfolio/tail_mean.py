"""The mean of the worst part of some losses, the measure behind CVaR and drawdown at risk."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NEGLIGIBLE = 1e-9
"""A part of a period so small is what arithmetic leaves of a whole number."""


def tail_mean(losses: Array, confidence: float) -> float:
    """Return the mean of exactly the worst `(1 - confidence) T` of the losses (T,), the last one in part.

    Source: Rockafellar and Uryasev (2002), eq. 18.
    """
    whole, rest = _tail_size(losses.size, confidence)
    worst = np.sort(losses)[::-1][: whole + 1]
    return float((worst[:whole].sum() + (rest * worst[whole] if rest else 0.0)) / (whole + rest))


def drawdown_at_risk(returns: Array, confidence: float) -> float:
    """Return the mean of the worst `1 - confidence` of the drawdowns of the summed returns (T,), the last in part."""
    wealth = np.concatenate([[0.0], np.cumsum(returns)])
    return tail_mean((np.maximum.accumulate(wealth) - wealth)[1:], confidence)


def tail_weights(losses: Array, confidence: float) -> Array:
    """Return how much each loss counts in their tail mean, (T,); they sum to 1."""
    whole, rest = _tail_size(losses.size, confidence)
    order = np.argsort(-losses, kind="stable")
    counts = np.zeros(losses.size)
    counts[order[:whole]] = 1.0
    if rest:
        counts[order[whole]] = rest
    return np.asarray(counts / counts.sum())


def _tail_size(count: int, confidence: float) -> tuple[int, float]:
    """Return how many losses count in full, and how much of the next one counts."""
    share = (1 - confidence) * count
    whole = int(np.floor(share + NEGLIGIBLE))
    rest = share - whole
    return whole, rest if rest > NEGLIGIBLE and whole < count else 0.0
