"""A covariance of a few common factors, found in the returns themselves, and a risk of its own for each asset."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from compute.portfolio.covariance.sample import sample_covariance
from compute.schema import Record

Array = NDArray[np.float64]


class FactorCovariance(Record, title="Factor model"):
    """A few statistical factors that all assets share, and a risk of its own for each."""

    kind: Literal["factor"] = "factor"
    factors: int = Field(
        default=3,
        ge=1,
        le=50,
        title="Factors",
        description="How many principal components count as common; as many as there are assets at most.",
    )


def factor_covariance(returns: Array, factors: int) -> Array:
    """Return B B' + D (n, n): the first principal components of the sample covariance, and the rest of each variance.

    Connor and Korajczyk (1986) with principal components of the covariance; the variances are those of the sample.

    Parameters
    ----------
    returns : (T, n), without NaN
    factors : as many components; n at most
    """
    sample = sample_covariance(returns)
    values, vectors = np.linalg.eigh(sample)
    count = min(factors, len(values))
    loadings = vectors[:, -count:] * np.sqrt(np.maximum(values[-count:], 0.0))
    common = loadings @ loadings.T
    np.fill_diagonal(common, np.maximum(np.diag(sample), np.diag(common)))
    return np.asarray(common)
