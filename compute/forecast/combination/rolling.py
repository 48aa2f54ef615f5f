"""Errors of several models at rolling origins inside one series, for weights and choices. Nothing here is reported."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from compute.forecast.combination.median import median_of
from compute.forecast.combination.members import Member
from compute.forecast.fitting import fit_model
from compute.forecast.metrics import seasonal_scale
from compute.forecast.prediction import Fit
from compute.forecast.progress import portion
from compute.forecast.setting import Setting
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]

FOLDS = 3  # each costs a fit of every model, again in every fold that measures the accuracy of the whole
LEAST_STEPS = 6  # a season shorter than this says little about where a series goes
MAX_HELD = 0.25  # share of the series held out at once
MIN_TRAINING = 0.5


@dataclass(frozen=True)
class Losses:
    """Mean absolute errors by fold, scaled where the series has a scale; NaN where a model failed.

    Attributes
    ----------
    table : (models, folds)
    together : (folds,) those of the median of all models
    """

    table: Array
    together: Array
    origins: tuple[int, ...]
    steps: int
    is_scaled: bool


def roll(members: Sequence[Member], values: Array, season_length: int, setting: Setting, report: Report) -> Losses:
    """Return what each member would have lost at up to three origins, fitted anew at each.

    What is held out is a season, or a few steps, whatever the horizon: the choice must not change with it, so that a
    longer forecast begins with the shorter one.
    """
    n = values.size
    steps = max(1, min(max(season_length, LEAST_STEPS), int(n * MAX_HELD)))
    first, last = max(int(np.ceil(n * MIN_TRAINING)), 1), n - steps
    stride = max(1, min(steps, (last - first) // (FOLDS - 1)))
    origins = tuple(sorted(last - i * stride for i in range(FOLDS) if last - i * stride >= first))
    scales = [seasonal_scale(values[:origin], season_length) for origin in origins]
    is_scaled = bool(origins) and bool(np.isfinite(scales).all())
    size = (len(members), len(origins))
    forecasts = np.full((*size, steps), np.nan)
    for i, member in enumerate(members):
        for j, origin in enumerate(origins):
            done = (i * len(origins) + j) / (size[0] * size[1])
            part = portion(report, done, done + 1 / (size[0] * size[1]))
            part(0.0, f"Comparing models: {member.name}, fold {j + 1} of {len(origins)}")
            forecasts[i, j] = _forecast(member, values[:origin], steps, season_length, setting, part)
    table, together = np.full(size, np.nan), np.full(size[1], np.nan)
    for j, origin in enumerate(origins):
        actual, unit = values[origin : origin + steps], scales[j] if is_scaled else 1.0
        table[:, j] = [_loss(forecast, actual) / unit for forecast in forecasts[:, j]]
        together[j] = _loss(median_of(forecasts[:, j]), actual) / unit
    return Losses(table, together, origins, steps, is_scaled)


def _forecast(
    member: Member, training: Array, steps: int, season_length: int, setting: Setting, report: Report
) -> Array:
    """Return the member's forecast after `training`, (steps,), NaN where it cannot be fitted to that."""
    unknown = np.full(steps, np.nan)
    if np.isnan(training).all():
        return unknown
    try:
        fit = _fit_until(member, training, season_length, replace(setting, horizon=steps), report)
        return fit.predict(steps).mean
    except RequestError:
        return unknown


def _loss(forecast: Array, actual: Array) -> float:
    """Return the mean absolute error, NaN where nothing was seen or forecast."""
    errors = np.abs(forecast - actual)[~np.isnan(actual)]
    return float(errors.mean()) if errors.size else float("nan")


def _fit_until(member: Member, training: Array, season_length: int, setting: Setting, report: Report) -> Fit:
    return fit_model(member.model, training, season_length, report, member.fit.coefficients, setting)
