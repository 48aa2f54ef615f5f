"""Whether the level of a series wanders: the KPSS test. What follows from it is for each subject to say."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

KPSS_CRITICAL = 0.463  # 5 % point for a constant level (Kwiatkowski et al. 1992, table 1)


def rejects_stationarity(values: Array) -> bool:
    """Return whether the level of `values`, (n,) and complete, wanders, at 5 %."""
    return kpss_statistic(values) > KPSS_CRITICAL


def kpss_statistic(values: Array) -> float:
    """Return the statistic of the KPSS test for a constant level, with Bartlett weights over 3 sqrt(n) / 13 lags.

    0 where the series does not vary.
    """
    n = values.size
    lags = int(3 * np.sqrt(n) / 13)
    errors = values - values.mean()
    variance = float(errors @ errors) / n
    for lag in range(1, lags + 1):
        variance += 2 * (1 - lag / (lags + 1)) * float(errors[lag:] @ errors[:-lag]) / n
    sums = np.cumsum(errors)
    return float(sums @ sums) / (n**2 * variance) if variance > 0 else 0.0
