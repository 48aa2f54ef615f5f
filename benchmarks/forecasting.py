"""The project's forecasts beside statsforecast's on the same series, in one run: accuracy, intervals and CPU time.

    python -m benchmarks.forecasting [--rows NAME ...] [--series N] [--alone]

Each row is a set and a model with its peer. MASE and mean scaled interval score (95 %, each model's own intervals) are
means over the series; their difference has its standard error over the same series; CPU milliseconds are medians, after
one fit that is not counted (imports, compilation). A fit that raises counts as failed and is left out of the pair.
`--alone` leaves the peers out and takes every series of a set. The last row fits one order to many series at once.

Series are read from LOOKAHEAD_BENCH_DATA/forecasting/*.npz: see `benchmarks/smoothing.py` for their form and origin.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NIXTLA_NUMBA_CACHE="1")

import argparse
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from statsforecast.models import ARIMA, AutoARIMA

from benchmarks.arima import pin_to_one_core
from benchmarks.smoothing import Collection, Forecast, ours, peer, read_collection
from compute.forecast.auto_arima import AutoArima
from compute.job import ignore_progress

Array = NDArray[np.float64]
Method = Callable[[Array, int, int], Forecast]

ALL = 10_000  # series: more than any set holds
N_MANY = 10_000


@dataclass(frozen=True)
class Row:
    """A set, the model and its peer, and how many series the peer has time for."""

    data: str
    model: Any
    peer: Any
    series: int
    season: int | None = None
    """To forecast with, where it is not the set's own."""


ROWS = {
    "yearly": Row("m3_yearly", AutoArima(), AutoARIMA, 80),
    "quarterly": Row("m3_quarterly", AutoArima(), AutoARIMA, 60),
    "monthly": Row("m3_monthly", AutoArima(), AutoARIMA, 30),
    "weekly": Row("m4_weekly", AutoArima(), AutoARIMA, 30),
    "hourly": Row("m4_hourly", AutoArima(), AutoARIMA, 2),
}
"""Automatic ARIMA. Another model is another row."""


@dataclass(frozen=True)
class Outcome:
    """Of each series: MASE, scaled interval score, whether values were inside, and CPU seconds; NaN where it failed."""

    mase: Array
    score: Array
    coverage: Array
    seconds: Array


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", nargs="+", default=[*ROWS, "many"], choices=[*ROWS, "many"])
    options.add_argument("--series", type=int, help="of each set")
    options.add_argument("--alone", action="store_true", help="without the peers")
    chosen = options.parse_args()
    folder = os.environ.get("LOOKAHEAD_BENCH_DATA")
    if not folder:
        print("LOOKAHEAD_BENCH_DATA is not set: nothing to measure on (see the docstring for where to get the series)")
        return
    pin_to_one_core()
    warnings.simplefilter("ignore")
    print(f"{'row':10s} {'model':18s} {'series':>6s} {'MASE':>7s} {'MSIS':>7s} {'cov95':>6s} {'ms':>9s} {'failed':>6s}")
    for name in chosen.rows:
        if name == "many":
            compare_many(Path(folder) / "forecasting" / "m3_monthly.npz", chosen.alone)
            continue
        row = ROWS[name]
        count = chosen.series or (ALL if chosen.alone else row.series)
        compare(name, row, read_collection(Path(folder) / "forecasting" / f"{row.data}.npz", count), chosen.alone)


def compare(name: str, row: Row, collection: Collection, is_alone: bool) -> None:
    mine = measure(ours(row.model), row, collection)
    show(name, row.model.kind, mine)
    if is_alone:
        return
    theirs = measure(peer(row.peer), row, collection)
    show(name, row.peer.__name__, theirs)
    mase, score = mine.mase - theirs.mase, mine.score - theirs.score
    both = ~np.isnan(mase)
    deviation = np.std(mase[both]) / np.sqrt(both.sum())
    print(
        f"{name:10s} ours less theirs: MASE {mase[both].mean():+.4f} (s.e. {deviation:.4f}), MSIS "
        f"{score[both].mean():+.3f} (s.e. {np.std(score[both]) / np.sqrt(both.sum()):.3f}); CPU time "
        f"{np.nanmedian(theirs.seconds) / np.nanmedian(mine.seconds):.1f} x less by the median, "
        f"{np.nansum(theirs.seconds) / np.nansum(mine.seconds):.1f} x in all",
        flush=True,
    )


def measure(method: Method, row: Row, collection: Collection) -> Outcome:
    season = row.season or collection.season
    method(collection.training[0], season, collection.horizon)
    results = [
        attempt(method, values, actual, season, collection.season)
        for values, actual in zip(collection.training, collection.actual, strict=True)
    ]
    return Outcome(*np.array(results).T)


def attempt(method: Method, values: Array, actual: Array, season: int, scale_season: int) -> tuple[float, ...]:
    start = time.process_time()
    try:
        mean, lower, upper = method(values, season, actual.size)
    except (ValueError, FloatingPointError, np.linalg.LinAlgError, ZeroDivisionError):
        return (np.nan,) * 4
    seconds = time.process_time() - start
    scale = np.mean(np.abs(values[scale_season:] - values[:-scale_season]))
    below, above = np.maximum(lower - actual, 0), np.maximum(actual - upper, 0)
    score = np.mean(upper - lower + 40 * (below + above)) / scale
    return np.mean(np.abs(actual - mean)) / scale, score, np.mean((below == 0) & (above == 0)), seconds


def show(name: str, model: str, outcome: Outcome) -> None:
    print(
        f"{name:10s} {model:18s} {outcome.mase.size:6d} {np.nanmean(outcome.mase):7.3f} "
        f"{np.nanmean(outcome.score):7.2f} {np.nanmean(outcome.coverage):6.3f} "
        f"{1e3 * np.nanmedian(outcome.seconds):9.2f} {int(np.isnan(outcome.seconds).sum()):6d}",
        flush=True,
    )


def compare_many(path: Path, is_alone: bool) -> None:
    """Fit (2,1,1) to many series of monthly lengths: resampled M3 series, the last 40 to all of their values."""
    from compute.forecast.sarima import Orders
    from compute.forecast.sarima.many import fit_many

    training = read_collection(path, ALL).training
    rng = np.random.default_rng(0)
    chosen = [training[i] for i in rng.integers(0, len(training), N_MANY)]
    series = [values[-int(rng.integers(40, values.size + 1)) :] for values in chosen]
    fit_many(Orders(2, 1, 1), series[:2], 18, ignore_progress)
    start = time.process_time()
    fits = fit_many(Orders(2, 1, 1), series, 18, ignore_progress)
    mine = (time.process_time() - start) / N_MANY
    failed = int(np.isnan(fits.forecast).any(axis=1).sum())
    print(f"many       fit_many (2,1,1): {1e3 * mine:.3f} ms a series over {N_MANY}, {failed} failed", flush=True)
    if is_alone:
        return
    theirs, refused = [], 0
    for values in series[:60]:
        start = time.process_time()
        try:
            ARIMA(order=(2, 1, 1), include_mean=False, method="CSS-ML").fit(values).predict(18)
        except (ValueError, FloatingPointError, np.linalg.LinAlgError, ZeroDivisionError):
            refused += 1
        theirs.append(time.process_time() - start)
    mean = float(np.mean(theirs[1:]))
    print(
        f"many       statsforecast ARIMA: {1e3 * mean:.2f} ms a series over 60, {refused} failed: {mean / mine:.0f} x"
    )


if __name__ == "__main__":
    main()
