"""Exponential smoothing and Theta: this project and statsforecast on M3 and M4, accuracy and CPU time in one run.

    python -m benchmarks.smoothing [--series N] [--arima]

For each set, evenly chosen series, fitted to the training part and forecast over the competition's horizon: sMAPE, MASE
and OWA (relative to the competition's Naive2), coverage and mean scaled interval score of the 95 % intervals (each
model's own, not calibrated), CPU milliseconds per series after one that is not counted. Means and medians of several
models are those of their forecasts. `--arima` adds statsforecast's AutoARIMA but on M4 hourly, where it takes most of a
minute per series.

Series are read from LOOKAHEAD_BENCH_DATA/forecasting/*.npz: arrays `flat` (all training values one after another),
`lens`, `test`, `season`, `horizon` and `forecast_Naive2`, made from https://github.com/Mcompetitions/M4-methods
and the R package Mcomp.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NIXTLA_NUMBA_CACHE="1")

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from statsforecast.models import AutoARIMA, AutoETS, DynamicOptimizedTheta

from compute.forecast.auto_arima import AutoArima
from compute.forecast.ets import Ets
from compute.forecast.fitting import fit_model
from compute.forecast.intervals import choose_method, make_bands
from compute.forecast.naive import Drift
from compute.forecast.theta import Theta
from compute.job import ignore_progress

Array = NDArray[np.float64]
Forecast = tuple[Array, Array, Array]
"""Mean, lower and upper limit of the 95 % interval, (horizon,) each."""

SETS = {"m3_yearly": 200, "m3_quarterly": 150, "m3_monthly": 80, "m4_weekly": 30, "m4_hourly": 8}
N_PATHS = 1000


@dataclass(frozen=True)
class Collection:
    """Training series, what followed them (n, horizon), the competition's Naive2 and the season."""

    training: list[Array]
    actual: Array
    naive2: Array
    season: int
    horizon: int


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--series", type=int, help="of each set; fewer by default where a peer is slow")
    options.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    options.add_argument("--arima", action="store_true", help="with statsforecast's AutoARIMA")
    chosen = options.parse_args()
    folder = os.environ.get("LOOKAHEAD_BENCH_DATA")
    if not folder:
        print("LOOKAHEAD_BENCH_DATA is not set: nothing to measure on (see the docstring for where to get the series)")
        return
    warnings.simplefilter("ignore")
    for name in chosen.sets:
        collection = read_collection(Path(folder) / "forecasting" / f"{name}.npz", chosen.series or SETS[name])
        compare(name, collection, chosen.arima)


def compare(name: str, collection: Collection, with_arima: bool) -> None:
    print(f"\n{name}: {len(collection.training)} series, season {collection.season}, horizon {collection.horizon}")
    print(f"{'':42s} {'sMAPE':>7s} {'MASE':>7s} {'OWA':>7s} {'cov95':>7s} {'MSIS':>7s} {'ms':>8s}")
    methods: dict[str, Callable[[Array, int, int], Forecast]] = {
        "ets": ours(Ets()),
        "ets, best form": ours(Ets(choice="best")),
        "theta": ours(Theta()),
        "drift": ours(Drift()),
        "auto_arima": ours(AutoArima()),
        "statsforecast AutoETS": peer(AutoETS),
        "statsforecast DOTheta": peer(DynamicOptimizedTheta),
    }
    if with_arima and collection.season < 24:
        methods["statsforecast AutoARIMA"] = peer(AutoARIMA)
    means = {}
    for label, method in methods.items():
        forecasts, milliseconds = run(method, collection)
        means[label] = forecasts[:, 0]
        print(row(label, collection, forecasts[:, 0], forecasts[:, 1], forecasts[:, 2], milliseconds))
    for members in (("ets", "theta"), ("ets", "theta", "auto_arima"), ("ets", "theta", "drift", "auto_arima")):
        together = np.array([means[member] for member in members])
        print(row("mean of " + ", ".join(members), collection, together.mean(axis=0)))
        if len(members) > 2:
            print(row("median of " + ", ".join(members), collection, np.median(together, axis=0)))
    sys.stdout.flush()


def run(method: Callable[[Array, int, int], Forecast], collection: Collection) -> tuple[Array, float]:
    """Return forecasts, (n, 3, horizon), and the mean CPU milliseconds of one."""
    method(collection.training[0], collection.season, collection.horizon)
    start = time.process_time()
    forecasts = [method(values, collection.season, collection.horizon) for values in collection.training]
    return np.array(forecasts), 1e3 * (time.process_time() - start) / len(forecasts)


def ours(model: Any) -> Callable[[Array, int, int], Forecast]:
    def forecast(values: Array, season: int, horizon: int) -> Forecast:
        fit = fit_model(model, values, season, ignore_progress)
        prediction = fit.predict(horizon)
        method, _ = choose_method("auto", fit.errors, fit.sigma)
        rng = np.random.default_rng(0)
        (band,) = make_bands(method, prediction, fit.sigma, fit.errors, (95,), N_PATHS, rng, ignore_progress)
        return prediction.mean, band.lower, band.upper

    return forecast


def peer(kind: Any) -> Callable[[Array, int, int], Forecast]:
    def forecast(values: Array, season: int, horizon: int) -> Forecast:
        result = kind(season_length=season).fit(values).predict(horizon, level=[95])
        return result["mean"], result["lo-95"], result["hi-95"]

    return forecast


def row(
    label: str,
    collection: Collection,
    mean: Array,
    lower: Array | None = None,
    upper: Array | None = None,
    milliseconds: float | None = None,
) -> str:
    actual = collection.actual
    scales = np.array([np.mean(np.abs(y[collection.season :] - y[: -collection.season])) for y in collection.training])
    smape, mase = _smape(actual, mean), float(np.mean(np.abs(actual - mean).mean(axis=1) / scales))
    naive = np.abs(actual - collection.naive2).mean(axis=1) / scales
    owa = (smape / _smape(actual, collection.naive2) + mase / float(np.mean(naive))) / 2
    cells = f"{label:42.42s} {smape:7.2f} {mase:7.3f} {owa:7.3f}"
    if lower is None or upper is None:
        return cells
    below, above = np.maximum(lower - actual, 0), np.maximum(actual - upper, 0)
    coverage = float(np.mean((below == 0) & (above == 0)))
    msis = float(np.mean((upper - lower + 40 * (below + above)).mean(axis=1) / scales))
    return f"{cells} {coverage:7.3f} {msis:7.2f} {milliseconds:8.2f}"


def _smape(actual: Array, forecast: Array) -> float:
    return float(np.mean(200 * np.abs(actual - forecast) / (np.abs(actual) + np.abs(forecast))))


def read_collection(path: Path, count: int) -> Collection:
    """Return evenly chosen series of a collection."""
    with np.load(path) as data:
        ends = np.cumsum(data["lens"])
        chosen = np.unique(np.linspace(0, ends.size - 1, min(count, ends.size)).astype(int))
        naive2 = next(data[key] for key in data.files if key.lower() == "forecast_naive2")
        return Collection(
            [data["flat"][ends[i] - data["lens"][i] : ends[i]].astype(np.float64) for i in chosen],
            data["test"][chosen].astype(np.float64),
            naive2[chosen].astype(np.float64),
            int(data["season"]),
            int(data["horizon"]),
        )


if __name__ == "__main__":
    main()
