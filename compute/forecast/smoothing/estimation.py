"""Maximum likelihood for one form of exponential smoothing: where the search starts, and the best end."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.forecast.smoothing.decomposition import Decomposition, fit_line
from compute.forecast.smoothing.forms import MULTIPLICATIVE, Form
from compute.forecast.smoothing.recursion import REFUSED, minimise

Array = NDArray[np.float64]

MAX_STEPS = 60
TOLERANCE = 1e-5  # of -2 log-likelihood
STARTS = ((0.1, 0.05, 0.05), (0.5, 0.1, 0.1))  # alpha, beta / alpha, gamma / (1 - alpha): slow and quick to follow
START_DAMPING = 0.95


@dataclass(frozen=True)
class Estimate:
    """The best parameters found for a form of the scaled series, and -2 log-likelihood but for constants."""

    form: Form
    parameters: Array
    value: float
    has_converged: bool


def estimate(form: Form, scaled: Array, seen: NDArray[np.bool_], season: Decomposition | None) -> Estimate | None:
    """Return the maximum likelihood estimate, None where no start has a likelihood.

    Parameters
    ----------
    scaled : (n,) values of size about 1, 0 where missing
    seen : (n,) whether observed
    season : a decomposition of the form's kind where it has a season
    """
    lower, upper = form.bounds
    states = _first_states(form, np.where(seen, scaled, np.nan), season)
    best: Estimate | None = None
    for start in STARTS:
        x = np.concatenate([_smoothing(form, *start), states])
        value, steps = minimise(scaled, seen, form.code, x, lower, upper, MAX_STEPS, TOLERANCE)
        if value < (REFUSED if best is None else best.value):
            best = Estimate(form, x, value, steps < MAX_STEPS)
    return best


def _smoothing(form: Form, alpha: float, beta_star: float, gamma_star: float) -> Array:
    wanted = [alpha]
    if form.trend:
        wanted.append(beta_star)
    if form.season:
        wanted.append(gamma_star)
    if form.damped:
        wanted.append(START_DAMPING)
    return np.array(wanted)


def _first_states(form: Form, values: Array, season: Decomposition | None) -> Array:
    """Return level, slope and season before the first value (Hyndman et al. 2008, section 2.6.1)."""
    adjusted = values if season is None else season.adjust(values)
    window = min(max(10, 2 * form.m), values.size)
    line = fit_line(adjusted[:window])
    states = (
        [line[0] - (line[1] - line[0]), line[1] - line[0]] if form.trend else [float(np.nanmean(adjusted[:window]))]
    )
    if form.error == MULTIPLICATIVE and states[0] <= 0:
        states[0] = float(np.nanmean(adjusted[:window]))
    return np.concatenate([states, [] if season is None else season.factors[:-1]])
