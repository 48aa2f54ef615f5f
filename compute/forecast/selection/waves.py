"""How many waves explain a long season: sines and cosines beside a short ARIMA, by the corrected criterion of Akaike.

Young, Pedregal & Tych 1999 (dynamic harmonic regression); the errors stand for whatever orders are chosen later.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from compute.forecast.regressors import Regressors
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.regression import difference_columns
from compute.forecast.selection.candidates import Limits
from compute.forecast.selection.ranking import Ranker

Array = NDArray[np.float64]

PAIRS = (1, 2, 3, 4, 6, 8, 10, 14, 20, 28, 40)
ERRORS = (2, 1, 0, 0, 0)  # orders (p, q, P, Q, has_mean) of the errors while waves are counted, after one difference


def choose_waves(filled: Array, m: int, regressors: Regressors) -> Regressors:
    """Return the regressors with the best number of waves of a season of m steps; `filled`, (n,), is complete."""
    plain = Orders(p=0, d=1, q=0)
    series = np.diff(filled)
    size = float(np.sqrt(np.mean(series**2)))
    limits = Limits(2, 2, 0, 0, 4, may_have_mean=False)
    best, least = regressors, np.inf
    for pairs in PAIRS:
        if size == 0 or 2 * pairs >= min(m - 1, filled.size // 4):
            break
        waves = replace(regressors, season=m, pairs=pairs)
        columns = difference_columns(plain, waves.until(filled.size))
        columns = columns / np.sqrt((columns**2).mean(axis=1, keepdims=True))
        criterion = Ranker(series / size, 1, limits, "aicc", True, columns).judge(ERRORS)
        if criterion < least:
            best, least = waves, criterion
    return best
