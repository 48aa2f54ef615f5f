"""Whether one model's errors are larger than another's by more than luck: a paired test over the folds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

Array = NDArray[np.float64]

SURE = 0.05  # one-sided p value below which a model counts as worse than the winner


@dataclass(frozen=True)
class Verdict:
    """How much worse one model is than another.

    Attributes
    ----------
    p_value : one-sided, of errors that are equal on average; NaN where it cannot be said
    """

    p_value: float

    @property
    def is_worse(self) -> bool:
        """Return whether luck alone is an unlikely explanation."""
        return self.p_value < SURE


def compare_losses(better: Sequence[float], worse: Sequence[float], overlap: int) -> Verdict:
    """Return whether `worse` has the larger expected loss, from mean losses of the same folds in time order.

    The test of Diebold & Mariano (1995) on the differences d of fold means, with the correction of Harvey, Leybourne &
    Newbold (1997) and Student's t with folds - 1 degrees of freedom. Steps of a fold err together and make one d.

    Parameters
    ----------
    overlap : folds after one that still share some of its held-out values: lags that correlate by construction
    """
    d = np.asarray(worse, dtype=np.float64) - np.asarray(better, dtype=np.float64)
    n = d.size
    lags = min(overlap, max(n - 2, 0))
    if n < 2:
        return Verdict(float("nan"))
    centred = d - d.mean()
    covariances = [float(centred[k:] @ centred[: n - k]) / n for k in range(lags + 1)]
    variance = covariances[0] + 2 * sum(covariances[1:])
    variance = variance if variance > 0 else covariances[0]  # a negative sum says that the lags are too many
    if variance <= 0:
        return Verdict(0.0 if d.mean() > 0 else 0.5 if d.mean() == 0 else 1.0)
    h = lags + 1
    correction = max((n + 1 - 2 * h + h * (h - 1) / n) / n, 1 / n)
    statistic = float(d.mean() / np.sqrt(variance / n) * np.sqrt(correction))
    return Verdict(float(stdtr(n - 1, -statistic)))
