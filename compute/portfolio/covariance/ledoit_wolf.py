"""The sample covariance, shrunk towards a multiple of the identity as far as theory says (Ledoit and Wolf 2004)."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from compute.schema import Record

Array = NDArray[np.float64]


class LedoitWolf(Record, title="Ledoit-Wolf"):
    """The sample covariance, shrunk just enough to be well conditioned."""

    kind: Literal["ledoit_wolf"] = "ledoit_wolf"


def ledoit_wolf(returns: Array) -> tuple[Array, float]:
    """Return the covariance (n, n) and the share of the target in it, 0..1.

    Ledoit and Wolf, J. Multivariate Analysis 88 (2004), section 3.3; divided by T as there. With S = X'X/T:
    beta = (sum_t |x_t|^4 / T - |S|^2) / T, delta = |S - mu I|^2, shrinkage min(1, beta / delta), all norms Frobenius.

    Parameters
    ----------
    returns : (T, n), without NaN
    """
    t, n = returns.shape
    centred = returns - returns.mean(axis=0)
    sample = centred.T @ centred / t
    mean = float(np.trace(sample)) / n
    size = float((sample * sample).sum())
    quartic = float((np.einsum("ij,ij->i", centred, centred) ** 2).sum())
    delta = size - n * mean * mean
    beta = min((quartic / t - size) / t, delta)
    shrinkage = beta / delta if delta > 0 else 0.0
    return shrunk(sample, mean, shrinkage), shrinkage


def shrunk(sample: Array, mean: float, shrinkage: float) -> Array:
    """Return (1 - shrinkage) S + shrinkage mean I."""
    made = (1 - shrinkage) * sample
    made.flat[:: len(made) + 1] += shrinkage * mean
    return np.asarray(made)
