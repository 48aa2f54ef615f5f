"""The season that a series shows by itself, where neither its times nor the request tell one."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CANDIDATES = (4, 7, 12, 24, 48, 52, 96, 168)
"""Steps in a season that calendars and clocks make: quarters, days of the week, months, hours and parts of them, weeks.
Not every length is tried: of a hundred lags of noise some stand out."""
SEASONS = 3  # that must have been seen
LEAST_Z = 2.5  # standard errors that the autocorrelation at the season stands above none
ROUNDING = 1e-9  # of a series' size: changes that differ by less do not differ


def detect_season(values: Array) -> int:
    """Return the steps in the clearest season of `values`, (n,), NaN where missing; 1 where none is clear.

    The autocorrelation of the changes (of their logarithms where all values are positive) must peak at the season and
    stand `LEAST_Z` standard errors above zero, given the correlations at shorter lags (Bartlett 1946, as in the test of
    the M4 competition's Theta method, which tests a known season at 1.645). Missing values are passed over straight.

    Theta on the series before their last horizon, 120 of M4 weekly, 100 and 93 of M3 monthly and quarterly, mean error
    over that of a step: 2.89, 2.76 and 2.00 without a season, 2.91, 2.63 and 1.97 with 52, 12 and 4, and with the one
    detected 2.82, 2.63 and 1.96 at 2 standard errors, 2.82, 2.66 and 1.98 at 3. The longest clear season instead of the
    clearest took two and more of the shorter ones for one and erred more everywhere.
    """
    observed = np.flatnonzero(~np.isnan(values))
    if observed.size < SEASONS * CANDIDATES[0]:
        return 1
    filled = np.interp(np.arange(observed[0], observed[-1] + 1), observed, values[observed])
    is_positive = bool(filled.min() > 0)
    level = np.log(filled) if is_positive else filled
    changes = np.diff(level)
    if np.ptp(changes) <= ROUNDING * max(float(np.abs(level).max()), float(is_positive)):
        return 1
    changes /= np.abs(changes).max()
    longest = max((m for m in CANDIDATES if SEASONS * m <= observed.size), default=1)
    lags = _autocorrelation(changes, longest + 1)
    clarity = {m: _clarity(lags, m, changes.size) for m in CANDIDATES if m <= longest}
    best = max(clarity, key=lambda m: clarity[m])
    return best if clarity[best] > LEAST_Z else 1


def _autocorrelation(values: Array, most: int) -> Array:
    """Return the autocorrelation at lags 0 to `most`, (most + 1,)."""
    size = int(2 ** np.ceil(np.log2(2 * values.size)))
    spectrum = np.fft.rfft(values - values.mean(), size)
    covariance = np.fft.irfft(np.abs(spectrum) ** 2, size)[: most + 1]
    return np.asarray(covariance / covariance[0])


def _clarity(lags: Array, m: int, n: int) -> float:
    """Return the standard errors that lag m stands above zero, and 0 where it is no peak."""
    if lags[m] < max(lags[m - 1], lags[m + 1]):
        return 0.0
    error = np.sqrt((1 + 2 * float((lags[1:m] ** 2).sum())) / n)
    return float(lags[m] / error)
