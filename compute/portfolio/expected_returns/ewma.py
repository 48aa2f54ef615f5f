"""Expected returns as a mean in which the past fades."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.weighting import Fading, fading_weights


class EwmaReturns(Fading, title="Exponentially weighted mean"):
    """The mean of the past returns in which recent ones count more."""

    kind: Literal["ewma"] = "ewma"


def ewma_mean(returns: NDArray[np.float64], half_life: float) -> NDArray[np.float64]:
    """Return the weighted mean of each column of returns (T, n); the weights of what is there sum to 1."""
    weights = fading_weights(len(returns), half_life)[:, None] * ~np.isnan(returns)
    return np.asarray((weights * np.nan_to_num(returns)).sum(axis=0) / weights.sum(axis=0))
