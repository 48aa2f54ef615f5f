"""What a series of returns earned and risked, and how it moved with a benchmark; each figure with its definition.

Returns are simple, per period, as fractions. None stands where a figure has nothing to divide by.
"""

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.risk.drawdowns import drawdowns_of, ulcer_index, wealth_of
from compute.schema import Record

Array = NDArray[np.float64]

LEAST_DEVIATION = 1e-12  # per period; what arithmetic leaves of a constant counts as without risk


class Performance(Record):
    """Figures of one series of returns."""

    total_return: float
    annual_return: float
    mean_return: float
    volatility: float
    downside_deviation: float
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    omega: float | None
    skew: float | None
    kurtosis: float | None
    max_drawdown: float
    average_drawdown: float
    ulcer_index: float
    win_rate: float
    best_period: float
    worst_period: float


class Relative(Record):
    """Figures against a benchmark; None without one, or where it never moves."""

    beta: float | None = None
    alpha: float | None = None
    tracking_error: float | None = None
    information_ratio: float | None = None
    benchmark_correlation: float | None = None


def performance_of(returns: Array, risk_free_rate: float, periods_per_year: float) -> Performance:
    """Return the figures of `returns` (T,), T >= 2; `risk_free_rate` per year."""
    year, root = periods_per_year, float(np.sqrt(periods_per_year))
    floor = risk_free_rate / year
    mean, deviation = float(returns.mean()), float(returns.std(ddof=1))
    below = np.minimum(returns - floor, 0.0)
    downside = float(np.sqrt(np.mean(below**2)))
    excess = mean - floor
    lost = float(-below.sum())
    final = float(wealth_of(returns)[-1])
    annual = _annual(final, returns.size / year)
    falls = drawdowns_of(returns)
    deepest = float(falls.max())
    skew, kurtosis = shape_of(returns)
    return Performance(
        total_return=final - 1,
        annual_return=annual,
        mean_return=mean * year,
        volatility=deviation * root,
        downside_deviation=downside * root,
        sharpe=excess / deviation * root if deviation > LEAST_DEVIATION else None,
        sortino=excess / downside * root if downside > LEAST_DEVIATION else None,
        calmar=annual / deepest if deepest > 0 else None,
        omega=float(np.maximum(returns - floor, 0.0).sum()) / lost if lost > LEAST_DEVIATION else None,
        skew=skew,
        kurtosis=kurtosis,
        max_drawdown=deepest,
        average_drawdown=float(falls.mean()),
        ulcer_index=ulcer_index(falls),
        win_rate=float(np.mean(returns > 0)),
        best_period=float(returns.max()),
        worst_period=float(returns.min()),
    )


def relative_to(returns: Array, benchmark: Array, risk_free_rate: float, periods_per_year: float) -> Relative:
    """Return the figures of `returns` (T,) against those of a benchmark (T,)."""
    year, root = periods_per_year, float(np.sqrt(periods_per_year))
    apart = returns - benchmark
    error, own, other = (float(each.std(ddof=1)) for each in (apart, returns, benchmark))
    ratio = float(apart.mean()) * year / (error * root) if error > LEAST_DEVIATION else None
    if other <= LEAST_DEVIATION:
        return Relative(tracking_error=error * root, information_ratio=ratio)
    shared = float(np.cov(returns, benchmark)[0, 1])
    beta = shared / other**2
    floor = risk_free_rate / year
    alpha = (float(returns.mean()) - floor - beta * (float(benchmark.mean()) - floor)) * year
    alike = shared / (own * other) if own > LEAST_DEVIATION else None
    return Relative(
        beta=beta,
        alpha=alpha,
        tracking_error=error * root,
        information_ratio=ratio,
        benchmark_correlation=None if alike is None else min(max(alike, -1.0), 1.0),
    )


def shape_of(returns: Array) -> tuple[float | None, float | None]:
    """Return skew and excess kurtosis of (T,) returns; None where they never move."""
    centred = returns - returns.mean()
    variance = float(np.mean(centred**2))
    if variance <= LEAST_DEVIATION**2:
        return None, None
    unit = centred / np.sqrt(variance)
    return float(np.mean(unit**3)), float(np.mean(unit**4)) - 3.0


def _annual(final: float, years: float) -> float:
    """Return the yearly rate that leads from 1 to `final`; the total where it is no number a year could have."""
    if final <= 0:
        return -1.0
    power = np.log(final) / years
    return float(np.expm1(power)) if power < 700 else final - 1


PERFORMANCE_DEFINITIONS = {
    "total_return": "Final over first value, less 1; returns compound.",
    "annual_return": "(Final over first value) ^ (periods per year / periods) - 1: the compound annual rate.",
    "mean_return": "Mean return per period times periods per year; not compounded.",
    "volatility": "Standard deviation of returns per period (over T - 1) times the square root of periods per year.",
    "downside_deviation": "Root of the mean over all periods of squared shortfalls below the risk-free rate, times "
    "the square root of periods per year.",
    "sharpe": "(Mean return less the risk-free rate) over volatility, both per year.",
    "sortino": "(Mean return less the risk-free rate) over the downside deviation, both per year.",
    "calmar": "Compound annual rate over the maximum drawdown, of the whole history.",
    "omega": "Sum of returns above the risk-free rate over the sum of shortfalls below it.",
    "skew": "Third central moment over the cubed standard deviation (over T).",
    "kurtosis": "Fourth central moment over the squared variance (over T), less 3: 0 for a normal distribution.",
    "max_drawdown": "Largest fall below the highest value so far; returns compound, the start is the first peak.",
    "average_drawdown": "Mean over all periods of the fall below the highest value so far, 0 at a peak.",
    "ulcer_index": "Root of the mean over all periods of the squared fall below the highest value so far.",
    "win_rate": "Share of periods with a return above 0.",
    "best_period": "Highest return of one period.",
    "worst_period": "Lowest return of one period.",
}
RELATIVE_DEFINITIONS = {
    "beta": "Covariance with the benchmark over the variance of the benchmark.",
    "alpha": "Mean return above the risk-free rate, less beta times that of the benchmark, per year (Jensen 1968).",
    "tracking_error": "Standard deviation of the difference from the benchmark, per year.",
    "information_ratio": "Mean difference from the benchmark over the tracking error, both per year.",
    "benchmark_correlation": "Correlation of returns with those of the benchmark.",
}
