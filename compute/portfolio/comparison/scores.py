"""Figures over folds, how sure they are, and how sure their differences are."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.comparison.result import Score

Array = NDArray[np.float64]
Figure = Callable[[Array], float]

SINGULAR = 1e-13  # of the largest eigenvalue: below it a covariance has no density
LOG_TAU = float(np.log(2 * np.pi))


def log_densities(returns: Array, mean: Array, covariance: Array) -> Array | None:
    """Return the normal log density of each row of returns (T, n), over n; None for a singular covariance."""
    values, vectors = np.linalg.eigh(covariance)
    if values[0] <= SINGULAR * values[-1]:
        return None
    scaled = (returns - mean) @ (vectors / np.sqrt(values))
    n = len(mean)
    constant = n * LOG_TAU + float(np.log(values).sum())
    return np.asarray(-0.5 * (constant + np.einsum("tn,tn->t", scaled, scaled)) / n)


def jackknifed(folds: Sequence[Array], figure: Figure) -> tuple[float, Array]:
    """Return a figure of all folds together, and without each fold, (F,)."""
    without = [np.concatenate([*folds[:at], *folds[at + 1 :]]) for at in range(len(folds))]
    return figure(np.concatenate(folds)), np.array([figure(rest) for rest in without])


def jackknife_error(without: Array) -> float:
    """Return the standard error from a figure without each fold, (F,) (Quenouille 1956; Tukey 1958)."""
    count = without.size
    return float(np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum()))


def scored(folded: Sequence[Sequence[Array] | None], figure: Figure, *, is_high_good: bool) -> list[Score | None]:
    """Return the score of each contender, from what it did in each fold; None where there is nothing to score."""
    figures = [None if folds is None else jackknifed(folds, figure) for folds in folded]
    known = [each for each in figures if each is not None and _is_known(each)]
    if not known:
        return [None] * len(folded)
    sign = 1.0 if is_high_good else -1.0
    top, others = max(known, key=lambda each: sign * each[0])
    made: list[Score | None] = []
    for each in figures:
        if each is None or not _is_known(each):
            made.append(None)
            continue
        value, without = each
        behind = sign * (top - value)
        error = jackknife_error(others - without)
        made.append(Score(value=value, standard_error=jackknife_error(without), behind=abs(behind), behind_error=error))
    return made


def _is_known(figure: tuple[float, Array]) -> bool:
    return bool(np.isfinite(figure[0]) and np.isfinite(figure[1]).all())


def mean_of(values: Array) -> float:
    """Return the mean."""
    return float(values.mean())


def volatility_of(periods_per_year: float) -> Figure:
    """Return the figure of annual volatility of returns."""
    return lambda earned: float(earned.std(ddof=1) * np.sqrt(periods_per_year))


def sharpe_of(periods_per_year: float, risk_free_rate: float) -> Figure:
    """Return the figure of the annual Sharpe ratio of returns; NaN where they never move."""

    def ratio(earned: Array) -> float:
        deviation = float(earned.std(ddof=1))
        if deviation <= 1e-12:
            return float("nan")
        return (float(earned.mean()) - risk_free_rate / periods_per_year) / deviation * float(np.sqrt(periods_per_year))

    return ratio
