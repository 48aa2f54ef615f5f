"""How much wider than a model's own intervals should be, learned from errors on values it had not seen.

A model's own deviation takes its form and its estimates as true. Standardised by it, errors at rolling origins tell
how far that is from what happens: the mean square of a window of errors is an estimate of the factor between the true
variance and the model's. Windows of one series are few, so they only move a prior, and the interval is that of
Student's t with that variance: most errors are smaller and a few much larger than Gaussian ones, the more so the
shorter the series. Many windows, of many series together, are conformal quantiles (Vovk, Gammerman & Shafer 2005;
Lei et al. 2018).

The constants were measured on ends held out of M3 yearly, quarterly and monthly and M4 weekly (250, 100, 180 and 60
series): with few degrees of freedom for the tails, 80 % intervals cover 78 to 82 % instead of 83 to 89 %, and the
interval scores of both levels fall by 1 to 4 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

EXCESS = 40.0  # the variance of what comes is about 1 + 40/n of a model's own: Theta, automatic ARIMA, naive ones
EXCESS_OF = {  # less for models whose own deviation knows that estimates err, or that err less than it says
    "arima": 15.0,  # its orders were given, not chosen by the same values
    "ets": 25.0,
    "ensemble": 35.0,
    "best": 35.0,  # mostly a median, too
    "lstm": 10.0,  # the networks' are guesses: too few of them could be trained to measure it
    "gru": 10.0,
}
PRIOR_DEGREES = 4.0  # how much that is worth, in windows
DEGREES_PER_VALUE = 0.04  # a long series knows its own deviation
TAIL_DEGREES, TAIL_PER_VALUE = 4.5, 0.01  # of Student's t: 80 % bands are narrower, 95 % ones as wide as Gaussian ones
OUTLYING = 9.0  # a window counts no more than three deviations: one broken fold must not rule


@dataclass(frozen=True)
class Calibration:
    """Errors of the future are taken for `scale * deviation * t(degrees)`, deviation being the model's own."""

    scale: float
    degrees: float
    windows: int
    """Windows of held-out errors it was learned from."""

    @property
    def spread(self) -> float:
        """Standard deviation of the errors over the model's own: that of t(degrees) is more than 1."""
        return self.scale if np.isinf(self.degrees) else self.scale * float(np.sqrt(self.degrees / (self.degrees - 2)))


EXTREME = 1e100  # deviations: squares of more leave the range of numbers
UNCALIBRATED = Calibration(1.0, np.inf, 0)


def standardise(actual: Array, mean: Array, deviation: Array) -> Array:
    """Return errors over the model's own deviation, (steps,), NaN where unobserved or where there is no deviation."""
    known = np.isfinite(deviation) & (deviation > 0)
    scores: Array = np.divide(actual - mean, deviation, out=np.full(mean.size, np.nan), where=known)
    return np.clip(scores, -EXTREME, EXTREME)


def calibrate(windows: Sequence[Array], n_observed: int, kind: str = "") -> Calibration:
    """Return what the standardised errors of some windows, and what is known of such models, say of the errors to come.

    The prior of the variance factor, `1 + excess / n`, is worth `nu0` windows, each of the k windows with mean square v
    one, as steps of a window err together: the factor is `(nu0 prior + sum v) / (nu0 + k)`, the mean of its posterior
    (Gelman et al., Bayesian Data Analysis, section 2.6), and errors are a Student's t of that variance.

    Parameters
    ----------
    windows : (steps,) each, NaN where unknown
    n_observed : values the model was fitted to
    kind : of the model, for the prior
    """
    squares = [np.nanmean(window**2) for window in windows if np.isfinite(window).any()]
    prior = 1 + EXCESS_OF.get(kind, EXCESS) / max(n_observed, 1)
    worth = PRIOR_DEGREES + DEGREES_PER_VALUE * n_observed
    variance = (worth * prior + float(np.minimum(squares, OUTLYING).sum())) / (worth + len(squares))
    degrees = TAIL_DEGREES + TAIL_PER_VALUE * n_observed
    return Calibration(float(np.sqrt(variance * (degrees - 2) / degrees)), degrees, len(squares))


def describe(calibration: Calibration) -> str:
    """Return what a reader should know of the width of the intervals."""
    change = f"{calibration.spread:.2f} times as wide as the model's own"
    if calibration.windows == 0:
        return f"Intervals are {change}: so much do models of series this short underrate their errors."
    folds = "1 held-out fold" if calibration.windows == 1 else f"{calibration.windows} held-out folds"
    return f"Intervals are {change}, as errors on {folds} of this series and the shortness of the series suggest."
