"""Forecasts of the dynamic Theta model: mean, variance and simulated futures of the same linear recursion.

With x = (level, mean, slope of the line), the value at time t (from 1) is `y = h_t x + e` and `x' = F_t x + g_t y`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.forecast.options import Bootstrap
from compute.forecast.prediction import SimulatedPrediction
from compute.forecast.resampling import draw_errors
from compute.forecast.smoothing.theta import ThetaEstimate

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ThetaOrigin:
    """Where forecasts begin.

    Attributes
    ----------
    estimate : of the seasonally adjusted, scaled series
    n : values so far
    state : (3,) level, mean and slope of the line after them
    sigma, errors : standard deviation and values, (k,), of the one-step errors, scaled
    scale : of the series
    season : (m,) seasonal factors or terms from the next step on
    is_multiplicative : whether they are factors
    """

    estimate: ThetaEstimate
    n: int
    state: Array
    sigma: float
    errors: Array
    scale: float
    season: Array
    is_multiplicative: bool

    def predict(self, horizon: int) -> SimulatedPrediction:
        """Return the forecast of the next steps."""
        mean, deviation, tilt = self._moments(horizon)
        season = np.resize(self.season, horizon)
        factor = self.scale * (season if self.is_multiplicative else np.ones(horizon))
        term = self.scale * (0.0 if self.is_multiplicative else season)

        def simulate(n_paths: int, rng: np.random.Generator, bootstrap: Bootstrap = "iid") -> Array:
            return factor * (self._simulate(n_paths, tilt, rng, bootstrap) - mean)

        return SimulatedPrediction(factor * mean + term, factor * deviation, simulate)

    def _moments(self, horizon: int) -> tuple[Array, Array, Array]:
        """Return mean, standard deviation of the error and effect of one standard deviation of w, (horizon,) each."""
        x, lean, covariance = self.state, np.zeros(3), np.zeros((3, 3))
        mean, variance, tilt = np.empty(horizon), np.empty(horizon), np.empty(horizon)
        by_weight = float(np.sqrt(self.estimate.weight_variance))
        for i, step in enumerate(self._steps(horizon)):
            mean[i], variance[i] = step.h @ x, step.h @ covariance @ step.h + self.sigma**2
            tilt[i] = step.h @ lean + by_weight * (step.line @ x)
            transition = step.F + np.outer(step.g, step.h)
            x = transition @ x
            lean = step.F @ lean + step.g * tilt[i]
            covariance = transition @ covariance @ transition.T + self.sigma**2 * np.outer(step.g, step.g)
        return mean, np.sqrt(variance + tilt**2), tilt

    def _simulate(self, n_paths: int, tilt: Array, rng: np.random.Generator, bootstrap: Bootstrap) -> Array:
        of_steps, of_weight = rng.spawn(2)
        draws = draw_errors(self.errors, self.sigma, n_paths, tilt.size, of_steps, bootstrap)
        x = np.repeat(self.state[:, None], n_paths, axis=1)
        paths = np.empty((n_paths, tilt.size))
        for i, step in enumerate(self._steps(tilt.size)):
            paths[:, i] = step.h @ x + draws[i]
            x = step.F @ x + step.g[:, None] * paths[:, i]
        return np.asarray(paths + of_weight.standard_normal((n_paths, 1)) * tilt)

    def _steps(self, horizon: int) -> Iterator["_Step"]:
        alpha, weight = self.estimate.alpha, self.estimate.weight
        for t in range(self.n + 1, self.n + horizon + 1):
            fading = (1 - alpha) ** (t - 1)
            line = np.array([0.0, fading, (1 - fading * (1 - alpha)) / alpha - fading * t / 2])
            F = np.array([[1 - alpha, 0, 0], [0, 1 - 1 / t, 0], [0, -6 / (t * (t + 1)), (t - 2) / (t + 1)]])
            g = np.array([alpha, 1 / t, 6 / (t * (t + 1))])
            yield _Step(np.array([1.0, 0, 0]) + weight * line, F, g, line)


@dataclass(frozen=True)
class _Step:
    """`y = h x + e`, `x' = F x + g y`, and the line D = line x."""

    h: Array
    F: Array
    g: Array
    line: Array
