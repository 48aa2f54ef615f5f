"""Expected returns as the mean of the past: unbiased, and very uncertain."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from compute.schema import Record


class Historical(Record, title="Historical mean"):
    """The arithmetic mean of the past returns."""

    kind: Literal["historical"] = "historical"


def historical_mean(returns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of each column of returns (T, n); NaN is left out."""
    return np.asarray(np.nanmean(returns, axis=0))
