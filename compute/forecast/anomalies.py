"""Values of the history that a model did not expect: those outside its own one-step-ahead interval."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from compute.forecast.prediction import Fit
from compute.forecast.preparation import PreparedSeries
from compute.forecast.result import Anomalies, Anomaly

Array = NDArray[np.float64]

MAX_LISTED = 1000  # of a long history, the furthest: nobody reads more, and a chart cannot mark them


def find_anomalies(prepared: PreparedSeries, fit: Fit, level: float | None) -> Anomalies | None:
    """Return the values outside the interval of `level` % around what the fit foretold one step before.

    The interval is `fitted +- z sigma`, Gaussian, with the spread of the errors inside the sample, and wider where the
    model itself was less sure: at the beginning, after a gap, at a high level of a series whose errors grow with it.
    None without a level, or where the model has no one-step errors or no spread.

    Parameters
    ----------
    prepared : as it was observed, which may differ from what was fitted where that was cleaned
    """
    if level is None or not np.isfinite(fit.sigma) or fit.sigma <= 0:
        return None
    spread = fit.sigma * _relative_spread(fit)
    scores = (prepared.values - fit.fitted) / spread
    checked = int(np.count_nonzero(np.isfinite(scores)))
    if checked == 0:
        return None
    chance = 1 - level / 100
    limit = float(-ndtri(chance / 2))
    outside = np.flatnonzero(np.abs(scores) > limit)  # NaN compares as inside
    furthest = np.sort(outside[np.argsort(-np.abs(scores[outside]), kind="stable")][:MAX_LISTED])
    return Anomalies(
        level=level,
        checked=checked,
        count=outside.size,
        share=outside.size / checked,
        expected_share=chance,
        listed=tuple(_write(int(at), prepared, fit, limit * float(spread[at]), float(scores[at])) for at in furthest),
    )


def _relative_spread(fit: Fit) -> Array:
    """Return the standard deviation of each one-step error over that of a future one, (n,); NaN where none is known.

    A fit tells its errors twice: as they were (`residuals`), and each brought to the variance of a future one
    (`errors`), without those of a start that tells nothing. Their ratio is what is asked for.
    """
    places = np.flatnonzero(np.isfinite(fit.residuals))[-fit.errors.size or fit.residuals.size :]
    relative = np.full(fit.residuals.size, np.nan)
    if places.size != fit.errors.size:
        relative[places] = 1.0
        return relative
    ratio = np.divide(fit.residuals[places], fit.errors, out=np.ones(places.size), where=fit.errors != 0)
    relative[places] = np.where(np.isfinite(ratio) & (ratio > 0), ratio, 1.0)
    return relative


def _write(at: int, prepared: PreparedSeries, fit: Fit, half: float, score: float) -> Anomaly:
    expected = float(fit.fitted[at])
    return Anomaly(
        index=at,
        timestamp=prepared.instant(at),
        value=float(prepared.values[at]),
        expected=expected,
        lower=expected - half,
        upper=expected + half,
        score=score,
    )
