"""Naive and seasonal naive forecasts, the value a season ago (of one step for the naive one), and the drift."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from compute.forecast.prediction import Fit, Prediction
from compute.forecast.result import FittedModel
from compute.schema import RequestError

Array = NDArray[np.float64]


def fit_naive(values: Array) -> Fit:
    """Return the random walk through `values`, (n,), NaN where missing but not at the end."""
    return _fit_season(values, 1, "naive", "Naive: the last value")


def fit_seasonal_naive(values: Array, season_length: int) -> Fit:
    """Return the seasonal random walk through `values`, (n,), NaN where missing.

    Raises RequestError when a place in the season was never observed.
    """
    seasons = -(-values.size // season_length)
    padded = np.concatenate([np.full(seasons * season_length - values.size, np.nan), values])
    never_seen = np.isnan(padded.reshape(seasons, season_length)).all(axis=0)
    if never_seen.any():
        raise RequestError.at(
            "season_length",
            msg=f"{int(never_seen.sum())} of the {season_length} places in a season were never observed in these "
            f"{values.size} values; give a shorter season or a longer series",
        )
    return _fit_season(values, season_length, "seasonal_naive", f"Seasonal naive: the value {_ago(season_length)}")


def fit_drift(values: Array) -> Fit:
    """Return the random walk with drift through `values`, (n,), NaN where missing but not at either end.

    The drift is the slope between the ends, the maximum likelihood estimate; its variance sigma^2 / (n - 1) is part of
    what is unknown at the origin, so that step h has variance `sigma^2 h (1 + h / (n - 1))` (Hyndman & Athanasopoulos,
    section 5.5). A change over a gap of g steps counts with variance g sigma^2.

    Raises RequestError for fewer than two observed values.
    """
    seen = np.flatnonzero(~np.isnan(values))
    if seen.size < 2:
        raise RequestError.at(
            "model", msg="a drift needs at least 2 observed values and this series has 1; choose the naive model"
        )
    drift = float((values[seen[-1]] - values[seen[0]]) / (seen[-1] - seen[0]))
    gaps = np.diff(seen)
    errors = (np.diff(values[seen]) - drift * gaps) / np.sqrt(gaps)
    sigma = float(np.sqrt(np.sum(errors**2) / (errors.size - 1))) if errors.size > 1 else np.nan
    return _run_drift(drift, sigma, int(seen[-1] - seen[0]), values)


def _run_drift(drift: float, sigma: float, n_steps: int, values: Array) -> Fit:
    """Return the fit to `values` of a drift that was measured over so many steps."""
    seen = np.flatnonzero(~np.isnan(values))
    gaps = np.diff(seen)
    fitted = np.full(values.size, np.nan)
    fitted[seen[1:]] = values[seen[:-1]] + drift * gaps
    last, age = values[seen[-1]], values.size - 1 - seen[-1]

    def predict(horizon: int) -> Prediction:
        steps = age + np.arange(1.0, horizon + 1)
        unseen = np.ones((horizon, 1)) * np.sqrt(age)
        return Prediction(
            mean=last + drift * steps,
            weights=np.ones(horizon),
            origin_root=np.column_stack([steps / np.sqrt(n_steps), unseen]),
        )

    return Fit(
        summary=FittedModel(
            kind="drift",
            description="Random walk with drift",
            parameters={"drift": drift},
            standard_errors={} if np.isnan(sigma) else {"drift": sigma / float(np.sqrt(n_steps))},
            sigma2=None if np.isnan(sigma) else sigma**2,
        ),
        fitted=fitted,
        residuals=values - fitted,
        errors=(values - fitted)[seen[1:]] / np.sqrt(gaps),
        sigma=sigma,
        n_coefficients=0,
        coefficients=np.zeros(0),
        predict=predict,
        extend=partial(_run_drift, drift, sigma, n_steps),
    )


def _fit_season(values: Array, m: int, kind: str, description: str) -> Fit:
    fitted = np.full(values.size, np.nan)
    fitted[m:] = values[:-m]
    residuals = values - fitted
    errors = residuals[~np.isnan(residuals)]
    sigma = float(np.sqrt(np.mean(errors**2))) if errors.size else np.nan
    last, age = _last_season(values, m)

    def predict(horizon: int) -> Prediction:
        place = np.arange(horizon) % m
        late = np.flatnonzero(age)  # places whose last value is some seasons old: their walk has gone on unseen
        return Prediction(
            mean=last[place],
            weights=(place == 0).astype(np.float64),
            origin_root=np.sqrt(age[late]) * (place[:, None] == late),
        )

    return Fit(
        summary=FittedModel(
            kind=kind, description=description, parameters={}, sigma2=None if np.isnan(sigma) else sigma**2
        ),
        fitted=fitted,
        residuals=residuals,
        errors=errors,
        sigma=sigma,
        n_coefficients=0,
        coefficients=np.zeros(0),
        predict=predict,
    )


def _last_season(values: Array, m: int) -> tuple[Array, Array]:
    """Return the last observed value at each place of the season that follows, and how many seasons older it is."""
    seasons = -(-values.size // m)
    table = np.concatenate([np.full(seasons * m - values.size, np.nan), values]).reshape(seasons, m)
    latest_first = ~np.isnan(table[::-1])
    age = latest_first.argmax(axis=0)
    return table[::-1][age, np.arange(m)], age.astype(np.float64)


def _ago(steps: int) -> str:
    return "before" if steps == 1 else f"{steps} steps ago"
