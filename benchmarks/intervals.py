"""Do intervals cover what they promise? M3 yearly, quarterly and monthly: this project's models beside statsforecast.

    python -m benchmarks.intervals [--series 60] [--models theta,ets,auto_arima,ensemble] [--sets yearly]

For each set, evenly chosen series, their published test values, and one line per kind of intervals: the model's own
(`analytic`), what the application gives (`auto`: calibrated by up to five folds of the series itself), and `pooled`
(factors per step and level from the folds of all series of the set together, as a batch does). Coverage should be 0.95
and 0.80; MSIS (of 95 %)
and CRPS over the series' mean absolute seasonal difference are better when smaller. CPU seconds per series include
the fit, its five refits and all three kinds of intervals; statsforecast's one fit and forecast.

Series are read from LOOKAHEAD_BENCH_DATA/forecasting/m3_*.npz: arrays `flat` (all training values one after another),
`lens`, `test` (series, horizon) and `season`, made from https://forecasters.org/resources/time-series-data/.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NIXTLA_NUMBA_CACHE="1")

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compute.forecast.accuracy import plan_folds
from compute.forecast.auto_arima import AutoArima
from compute.forecast.batch.pooling import pool_widths
from compute.forecast.distribution import Band, crps, student_quantile
from compute.forecast.ensemble import Best, Ensemble
from compute.forecast.ets import Ets
from compute.forecast.intervals import deviation_of, make_distribution
from compute.forecast.metrics import interval_score, seasonal_scale
from compute.forecast.naive import Drift, Naive, SeasonalNaive
from compute.forecast.outlook import Outlook, Subject, look_ahead
from compute.forecast.request import ForecastRequest, Model
from compute.forecast.theta import Theta
from compute.job import ignore_progress
from compute.schema import RequestError
from compute.series import InlineSeries

Array = NDArray[np.float64]

LEVELS = (80.0, 95.0)
MODELS: dict[str, Model] = {
    model.kind: model for model in (Naive(), SeasonalNaive(), Drift(), Theta(), Ets(), AutoArima(), Ensemble(), Best())
}
MEDIAN = Ensemble(weights="median")
BY_ACCURACY = Ensemble(weights="accuracy")


@dataclass(frozen=True)
class Case:
    """A series, what came after it, and its scale."""

    values: Array
    test: Array
    scale: float


@dataclass
class Tally:
    """Scores of one kind of intervals over the series."""

    inside: dict[float, list[Array]] = field(default_factory=dict)
    msis: list[float] = field(default_factory=list)
    crps: list[float] = field(default_factory=list)
    mase: list[float] = field(default_factory=list)

    def add(self, case: Case, mean: Array, bands: Sequence[Band], scores: Array | None) -> None:
        for band in bands:
            self.inside.setdefault(band.level, []).append((band.lower <= case.test) & (case.test <= band.upper))
            if band.level == 95:
                self.msis.append(float(interval_score(band, case.test).mean()) / case.scale)
        self.mase.append(float(np.abs(case.test - mean).mean()) / case.scale)
        if scores is not None:
            self.crps.append(float(scores.mean()) / case.scale)

    def row(self, name: str, seconds: float | None) -> str:
        cov95, cov80 = (float(np.concatenate(self.inside[level]).mean()) for level in (95, 80))
        score = f"{np.mean(self.crps):7.3f}" if self.crps else "      -"
        cost = f"{seconds:8.3f}" if seconds is not None else "        "
        return (
            f"{name:38s} {np.mean(self.mase):6.3f} {cov95:6.3f} {cov80:6.3f} {np.mean(self.msis):8.2f} {score} {cost}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=40, help="series of each set")
    parser.add_argument("--models", default="theta,ets,auto_arima,ensemble")
    parser.add_argument("--sets", default="yearly,quarterly,monthly")
    parser.add_argument("--no-peer", action="store_true", help="leave statsforecast out")
    options = parser.parse_args()
    folder = os.environ.get("LOOKAHEAD_BENCH_DATA")
    if not folder:
        print("LOOKAHEAD_BENCH_DATA is not set: nothing to measure (see the docstring for where to get the series)")
        return
    warnings.simplefilter("ignore")
    for name in options.sets.split(","):
        cases, season = read_cases(Path(folder) / "forecasting" / f"m3_{name}.npz", options.series)
        print(f"\nM3 {name}, {len(cases)} series\n{'':38s}   MASE  cov95  cov80     MSIS    CRPS    CPU s")
        for kind in options.models.split(","):
            for line in measure_model(kind, cases, season):
                print(line, flush=True)
        if not options.no_peer:
            print(measure_peer(cases, season), flush=True)


def measure_model(kind: str, cases: Sequence[Case], season: int) -> Iterator[str]:
    """Yield a line for each kind of intervals."""
    model = {"median": MEDIAN, "accuracy": BY_ACCURACY}.get(kind) or MODELS[kind]
    outlooks: list[tuple[Case, Outlook]] = []
    failed = 0
    _look(model, cases[0], season)  # compiles
    start = time.process_time()
    for case in cases:
        try:
            outlooks.append((case, _look(model, case, season)))
        except RequestError:
            failed += 1
    seconds = (time.process_time() - start) / len(cases)
    horizon = cases[0].test.size
    windows = [_windows(outlook, horizon) for _, outlook in outlooks]
    factors = pool_widths(windows, LEVELS)
    kinds: dict[str, Callable[[Outlook], tuple[Sequence[Band], Array | None]]] = {
        "analytic": lambda outlook: _own(outlook),
        "auto": lambda outlook: (outlook.bands, None),
        "pooled": lambda outlook: (_pooled(outlook, factors), None),
    }
    for name, bands_of in kinds.items():
        tally = Tally()
        for case, outlook in outlooks:
            tally.add(case, outlook.prediction.mean, bands_of(outlook)[0], _scores(name, outlook, case))
        note = f" ({failed} failed)" if failed else ""
        yield tally.row(f"{kind} {name}{note}", seconds if name == "auto" else None)


def _look(model: Model, case: Case, season: int) -> Outlook:
    horizon = case.test.size
    request = ForecastRequest(series=InlineSeries(values=(0.0,)), horizon=horizon, model=model, levels=LEVELS)
    plan = plan_folds(case.values.size, horizon)
    return look_ahead(request, model, Subject(case.values, season, plan), ignore_progress)


def _own(outlook: Outlook) -> tuple[Sequence[Band], None]:
    half = deviation_of(outlook.prediction, outlook.fit.sigma)
    mean = outlook.prediction.mean
    widths = [(level, student_quantile(0.5 + level / 200, np.inf) * half) for level in LEVELS]
    return [Band(level, mean - width, mean + width) for level, width in widths], None


def _pooled(outlook: Outlook, factors: Array) -> Sequence[Band]:
    return [
        Band(band.level, mean - factor * (mean - band.lower), mean + factor * (band.upper - mean))
        for mean in (outlook.prediction.mean,)
        for band, factor in zip(_own(outlook)[0], factors, strict=True)
    ]


def _scores(name: str, outlook: Outlook, case: Case) -> Array | None:
    if name == "pooled":
        return None  # factors by level make no one distribution
    calibration = {} if name == "analytic" else {"calibration": outlook.rehearsal.calibration}
    method = "analytic" if name == "analytic" else outlook.method
    distribution = make_distribution(
        method, outlook.prediction, outlook.fit.sigma, outlook.fit.errors, 1000, np.random.default_rng(0), **calibration
    )
    return None if distribution is None else crps(distribution, case.test - outlook.prediction.mean)


def _windows(outlook: Outlook, horizon: int) -> Array:
    """Return standardised errors of the folds, (folds, horizon), NaN beyond what was held out."""
    table = np.full((len(outlook.rehearsal.folds), horizon), np.nan)
    for row, fold in zip(table, outlook.rehearsal.folds, strict=True):
        row[: fold.actual.size] = fold.standardised
    return table


def measure_peer(cases: Sequence[Case], season: int) -> str:
    from statsforecast.models import AutoARIMA

    tally = Tally()
    AutoARIMA(season_length=season).forecast(cases[0].values, h=cases[0].test.size, level=[80, 95])  # compiles
    start = time.process_time()
    for case in cases:
        found = AutoARIMA(season_length=season).forecast(case.values, h=case.test.size, level=[80, 95])
        bands = [Band(level, found[f"lo-{level}"], found[f"hi-{level}"]) for level in (80, 95)]
        tally.add(case, found["mean"], bands, None)
    return tally.row("statsforecast AutoARIMA", (time.process_time() - start) / len(cases))


def read_cases(path: Path, count: int) -> tuple[list[Case], int]:
    """Return evenly chosen series of a collection and its season; series that never change are left out."""
    with np.load(path) as data:
        season = int(np.max(data["season"]))
        ends = np.cumsum(data["lens"])
        chosen = np.linspace(0, ends.size - 1, min(count, ends.size)).astype(int)
        cases = [
            Case(values, data["test"][i].astype(np.float64), seasonal_scale(values, season))
            for i in chosen
            for values in (data["flat"][ends[i] - data["lens"][i] : ends[i]].astype(np.float64),)
        ]
    return [case for case in cases if np.isfinite(case.scale)], season


if __name__ == "__main__":
    sys.exit(main())
