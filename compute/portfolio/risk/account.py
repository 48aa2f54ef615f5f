"""From arrays to the records of a result: falls with their days, contributions by asset and group, rolling curves."""

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.constraints import NamedAssets
from compute.portfolio.figures_of_merit import MAX_MAPPED
from compute.portfolio.risk.contributions import Book, Contributions, volatility_contributions
from compute.portfolio.risk.drawdowns import Episode, episodes_of
from compute.portfolio.risk.performance import LEAST_DEVIATION, PERFORMANCE_DEFINITIONS, RELATIVE_DEFINITIONS
from compute.portfolio.risk.result import Contribution, Drawdown, Rolling
from compute.portfolio.risk.rolling import rolling_beta, rolling_moments

Array = NDArray[np.float64]
Times = tuple[datetime, ...] | None

SHOWN_FALLS = 50  # of the thousands of falls in a long history, the deepest

DEFINITIONS = {
    **PERFORMANCE_DEFINITIONS,
    **RELATIVE_DEFINITIONS,
    "var": "Loss over the horizon that is exceeded with probability 1 - confidence; how: see each method.",
    "cvar": "Mean loss over the horizon in the worst 1 - confidence share of cases; how: see each method.",
    "cdar": "Mean of the worst 1 - confidence share of drawdowns over all periods (Chekhlov and others 2005).",
    "contributions": "Weight times derivative of the measure by the weight, over the measure: Euler's theorem.",
    "factor_contributions": "Least squares of the returns on the factors and a constant; the share of a factor is the "
    "covariance of its part with the whole over the variance, in the CVaR its mean loss in the tail.",
    "crises": "From the highest to the lowest close of the S&P 500 in each crisis, weights restored each period.",
    "correlation_stress": "All correlations moved the share of the way to 1, volatilities as they are.",
}


def times_of(timestamps: NDArray[np.datetime64] | None) -> Times:
    """Return the times (T,) as a result holds them."""
    if timestamps is None:
        return None
    return tuple(time.replace(tzinfo=UTC) for time in timestamps.astype("datetime64[us]").tolist())


def drawdown_list(falls: Array, times: Times) -> tuple[Drawdown, ...]:
    """Return the deepest falls of drawdowns (T,), the deepest first."""
    deepest = sorted(episodes_of(falls), key=lambda episode: -episode.depth)[:SHOWN_FALLS]
    return tuple(_drawdown(episode, times) for episode in deepest)


def asset_contributions(book: Book, tail: Contributions) -> tuple[Contribution, ...]:
    """Return what each asset that is held brings; volatility per year, and shares of the `tail`."""
    weights = book.weights
    spread = volatility_contributions(weights, book.covariance * book.year)
    return tuple(
        Contribution(
            name=book.names[at],
            weight=float(weights[at]),
            marginal=float(spread.marginal[at]),
            component=float(spread.component[at]),
            percent=float(spread.percent[at]),
            cvar_percent=float(tail.percent[at]),
        )
        for at in np.flatnonzero(weights)
    )


def mapped_assets(held: Book) -> NDArray[np.intp]:
    """Return the positions of the assets held; of more than a map can show those that bring most of the risk."""
    at = np.flatnonzero(held.weights)
    brought = np.abs(held.weights * (held.covariance @ held.weights))[at]
    return np.sort(at[np.argsort(-brought, kind="stable")[:MAX_MAPPED]])


def group_contributions(single: tuple[Contribution, ...], groups: tuple[NamedAssets, ...]) -> tuple[Contribution, ...]:
    """Return the sums by group, and of the assets that are in none."""
    named = {name for group in groups for name in group.assets}
    others = tuple(each.name for each in single if each.name not in named)
    asked = [(group.name, group.assets) for group in groups]
    if groups and others:
        asked.append(("in no group", others))
    return tuple(_sum(name, [each for each in single if each.name in members]) for name, members in asked)


def rolling_of(
    earned: Array, benchmark: Array | None, window: int, risk_free_rate: float, periods_per_year: float
) -> Rolling | None:
    """Return the rolling figures of (T,) returns; None where there are fewer than the window."""
    if earned.size < window:
        return None
    means, deviations = rolling_moments(earned, window)
    root = float(np.sqrt(periods_per_year))
    excess = (means - risk_free_rate / periods_per_year) * root
    ratios = np.divide(excess, deviations, out=np.full_like(excess, np.nan), where=deviations > LEAST_DEVIATION)
    return Rolling(
        window=window,
        first=window - 1,
        volatility=tuple((deviations * root).tolist()),
        sharpe=_known(ratios),
        beta=None if benchmark is None else _known(rolling_beta(earned, benchmark, window)),
    )


def _known(values: Array) -> tuple[float | None, ...]:
    return tuple(None if value != value else value for value in values.tolist())


def _drawdown(episode: Episode, times: Times) -> Drawdown:
    def when(period: int | None) -> datetime | None:
        return times[period] if times and period is not None and period >= 0 else None

    return Drawdown(
        start=when(episode.start),
        trough=when(episode.trough),
        end=when(episode.end),
        start_period=episode.start,
        trough_period=episode.trough,
        end_period=episode.end,
        depth=episode.depth,
        length=episode.length,
    )


def _sum(name: str, members: list[Contribution]) -> Contribution:
    return Contribution(
        name=name,
        weight=sum(each.weight for each in members),
        marginal=None,
        component=sum(each.component for each in members),
        percent=sum(each.percent for each in members),
        cvar_percent=sum(each.cvar_percent for each in members),
    )
