"""Forecasts of exponential smoothing: by psi weights where they are linear, else by simulated futures."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.forecast.options import Bootstrap
from compute.forecast.prediction import AnyPrediction, Prediction, SimulatedPrediction
from compute.forecast.resampling import draw_errors
from compute.forecast.smoothing.forms import MULTIPLICATIVE, Form
from compute.forecast.smoothing.recursion import evaluate

Array = NDArray[np.float64]

LEAST_RELATIVE_ERROR = -0.99  # a drawn relative error of -1 or less would turn a positive series negative


@dataclass(frozen=True)
class Origin:
    """Where forecasts begin: a form with its parameters, run over the scaled series to its end.

    Attributes
    ----------
    form, parameters : as estimated
    scaled, seen : (n,) the series over `scale`, 0 where missing, and whether observed
    scale : of the series
    sigma : standard deviation of the scaled (relative, where the form is) one-step errors
    errors : (k,) scaled or relative one-step errors
    """

    form: Form
    parameters: Array
    scaled: Array
    seen: NDArray[np.bool_]
    scale: float
    sigma: float
    errors: Array

    def predict(self, horizon: int) -> AnyPrediction:
        """Return the forecast of the next steps."""
        ahead = _run_on(self, horizon)
        weights = psi_weights(self.form, self.form.smoothing(self.parameters), horizon)
        if self.form.is_additive:
            return Prediction(ahead.mean * self.scale, weights, ahead.root)
        variance = _variance(self, ahead, weights) + self.sigma**2 * (ahead.root**2).sum(axis=1)

        def simulate(n_paths: int, rng: np.random.Generator, bootstrap: Bootstrap = "iid") -> Array:
            return self.scale * _simulate(self, ahead, n_paths, rng, bootstrap)

        return SimulatedPrediction(ahead.mean * self.scale, self.scale * np.sqrt(variance), simulate)


@dataclass(frozen=True)
class _Ahead:
    """The recursion without errors, ahead of the origin.

    mean : (horizon,) ; root : (horizon, K) effect of the parameters' uncertainty, per standard normal and sigma;
    states : (2 + m,) level, slope and seasonal states at the origin, the next place first
    """

    mean: Array
    root: Array
    states: Array


def _run_on(origin: Origin, horizon: int) -> _Ahead:
    """Forecast by running on over steps that are not seen; uncertainty of the parameters by the delta method."""
    form, K, n = origin.form, origin.form.size, origin.scaled.size
    states, normal, gradient = np.zeros(2 + form.code[4]), np.zeros((K, K)), np.zeros(K)
    evaluate(
        origin.scaled,
        origin.seen,
        form.code,
        origin.parameters,
        np.zeros(n),
        np.zeros((1, K)),
        states,
        normal,
        gradient,
    )
    mean, rows = np.zeros(n + horizon), np.zeros((horizon, K))
    evaluate(
        np.concatenate([origin.scaled, np.zeros(horizon)]),
        np.concatenate([origin.seen, np.zeros(horizon, dtype=np.bool_)]),
        form.code,
        origin.parameters,
        mean,
        rows,
        np.zeros_like(states),
        np.zeros_like(normal),
        gradient,
    )
    return _Ahead(mean[n:], rows @ _root(form, normal, origin.sigma), states)


def _root(form: Form, normal: Array, sigma: float) -> Array:
    """Return R with `sigma^2 R R'` the covariance of the parameters, (K, K).

    The information is that of the residuals, `J'J / sigma^2`, and that of a uniform prior between the bounds of each
    smoothing parameter (variance width^2 / 12), without which one that does not matter would be unbounded.
    """
    information = np.tril(normal) + np.tril(normal, -1).T
    lower, upper = form.bounds
    prior = np.zeros(form.size)
    prior[: form.n_smoothing] = 12 * (sigma / (upper - lower)[: form.n_smoothing]) ** 2
    values, vectors = np.linalg.eigh(information + np.diag(prior))
    usable = values > 1e-12 * max(float(values[-1]), 1e-300)
    return np.asarray(vectors[:, usable] / np.sqrt(values[usable]))


def psi_weights(form: Form, smoothing: dict[str, float], horizon: int) -> Array:
    """Return effects of an error on the next steps, (horizon,), the first 1, of the form taken as additive.

    `alpha + beta (phi + ... + phi^j) + gamma [m divides j]` (Hyndman et al. 2008, table 6.1).
    """
    steps = np.arange(horizon)
    phi = smoothing.get("phi", 1.0)
    weights = smoothing["alpha"] + smoothing.get("beta", 0.0) * np.cumsum(np.where(steps > 0, phi**steps, 0.0))
    if form.season and form.season != MULTIPLICATIVE:
        weights[steps % form.m == 0] += smoothing["gamma"]
    weights[:1] = 1.0
    return np.asarray(weights)


def _variance(origin: Origin, ahead: _Ahead, weights: Array) -> Array:
    """Return the variance of the scaled forecast error, (horizon,), parameters known.

    Hyndman et al. (2008), equations 6.2 and 6.4: `theta_h = mu_h^2 + sigma^2 sum_j c_j^2 theta_(h-j)`, variance
    `(1 + sigma^2) theta_h - mu_h^2`; with a multiplicative season for the mean without it, times
    `(1 + gamma^2 sigma^2)^k` after k seasons (an approximation for sigma well below 1).
    """
    horizon, sigma2 = weights.size, origin.sigma**2
    season: Array = np.ones(horizon)
    growth: Array = np.ones(horizon)
    if origin.form.season == MULTIPLICATIVE:
        season = np.resize(ahead.states[2:], horizon)
        gamma = origin.form.smoothing(origin.parameters)["gamma"]
        growth = np.power(1 + gamma**2 * sigma2, np.arange(horizon) // origin.form.m, dtype=np.float64)
    level2 = (ahead.mean / season) ** 2
    theta = np.zeros(horizon)
    squared = weights[1:] ** 2
    for h in range(horizon):
        theta[h] = level2[h] + sigma2 * float(squared[:h] @ theta[:h][::-1])
    return np.asarray(season**2 * (theta * (1 + sigma2) * growth - level2))


def _simulate(origin: Origin, ahead: _Ahead, n_paths: int, rng: np.random.Generator, bootstrap: Bootstrap) -> Array:
    """Return scaled futures less the mean, (n_paths, horizon), from resampled relative errors."""
    form, horizon = origin.form, ahead.mean.size
    smoothing = form.smoothing(origin.parameters)
    alpha, beta, gamma, phi = (smoothing.get(name, 0.0) for name in ("alpha", "beta", "gamma", "phi"))
    phi = phi if form.damped else 1.0
    of_steps, of_parameters = rng.spawn(2)
    drawn = draw_errors(origin.errors, origin.sigma, n_paths, horizon, of_steps, bootstrap)
    draws = np.maximum(drawn, LEAST_RELATIVE_ERROR)
    level: Array = np.full(n_paths, ahead.states[0])
    slope: Array = np.full(n_paths, ahead.states[1])
    season = np.repeat(ahead.states[2:, None], n_paths, axis=1)
    paths = np.empty((horizon, n_paths))
    for h in range(horizon):
        place, q = season[h % season.shape[0]], level + phi * slope
        mu = q * place if form.season == MULTIPLICATIVE else q + place
        error = draws[h] * mu
        paths[h] = mu + error
        by_level = draws[h] * q if form.season == MULTIPLICATIVE else error
        level, slope = q + alpha * by_level, phi * slope + beta * by_level
        if form.season:
            place += gamma * (draws[h] * place if form.season == MULTIPLICATIVE else error)
    normals = of_parameters.standard_normal((n_paths, ahead.root.shape[1]))
    return np.asarray(paths.T - ahead.mean + origin.sigma * (normals @ ahead.root.T))
