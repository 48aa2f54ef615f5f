"""Errors of several models at rolling origins inside one series, for weights and choices. Nothing here is reported."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

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
    """Mean absolute errors by fold, (models, folds), scaled where the series has a scale; NaN where a model failed."""

    table: Array
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
    table = np.full((len(members), len(origins)), np.nan)
    for i, member in enumerate(members):
        for j, origin in enumerate(origins):
            done = (i * len(origins) + j) / table.size
            part = portion(report, done, done + 1 / table.size)
            part(0.0, f"Comparing models: {member.name}, fold {j + 1} of {len(origins)}")
            loss = _loss(member, values, origin, steps, season_length, setting, part)
            table[i, j] = loss / (scales[j] if is_scaled else 1.0)
    return Losses(table, origins, steps, is_scaled)


def _loss(
    member: Member, values: Array, origin: int, steps: int, season_length: int, setting: Setting, report: Report
) -> float:
    """Return the mean absolute error from `origin`, NaN where nothing was seen or the model cannot be fitted."""
    training, actual = values[:origin], values[origin : origin + steps]
    if np.isnan(training).all() or np.isnan(actual).all():
        return float("nan")
    try:
        fit = _fit_until(member, training, season_length, replace(setting, horizon=steps), report)
        return float(np.nanmean(np.abs(fit.predict(steps).mean - actual)))
    except RequestError:
        return float("nan")


def _fit_until(member: Member, training: Array, season_length: int, setting: Setting, report: Report) -> Fit:
    return fit_model(member.model, training, season_length, report, member.fit.coefficients, setting)
