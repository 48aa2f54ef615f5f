"""A covariance without the eigenvalues that noise alone would give (random matrix theory)."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from compute.portfolio.covariance.sample import sample_covariance
from compute.schema import Record

Array = NDArray[np.float64]


class Denoised(Record, title="Denoised"):
    """The sample covariance with the eigenvalues of its correlations that noise explains made all the same."""

    kind: Literal["denoised"] = "denoised"
    detone: bool = Field(
        default=False,
        title="Without the market",
        description="Also takes out the first component, which all assets share. For clustering; not for risk, "
        "which it understates.",
    )


def denoised(returns: Array, *, detone: bool = False) -> tuple[Array, int]:
    """Return the covariance (n, n) and the number of components that stand out from noise.

    The eigenvalues of the correlation matrix of uncorrelated returns lie below (1 + sqrt(n / T))^2 (Marchenko and
    Pastur 1967; Laloux et al. 1999); those below are replaced by their mean, which keeps the trace, and the diagonal is
    made 1 again (Lopez de Prado 2018, 2.6). We do not fit the variance of the noise as he does: with assets that share
    a factor unequally the fit finds structure in what is left.

    Parameters
    ----------
    returns : (T, n), without NaN
    """
    t, n = returns.shape
    sample = sample_covariance(returns)
    deviations = np.sqrt(np.diag(sample))
    is_risky = deviations > 0
    scale = np.where(is_risky, deviations, 1.0)
    correlation = sample / np.outer(scale, scale)
    np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    kept = int((values > (1 + np.sqrt(n / t)) ** 2).sum())
    if kept < n:
        values[: n - kept] = values[: n - kept].mean()
    if detone:
        values[-1] = 0.0
    cleaned = (vectors * values) @ vectors.T
    diagonal = np.sqrt(np.maximum(np.diag(cleaned), np.finfo(float).tiny))
    cleaned /= np.outer(diagonal, diagonal)
    np.fill_diagonal(cleaned, 1.0)
    return cleaned * np.outer(deviations, deviations), kept
