"""Fixed-order ARIMA fits: this project, statsmodels and statsforecast, on one core, in one run.

    python -m benchmarks.arima

Each line is the median CPU time of fitting one series by exact maximum likelihood (no forecast, no accuracy) and the
log-likelihood reached, ours minus theirs: positive where theirs stopped short of the maximum. statsforecast reports an
approximate likelihood (up to 3 units off), so its coefficients are given the exact one. A fit that raises counts as
failed and has neither.

M4 series are read from LOOKAHEAD_BENCH_DATA/forecasting/m4_weekly.npz and m4_hourly.npz when it is set: arrays `flat`
(all training values one after another) and `lens`, made from https://github.com/Mcompetitions/M4-methods (Dataset).
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NIXTLA_NUMBA_CACHE="1")

import csv
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from statsforecast.models import ARIMA
from statsmodels.tsa.statespace.sarimax import SARIMAX

from compute.forecast.sarima import Orders, fit_sarima
from compute.forecast.sarima.likelihood import evaluate_likelihood
from compute.forecast.sarima.polynomials import expand, is_admissible
from compute.forecast.sarima.sample import prepare_sample
from compute.job import ignore_progress

Array = NDArray[np.float64]

Fit = Callable[[Orders, Array], float | Array]
"""Returns the log-likelihood reached, or the coefficients where the peer's own likelihood is not the exact one."""

SAMPLES = Path(__file__).parents[1] / "services" / "samples"
AIRLINE = Orders(0, 1, 1, 0, 1, 1, 12)
DAILY_AIRLINE = Orders(0, 1, 1, 0, 1, 1, 24)
N_WEEKLY, N_HOURLY = 30, 6  # series of each M4 set: about a minute in all
REPEATS = 3


@dataclass(frozen=True)
class Task:
    name: str
    orders: Orders
    series: list[Array]


@dataclass(frozen=True)
class Outcome:
    """CPU seconds and log-likelihood per series, NaN where the fit failed."""

    seconds: Array
    log_likelihood: Array


def main() -> None:
    pin_to_one_core()
    warnings.simplefilter("ignore")
    peers = f"{'statsmodels':>22s} {'statsforecast':>22s}"
    print(f"{'task':42s} {'n':>6s} {'ours ms':>9s} {peers}  log-likelihood, ours less theirs: least and most")
    for task in tasks():
        results = [measure(fit, task) for fit in (fit_ours, fit_statsmodels, fit_statsforecast)]
        print(row(task, *results))


def tasks() -> Iterable[Task]:
    passengers = read_air_passengers()
    yield Task("log AirPassengers (0,1,1)(0,1,1)[12]", AIRLINE, [np.log(passengers)])
    yield Task("log AirPassengers (2,1,1)", Orders(2, 1, 1), [np.log(passengers)])
    yield Task("AirPassengers (2,1,1)(0,1,1)[12]", Orders(2, 1, 1, 0, 1, 1, 12), [passengers])
    yield Task("simulated, season 24 (0,1,1)(0,1,1)[24]", DAILY_AIRLINE, [simulate_airline(DAILY_AIRLINE, 720)])
    yield Task(
        "random walk, 5000 points (2,1,1)", Orders(2, 1, 1), [np.random.default_rng(0).normal(size=5000).cumsum()]
    )
    folder = os.environ.get("LOOKAHEAD_BENCH_DATA")
    if not folder:
        print("LOOKAHEAD_BENCH_DATA is not set: M4 series are left out (see the docstring for where to get them)")
        return
    data = Path(folder) / "forecasting"
    yield Task("M4 weekly (2,1,1)", Orders(2, 1, 1), read_series(data / "m4_weekly.npz", N_WEEKLY))
    yield Task("M4 hourly (2,1,1)", Orders(2, 1, 1), read_series(data / "m4_hourly.npz", N_HOURLY))
    yield Task("M4 hourly (0,1,1)(0,1,1)[24]", DAILY_AIRLINE, read_series(data / "m4_hourly.npz", N_HOURLY))


def measure(fit: Fit, task: Task) -> Outcome:
    """Return the least of some repeats for each series, after one fit that is not counted (imports, caches)."""
    attempt(fit, task.orders, task.series[0])
    repeats = REPEATS if len(task.series) == 1 else 1
    outcomes = [[attempt(fit, task.orders, values) for _ in range(repeats)] for values in task.series]
    return Outcome(
        np.array([min(seconds for seconds, _ in outcome) for outcome in outcomes]),
        np.array([outcome[0][1] for outcome in outcomes]),
    )


def attempt(fit: Fit, orders: Orders, values: Array) -> tuple[float, float]:
    start = time.process_time()
    try:
        reached = fit(orders, values)
    except (ValueError, FloatingPointError, np.linalg.LinAlgError, ZeroDivisionError):
        return np.nan, np.nan
    seconds = time.process_time() - start
    if isinstance(reached, np.ndarray):
        return seconds, exact_log_likelihood(orders, values, reached)
    return seconds, reached


def fit_ours(orders: Orders, values: Array) -> float:
    log_likelihood = fit_sarima(orders, values, ignore_progress).summary.log_likelihood
    return np.nan if log_likelihood is None else log_likelihood


def fit_statsmodels(orders: Orders, values: Array) -> float:
    """Fit on the differenced series: conditional on the values that differencing uses up, as ours is."""
    seasonal = (orders.P, orders.D, orders.Q, orders.m) if orders.m > 1 else (0, 0, 0, 0)
    model = SARIMAX(values, order=(orders.p, orders.d, orders.q), seasonal_order=seasonal, simple_differencing=True)
    return float(model.fit(disp=0, maxiter=200).llf)


def fit_statsforecast(orders: Orders, values: Array) -> Array:
    model = ARIMA(
        order=(orders.p, orders.d, orders.q),
        season_length=orders.m,
        seasonal_order=(orders.P, orders.D, orders.Q),
        include_mean=False,
        method="CSS-ML",
    )
    coefficients = model.fit(values).model_["coef"]
    return np.array([coefficients[name] for name in orders.names])


def exact_log_likelihood(orders: Orders, values: Array, coefficients: Array) -> float:
    """Return the likelihood of coefficients found elsewhere, NaN where they are not stationary and invertible."""
    if not is_admissible(orders, coefficients):
        return np.nan
    likelihood = evaluate_likelihood(prepare_sample(orders, values), expand(orders, coefficients))
    return np.nan if likelihood is None else likelihood.log_likelihood


def row(task: Task, ours: Outcome, *peers: Outcome) -> str:
    length = int(np.median([values.size for values in task.series]))
    cells = [f"{task.name:42s} {length:6d} {1e3 * np.nanmedian(ours.seconds):9.1f}"]
    gains = []
    for peer in peers:
        failed = int(np.isnan(peer.seconds).sum())
        if failed == peer.seconds.size:
            cells.append(f"{'all failed':>22s}")
            continue
        median = float(np.nanmedian(peer.seconds))
        note = f" {failed} failed" if failed else ""
        cells.append(f"{1e3 * median:9.1f} = {median / np.nanmedian(ours.seconds):5.1f} x{note:s}".rjust(22))
        gain = ours.log_likelihood - peer.log_likelihood
        comparable = gain[~np.isnan(gain)]
        gains.append(f"{comparable.min():+.4f} to {comparable.max():+.4f}" if comparable.size else "at a unit root")
    return " ".join(cells) + "  " + ", ".join(gains)


def read_air_passengers() -> Array:
    with (SAMPLES / "air-passengers.csv").open(newline="") as file:
        return np.array([float(record["passengers"]) for record in csv.DictReader(file)])


def read_series(path: Path, count: int) -> list[Array]:
    """Return evenly chosen series of a collection."""
    with np.load(path) as data:
        ends = np.cumsum(data["lens"])
        chosen = np.linspace(0, ends.size - 1, count).astype(int)
        return [data["flat"][ends[i] - data["lens"][i] : ends[i]].astype(np.float64) for i in chosen]


def simulate_airline(orders: Orders, n: int) -> Array:
    """Return a seasonal walk with moving-average coefficients -0.4 and -0.6."""
    errors = np.random.default_rng(1).normal(size=n)
    driven = np.convolve(errors, np.convolve([1, -0.4], [1, *np.zeros(orders.m - 1), -0.6]))[:n]
    series = np.zeros(n + orders.m + 1)
    for t in range(n):
        here = t + orders.m + 1
        series[here] = series[here - 1] + series[here - orders.m] - series[here - orders.m - 1] + driven[t]
    return series[orders.m + 1 :] + 100


def pin_to_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


if __name__ == "__main__":
    sys.exit(main())
