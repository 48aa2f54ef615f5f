"""Errors of forecasts against what came: one number over all folds and steps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.forecast.intervals import Band
from compute.forecast.result import Accuracy

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Held:
    """One fold: what was forecast, what came, and the scale of the series before it.

    Attributes
    ----------
    forecast, actual : (steps,) each, actual NaN where nothing was observed
    bands : prediction intervals of the fold's forecast
    scale : mean absolute seasonal difference of the training part; NaN where it has none
    """

    forecast: Array
    actual: Array
    bands: Sequence[Band]
    scale: float


def measure(folds: Sequence[Held]) -> Accuracy:
    """Return the accuracy over all observed values of the folds; there is at least one.

    Errors are MAE, RMSE, sMAPE `200 |e| / (|y| + |f|)` (a pair of zeros counts 0) and MASE (Hyndman & Koehler 2006).
    A value that is not finite is None.
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
        coverage=_coverage(folds),
    )


def seasonal_scale(values: Array, season_length: int) -> float:
    """Return the mean absolute seasonal difference, NaN where none is observed or all are zero."""
    if values.size <= season_length:
        return float("nan")
    differences = np.abs(values[season_length:] - values[:-season_length])
    observed = differences[~np.isnan(differences)]
    return float(observed.mean()) if observed.size and observed.any() else float("nan")


def _mean_scaled(folds: Sequence[Held]) -> float | None:
    scaled = np.concatenate(
        [np.abs(fold.actual - fold.forecast)[~np.isnan(fold.actual)] / fold.scale for fold in folds]
    )
    return _finite(np.mean(scaled))


def _coverage(folds: Sequence[Held]) -> dict[str, float | None]:
    """Return the share of observed values inside each interval, by nominal level."""
    inside: dict[str, list[np.ndarray]] = {}
    for fold in folds:
        is_seen = ~np.isnan(fold.actual)
        for band in fold.bands:
            is_inside = (band.lower <= fold.actual) & (fold.actual <= band.upper)
            inside.setdefault(f"{band.level:g}", []).append(is_inside[is_seen])
    return {level: float(np.concatenate(parts).mean()) for level, parts in inside.items()}


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
