"""How much wider than a model's own intervals should be, learned from errors on values it had not seen.

A model's own deviation takes its form and its estimates as true. Standardised by it, errors at rolling origins tell
how far that is from what happens: the mean square of a window of errors is an estimate of the factor between the true
variance and the model's. Windows of one series are few, so they only move a prior, and the interval is that of
Student's t: its degrees of freedom say how little is known of the factor (the finite-sample correction). Many windows,
of a long series or of many series together, are conformal quantiles (Vovk, Gammerman & Shafer 2005; Lei et al. 2018).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

EXCESS = 40.0  # the variance of what comes is about 1 + 40/n of a model's own: Theta, automatic ARIMA on M3
EXCESS_OF = {  # less for models whose own deviation knows that estimates err
    "arima": 30.0,  # its orders were given, not chosen by the same values
    "ets": 6.0,
    "ensemble": 10.0,
    "lstm": 10.0,
    "gru": 10.0,
}
PRIOR_DEGREES = 8.0  # how much that is worth, in windows: at 4 to 16 the interval score on M3 is flat
DEGREES_PER_VALUE = 0.04  # a long series knows its own deviation
OUTLYING = 9.0  # a window counts no more than three deviations: one broken fold must not rule


@dataclass(frozen=True)
class Calibration:
    """Errors of the future are taken for `scale * deviation * t(degrees)`, deviation being the model's own."""

    scale: float
    degrees: float
    windows: int
    """Windows of held-out errors it was learned from."""


EXTREME = 1e100  # deviations: squares of more leave the range of numbers
UNCALIBRATED = Calibration(1.0, np.inf, 0)


def standardise(actual: Array, mean: Array, deviation: Array) -> Array:
    """Return errors over the model's own deviation, (steps,), NaN where unobserved or where there is no deviation."""
    known = np.isfinite(deviation) & (deviation > 0)
    scores: Array = np.divide(actual - mean, deviation, out=np.full(mean.size, np.nan), where=known)
    return np.clip(scores, -EXTREME, EXTREME)


def calibrate(windows: Sequence[Array], n_observed: int, kind: str = "") -> Calibration:
    """Return the posterior of the variance factor given standardised errors of some windows.

    With factor `f ~ nu0 s0^2 / chi2(nu0)` and `k` windows whose mean squares are v, each worth one degree of freedom
    (steps of a window err together), errors are `s t(nu0 + k)` with `s^2 = (nu0 s0^2 + sum v) / (nu0 + k)`
    (Gelman et al., Bayesian Data Analysis, section 2.6).

    Parameters
    ----------
    windows : (steps,) each, NaN where unknown
    n_observed : values the model was fitted to
    kind : of the model, for the prior
    """
    squares = [np.nanmean(window**2) for window in windows if np.isfinite(window).any()]
    prior = 1 + EXCESS_OF.get(kind, EXCESS) / max(n_observed, 1)
    prior_degrees = PRIOR_DEGREES + DEGREES_PER_VALUE * n_observed
    degrees = prior_degrees + len(squares)
    variance = (prior_degrees * prior + float(np.minimum(squares, OUTLYING).sum())) / degrees
    return Calibration(float(np.sqrt(variance)), degrees, len(squares))


def describe(calibration: Calibration) -> str:
    """Return what a reader should know of the width of the intervals."""
    change = f"{calibration.scale:.2f} times as wide as the model's own"
    if calibration.windows == 0:
        return f"Intervals are {change}: so much do models of series this short underrate their errors."
    folds = "1 held-out fold" if calibration.windows == 1 else f"{calibration.windows} held-out folds"
    return f"Intervals are {change}, as errors on {folds} of this series and the shortness of the series suggest."
