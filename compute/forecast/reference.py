"""Naive and seasonal naive forecasts: the value a season ago, a season of one step for the naive one."""

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
    return _fit_season(values, season_length, "seasonal_naive", f"Seasonal naive: the value {season_length} steps ago")


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
