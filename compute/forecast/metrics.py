"""Errors of forecasts against what came: one number over all folds and steps, and one per step.

Scores of a single forecast distribution are in `distribution`; this file only gathers and averages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.forecast.distribution import Band
from compute.forecast.result import Accuracy, StepErrors

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Held:
    """One fold: what was forecast, what came, and the scale of the series before it.

    Attributes
    ----------
    forecast, actual : (steps,) each, actual NaN where nothing was observed
    bands : prediction intervals of the fold's forecast
    scale : mean absolute seasonal difference of the training part; NaN where it has none
    crps : (steps,) score of the fold's forecast distribution, in the series' unit; None where it has none
    """

    forecast: Array
    actual: Array
    bands: Sequence[Band]
    scale: float
    crps: Array | None = None


def measure(folds: Sequence[Held]) -> Accuracy:
    """Return the accuracy over all observed values of the folds; there is at least one.

    Errors are MAE, RMSE, sMAPE `200 |e| / (|y| + |f|)` (a pair of zeros counts 0), MASE (Hyndman & Koehler 2006) and,
    per level, MSIS (Makridakis, Spiliotis & Assimakopoulos 2020, the M4 definition) scaled like it. A value that is
    not finite is None.
    """
    actual = np.concatenate([fold.actual for fold in folds])
    forecast = np.concatenate([fold.forecast for fold in folds])
    is_seen = ~np.isnan(actual)
    errors = (actual - forecast)[is_seen]
    size = (np.abs(actual) + np.abs(forecast))[is_seen]
    relative = np.divide(200 * np.abs(errors), size, out=np.zeros(size.size), where=size > 0)
    return Accuracy(
        folds=len(folds),
        horizon=max(fold.actual.size for fold in folds),
        mae=_finite(np.mean(np.abs(errors))),
        rmse=_finite(np.sqrt(np.mean(errors**2))),
        smape=_finite(np.mean(relative)),
        mase=_mean_scaled(folds),
        coverage={level: _known_mean(np.concatenate(inside)) for level, inside in _inside(folds).items()},
        crps=_mean_crps(folds),
        msis=_mean_interval_scores(folds),
        by_step=_by_step(folds),
    )


def seasonal_scale(values: Array, season_length: int) -> float:
    """Return the mean absolute seasonal difference, NaN where none is observed or all are zero."""
    if values.size <= season_length:
        return float("nan")
    differences = np.abs(values[season_length:] - values[:-season_length])
    observed = differences[~np.isnan(differences)]
    return float(observed.mean()) if observed.size and observed.any() else float("nan")


def interval_score(band: Band, actual: Array) -> Array:
    """Return `u - l + 2/alpha (l - y)+ + 2/alpha (y - u)+` at each step (Gneiting & Raftery 2007, equation 43)."""
    alpha = 1 - band.level / 100
    outside = np.maximum(band.lower - actual, 0) + np.maximum(actual - band.upper, 0)
    return band.upper - band.lower + 2 / alpha * outside


def _mean_scaled(folds: Sequence[Held]) -> float | None:
    scaled = np.concatenate(
        [np.abs(fold.actual - fold.forecast)[~np.isnan(fold.actual)] / fold.scale for fold in folds]
    )
    return _finite(np.mean(scaled))


def _mean_crps(folds: Sequence[Held]) -> float | None:
    scores = [fold.crps[~np.isnan(fold.actual)] for fold in folds if fold.crps is not None]
    return _finite(np.mean(np.concatenate(scores))) if len(scores) == len(folds) else None


def _mean_interval_scores(folds: Sequence[Held]) -> dict[str, float | None]:
    scores: dict[str, list[Array]] = {}
    for fold in folds:
        for band in fold.bands:
            score = interval_score(band, fold.actual)[~np.isnan(fold.actual)] / fold.scale
            scores.setdefault(_name(band), []).append(score)
    return {level: _finite(np.mean(np.concatenate(parts))) for level, parts in scores.items()}


def _inside(folds: Sequence[Held]) -> dict[str, list[Array]]:
    """Return, by level, an array per fold: 1 where a value fell into the interval, 0 where not, NaN where unknown."""
    levels = dict.fromkeys(_name(band) for fold in folds for band in fold.bands)
    return {level: [_inside_band(fold, level) for fold in folds] for level in levels}


def _inside_band(fold: Held, level: str) -> Array:
    for band in fold.bands:
        if _name(band) == level:
            is_inside = (band.lower <= fold.actual) & (fold.actual <= band.upper)
            return np.where(np.isnan(fold.actual), np.nan, is_inside)
    return np.full(fold.actual.size, np.nan)


def _by_step(folds: Sequence[Held]) -> StepErrors | None:
    """Return the errors of each step; None where the folds differ in length."""
    if len({fold.actual.size for fold in folds}) != 1:
        return None
    errors = np.array([fold.actual - fold.forecast for fold in folds])
    scores = np.array([np.full(errors.shape[1], np.nan) if fold.crps is None else fold.crps for fold in folds])
    return StepErrors(
        mae=_step_means(np.abs(errors)),
        rmse=tuple(None if value is None else float(np.sqrt(value)) for value in _step_means(errors**2)),
        crps=_step_means(np.where(np.isnan(errors), np.nan, scores)),
        coverage={level: _step_means(np.array(inside)) for level, inside in _inside(folds).items()},
    )


def _step_means(table: Array) -> tuple[float | None, ...]:
    """Return the mean of what is known in each column of (folds, steps)."""
    known = ~np.isnan(table)
    counts = known.sum(axis=0)
    sums = np.where(known, table, 0.0).sum(axis=0)
    means = np.divide(sums, counts, out=np.full(counts.size, np.nan), where=counts > 0)
    return tuple(_finite(value) for value in means.tolist())


def _known_mean(values: Array) -> float | None:
    known = values[~np.isnan(values)]
    return _finite(known.mean()) if known.size else None


def _name(band: Band) -> str:
    return f"{band.level:g}"


def _finite(value: float | np.floating[Any]) -> float | None:
    return float(value) if np.isfinite(value) else None
