"""A forecast by AR(1), held against its likelihood and its mean, which have closed forms."""

from math import log, pi
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from compute.benchmark.checks import as_check
from compute.benchmark.result import Check
from compute.benchmark.timers import WallTimer
from compute.benchmark.workload import SizeRange, Trial, Work, Workload
from compute.forecast.arima import Arima
from compute.forecast.request import ForecastRequest
from compute.forecast.result import ForecastResult
from compute.forecast.run import forecast
from compute.job import ignore_progress
from compute.series import InlineSeries, Series

Array = NDArray[np.float64]
SIZES = SizeRange(least=100, most=200_000, multiple=50, title="values")
HORIZON = 24
MEMORY, LEVEL = 0.7, 10.0
BYTES_PER_VALUE = 1_000.0  # measured: 400
TOLERANCE = 1e-6


def forecast_workload(seed: int) -> Workload:
    """Return a whole forecast: fitted by maximum likelihood, with intervals, held-out folds and diagnostics."""

    def prepare(size: int) -> Trial:
        values = autoregressive(size, seed)
        request = ForecastRequest(
            series=InlineSeries(values=(0.0,)),  # the series itself is handed over beside the request
            horizon=HORIZON,
            model=Arima(p=1, d=0, q=0, constant=True),
            season_length=1,
            seed=seed,
        )
        series = Series(values, name="made")
        return Trial(
            call=lambda: forecast(request, series, ignore_progress),
            check=lambda result: check_forecast(result, values),
            work=Work(float(size), "values"),
        )

    return Workload(
        kind="forecasting",
        variant="ar1",
        title="Forecast by AR(1)",
        device="cpu",
        sizes=SIZES,
        memory=lambda size: BYTES_PER_VALUE * size,
        prepare=prepare,
        timer=WallTimer(perf_counter),
    )


def autoregressive(n: int, seed: int) -> Array:
    """Return y_t = 10 + 0.7 (y_{t-1} - 10) + e_t."""
    noise, values = np.random.default_rng(seed).normal(size=n), np.full(n, LEVEL)
    for t in range(1, n):
        values[t] = LEVEL + MEMORY * (values[t - 1] - LEVEL) + noise[t]
    return values


def check_forecast(result: ForecastResult, values: Array) -> Check:
    """Return whether likelihood and mean are those of AR(1) at the estimates, and no others nearby are likelier."""
    told = result.model
    phi, mean = told.parameters.get("ar1"), told.parameters.get("mean")
    if phi is None or mean is None or told.log_likelihood is None:
        return as_check(float("nan"), TOLERANCE, "the closed form of AR(1)")
    at_estimates = log_likelihood(values, phi, mean)
    ahead = mean + phi ** np.arange(1, HORIZON + 1) * (values[-1] - mean)
    errors = [
        abs(told.log_likelihood - at_estimates) / abs(at_estimates),
        float(np.abs(np.array(result.mean) - ahead).max()) / abs(mean),
        max(_gain(values, phi, mean), 0.0) / abs(at_estimates),
    ]
    return as_check(max(errors), TOLERANCE, "the closed forms of AR(1): likelihood, its maximum, and the mean ahead")


def log_likelihood(values: Array, phi: float, mean: float) -> float:
    """Return the exact Gaussian log-likelihood at the likeliest variance (Hamilton 1994, 5.2.9, concentrated)."""
    centred, n = values - mean, values.size
    errors = centred[1:] - phi * centred[:-1]
    squares = float(centred[0]) ** 2 * (1 - phi**2) + float(errors @ errors)
    return 0.5 * (log(1 - phi**2) - n * log(2 * pi * squares / n) - n)


def _gain(values: Array, phi: float, mean: float) -> float:
    """Return by how much the likelihood is higher at estimates a hundredth of a standard error to a side."""
    step = 0.01 / float(values.size) ** 0.5
    sides = [(phi + step, mean), (phi - step, mean), (phi, mean + step), (phi, mean - step)]
    return max(log_likelihood(values, side, level) for side, level in sides) - log_likelihood(values, phi, mean)
