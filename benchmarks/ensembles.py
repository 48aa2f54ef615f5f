"""The default ensemble and the best of several models beside statsforecast's AutoARIMA, AutoETS and Theta.

    python -m benchmarks.ensembles [--sets m3_yearly ...] [--series N] [--models ensemble,best] [--peers DOTheta,...]
                                   [--keep FOLDER]

For each set, evenly chosen series, fitted to the training part and forecast over the competition's horizon: sMAPE,
MASE and OWA (the mean of both over those of the competition's Naive2), what the 95 and 80 % intervals cover of the test
part, the mean scaled interval score of 95 %, and CPU milliseconds per series after one that is not counted. Ours are
the intervals that the application gives (`auto`, calibrated on folds of the series itself): `fit` is the time of one
fit and forecast, `all` that with the five refits that calibrate it and measure its accuracy.

`--keep` writes the peers' forecasts to a folder and reads them from there the next time: statsforecast takes most of a
minute for the AutoARIMA of one hourly series. Series: see `benchmarks/smoothing.py`.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NIXTLA_NUMBA_CACHE="1")

import argparse
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from statsforecast.models import AutoARIMA, AutoETS, DynamicOptimizedTheta
from statsforecast.models import Theta as StandardTheta

from benchmarks.arima import pin_to_one_core
from benchmarks.smoothing import Collection, read_collection
from compute.forecast.accuracy import plan_folds
from compute.forecast.auto_arima import AutoArima
from compute.forecast.distribution import Band
from compute.forecast.ensemble import Best, Ensemble
from compute.forecast.ets import Ets
from compute.forecast.metrics import interval_score
from compute.forecast.outlook import Subject, fit_to, look_ahead_from
from compute.forecast.request import ForecastRequest, Model
from compute.forecast.theta import Theta
from compute.job import ignore_progress
from compute.series import InlineSeries

Array = NDArray[np.float64]

SETS = {"m3_yearly": 60, "m3_quarterly": 60, "m3_monthly": 40, "m4_weekly": 40, "m4_hourly": 8}
"""Series of each set that the peers have time for."""
SEASONS = {"m4_weekly": 52}
"""What the timestamps say where the competition, and with it the scores and the peers, knows no season: at 52 steps
statsforecast's AutoARIMA takes minutes for one series and its AutoETS none at all."""
LEVELS = (80.0, 95.0)
OURS: Mapping[str, Model] = {model.kind: model for model in (Ensemble(), Best(), AutoArima(), Ets(), Theta())}
PEERS: Mapping[str, Any] = {
    "AutoARIMA": AutoARIMA,
    "AutoETS": AutoETS,
    "DOTheta": DynamicOptimizedTheta,
    "Theta": StandardTheta,
}


@dataclass(frozen=True)
class Forecasts:
    """Of each series.

    Attributes
    ----------
    table : (n, 5, horizon) mean, then lower and upper limits of 80 and of 95 %
    fit, whole : (n,) CPU seconds of one fit and forecast, and of everything
    """

    table: Array
    fit: Array
    whole: Array


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    options.add_argument("--series", type=int, help="of each set")
    options.add_argument("--models", nargs="*", default=["ensemble", "best"], choices=list(OURS))
    options.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS))
    options.add_argument("--keep", type=Path, help="folder for the peers' forecasts")
    chosen = options.parse_args()
    folder = os.environ.get("LOOKAHEAD_BENCH_DATA")
    if not folder:
        print("LOOKAHEAD_BENCH_DATA is not set: nothing to measure on (see benchmarks/smoothing.py)")
        return
    pin_to_one_core()
    warnings.simplefilter("ignore")
    for name in chosen.sets:
        count = chosen.series or SETS[name]
        collection = read_collection(Path(folder) / "forecasting" / f"{name}.npz", count)
        print(f"\n{name}: {len(collection.training)} series, season {collection.season}, horizon {collection.horizon}")
        print(f"{'':26s} sMAPE    MASE    OWA   cov95  cov80   MSIS   fit ms   all ms", flush=True)
        for kind in chosen.models:
            print(row(kind, collection, run(ours(OURS[kind], SEASONS.get(name)), collection)), flush=True)
        for peer in chosen.peers:
            kept = chosen.keep / f"{name}-{count}-{peer}.npz" if chosen.keep else None
            print(row(f"statsforecast {peer}", collection, run_kept(theirs(PEERS[peer]), collection, kept)), flush=True)


Method = Callable[[Array, int, int], tuple[Array, float, float]]
"""From values, season and horizon to a row of `Forecasts`."""


def run(method: Method, collection: Collection) -> Forecasts:
    """Return the forecasts of all series, after one that is not counted."""
    method(collection.training[0], collection.season, collection.horizon)
    found = [method(values, collection.season, collection.horizon) for values in collection.training]
    return Forecasts(*(np.array(part) for part in zip(*found, strict=True)))


def run_kept(method: Method, collection: Collection, path: Path | None) -> Forecasts:
    """Return the forecasts that are kept in a file; make and keep them where there is none."""
    if path is not None and path.exists():
        with np.load(path) as data:
            return Forecasts(data["table"], data["fit"], data["whole"])
    forecasts = run(method, collection)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, table=forecasts.table, fit=forecasts.fit, whole=forecasts.whole)
    return forecasts


def ours(model: Model, known_season: int | None) -> Method:
    def forecast(values: Array, season: int, horizon: int) -> tuple[Array, float, float]:
        season = known_season or season
        request = ForecastRequest(series=InlineSeries(values=(0.0,)), horizon=horizon, model=model, levels=LEVELS)
        subject = Subject(values, season, plan_folds(values.size, horizon))
        start = time.process_time()
        fit = fit_to(request, model, subject, ignore_progress)
        fit.predict(horizon)
        fitted = time.process_time()
        outlook = look_ahead_from(request, model, fit, subject, ignore_progress)
        done = time.process_time()
        limits = [limit for band in outlook.bands for limit in (band.lower, band.upper)]
        return np.array([outlook.prediction.mean, *limits]), fitted - start, done - start

    return forecast


def theirs(kind: Any) -> Method:
    def forecast(values: Array, season: int, horizon: int) -> tuple[Array, float, float]:
        start = time.process_time()
        found = kind(season_length=season).forecast(values, h=horizon, level=[80, 95])
        seconds = time.process_time() - start
        return np.array([found[key] for key in ("mean", "lo-80", "hi-80", "lo-95", "hi-95")]), seconds, seconds

    return forecast


def row(label: str, collection: Collection, forecasts: Forecasts) -> str:
    """Return the scores of the forecasts of a set as a line."""
    m, actual, mean = collection.season, collection.actual, forecasts.table[:, 0]
    scales = np.array([np.mean(np.abs(values[m:] - values[:-m])) for values in collection.training])
    smape, mase = errors_of(actual, mean, scales)
    naive_smape, naive_mase = errors_of(actual, collection.naive2, scales)
    bands = [
        Band(level, forecasts.table[:, 2 * i + 1], forecasts.table[:, 2 * i + 2]) for i, level in enumerate(LEVELS)
    ]
    narrow, wide = (float(np.mean((band.lower <= actual) & (actual <= band.upper))) for band in bands)
    score = float(np.mean(interval_score(bands[1], actual).mean(axis=1) / scales))
    owa = (smape / naive_smape + mase / naive_mase) / 2
    return (
        f"{label:24s} {smape:7.2f} {mase:7.3f} {owa:6.3f} {wide:7.3f} {narrow:6.3f} {score:6.2f} "
        f"{1e3 * np.median(forecasts.fit):8.1f} {1e3 * np.median(forecasts.whole):8.1f}"
    )


def errors_of(actual: Array, mean: Array, scales: Array) -> tuple[float, float]:
    """Return sMAPE in % and MASE, means over series."""
    smape = float(np.mean(200 * np.abs(actual - mean) / (np.abs(actual) + np.abs(mean))))
    return smape, float(np.mean(np.abs(actual - mean).mean(axis=1) / scales))


if __name__ == "__main__":
    main()
