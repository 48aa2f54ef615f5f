"""LSTM and GRU networks on M4 hourly, and what a training step costs on the devices there are.

    python -m benchmarks.neural [--series 60] [--cells gru lstm] [--steps 1000] [--seeds 1] [--development]

One network learns from all chosen series and forecasts each of them; errors are measured on the official test values
and averaged over series, beside the seasonal naive forecast and partners of a mean (`--partners theta auto_arima`).
With `--development` the last 48 training values of each series take the place of the test values, which nothing then
sees: sizes, steps and rates are chosen there. Seconds are CPU seconds of one thread. The last table times one update of
a network on the CPU and, where PyTorch sees one, on a GPU, with the time of one pass over the windows of all series (an
epoch).

M4 series are read from LOOKAHEAD_BENCH_DATA/forecasting/m4_hourly.npz: arrays `flat` (all training values one after
another), `lens` and `test`, made from https://github.com/Mcompetitions/M4-methods (Dataset).
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from compute.forecast.fitting import fit_model
from compute.forecast.metrics import seasonal_scale
from compute.forecast.neural import fit_many
from compute.forecast.neural.planning import SHARED_BATCH, plan_shape
from compute.forecast.neural.track import make_track
from compute.forecast.neural.training import Groups, Held, Plan, train
from compute.forecast.neural.windows import Pool
from compute.forecast.recurrent import Gru, Lstm
from compute.forecast.setting import Setting
from compute.job import ignore_progress

Array = NDArray[np.float64]

SEASON, HORIZON = 24, 48
CELLS: dict[str, type[Gru | Lstm]] = {"gru": Gru, "lstm": Lstm}
TIMED_STEPS = 30


@dataclass(frozen=True)
class Collection:
    """Series with what came after them: `train` (n_i,) each, `test` (series, horizon)."""

    train: list[Array]
    test: Array


def main() -> None:
    arguments = read_arguments()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    folder = os.environ.get("LOOKAHEAD_BENCH_DATA")
    if not folder:
        print("LOOKAHEAD_BENCH_DATA is not set: M4 hourly is left out (see the docstring for where to get it)")
        print_step_times(make_collection(arguments.series), arguments.cells)
        return
    data = read_collection(Path(folder) / "forecasting" / "m4_hourly.npz", arguments.series)
    if arguments.development:
        data = hold_out(data)
    print(f"M4 hourly, {len(data.train)} series, {HORIZON} steps ahead" + ", held out" * arguments.development)
    print(f"{'forecast':34s} {'MASE':>7s} {'sMAPE':>7s} {'cov 95':>7s} {'cov 80':>7s} {'MSIS':>7s} {'CPU s':>7s}")
    naive = np.stack([np.resize(values[-SEASON:], HORIZON) for values in data.train])
    print(row("seasonal naive", data, naive))
    partners = {name: forecast_partner(name, data) for name in arguments.partners}
    for name, mean in partners.items():
        print(row(name, data, mean))
    for cell in arguments.cells:
        mean, deviation, seconds = forecast_network(cell, data, arguments)
        print(row(cell, data, mean, deviation, seconds))
        for name, other in partners.items():
            print(row(f"mean of {cell} and {name}", data, (mean + other) / 2))
    print_step_times(data, arguments.cells)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=60)
    parser.add_argument("--cells", nargs="*", default=["gru"], choices=sorted(CELLS))
    parser.add_argument("--partners", nargs="*", default=[])
    parser.add_argument("--steps", type=int)
    parser.add_argument("--hidden", type=int)
    parser.add_argument("--window", type=int)
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--development", action="store_true")
    parser.add_argument("--alone", action="store_true", help="networks for each series, however many there are")
    return parser.parse_args()


def forecast_network(cell: str, data: Collection, arguments: argparse.Namespace) -> tuple[Array, Array, float]:
    """Return mean and seven quantiles of each series, and the CPU seconds of training and forecasting."""
    given = {"hidden_size": arguments.hidden, "window": arguments.window, "n_seeds": arguments.seeds}
    given |= {"learning_rate": arguments.rate}
    if arguments.steps:
        windows = sum(values.size - HORIZON - SEASON for values in data.train)
        given["epochs"] = arguments.steps * SHARED_BATCH / windows
    model = CELLS[cell](**{name: value for name, value in given.items() if value is not None})
    start = time.process_time()
    is_shared = False if arguments.alone else None
    fits = fit_many(model, data.train, SEASON, ignore_progress, Setting(HORIZON), is_shared)
    predictions = [fit.predict(HORIZON) for fit in fits]
    seconds = time.process_time() - start
    rng = np.random.default_rng(0)
    quantiles = [np.quantile(p.simulate(1000, rng), [0.025, 0.1, 0.9, 0.975], axis=0) for p in predictions]
    return np.stack([p.mean for p in predictions]), np.stack(quantiles), seconds


def forecast_partner(kind: str, data: Collection) -> Array:
    """Return the forecasts of another model of the application, by its kind, with its defaults."""
    from pydantic import TypeAdapter

    from compute.forecast.request import Model

    model = TypeAdapter(Model).validate_python({"kind": kind})
    return np.stack([fit_model(model, values, SEASON, ignore_progress).predict(HORIZON).mean for values in data.train])


def row(name: str, data: Collection, mean: Array, offsets: Array | None = None, seconds: float | None = None) -> str:
    """Return a line of the table; `offsets` are quantiles .025, .1, .9, .975 less the mean, (series, 4, horizon)."""
    scale = np.array([seasonal_scale(values, SEASON) for values in data.train])[:, None]
    errors = np.abs(data.test - mean)
    mase = float((errors / scale).mean())
    smape = float((200 * errors / (np.abs(data.test) + np.abs(mean))).mean())
    cells = [f"{name:34s} {mase:7.3f} {smape:7.2f}"]
    if offsets is not None:
        low, low80, high80, high = np.moveaxis(mean[:, None] + offsets, 1, 0)
        inside = ((low <= data.test) & (data.test <= high)).mean()
        inside80 = ((low80 <= data.test) & (data.test <= high80)).mean()
        outside = np.maximum(low - data.test, 0) + np.maximum(data.test - high, 0)
        msis = float(((high - low + 2 / 0.05 * outside) / scale).mean())
        cells.append(f" {inside:7.3f} {inside80:7.3f} {msis:7.2f} {seconds:7.1f}")
    return "".join(cells)


def print_step_times(data: Collection, cells: Sequence[str]) -> None:
    windows = sum(values.size - SEASON for values in data.train)
    print(f"\n{f'one update of {SHARED_BATCH} windows':34s} {'device':>10s} {'ms':>8s} {'epoch s':>8s}")
    devices = ["cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
    for cell in cells:
        for device in devices:
            milliseconds = time_step(cell, data, torch.device(device))
            print(f"{cell:34s} {device:>10s} {milliseconds:8.2f} {milliseconds * windows / SHARED_BATCH / 1e3:8.1f}")


def time_step(cell: str, data: Collection, device: torch.device) -> float:
    """Return milliseconds per update after a first few: of CPU time, or of wall time where a GPU works."""
    length = int(np.median([values.size for values in data.train]))
    shape = plan_shape(CELLS[cell](), SEASON, HORIZON, length, is_shared=True)
    pool = Pool(shape, [make_track(values, SEASON) for values in data.train], device)
    none = torch.zeros((1, 0), dtype=torch.long, device=device)
    first = torch.zeros(1, dtype=torch.long, device=device)
    groups, held = Groups(first, first + len(data.train)), Held(none, none)
    clock = time.process_time if device.type == "cpu" else time.perf_counter
    spent = []
    for steps in (5, 5 + TIMED_STEPS):
        start = clock()
        train(
            shape, pool, groups, held, Plan(steps, SHARED_BATCH, SHARED_BATCH, 1.0, 1e-3, 0.0, 0.0), ignore_progress, 0
        )
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        spent.append(clock() - start)
    return 1e3 * (spent[1] - spent[0]) / TIMED_STEPS


def hold_out(data: Collection) -> Collection:
    """Return the same series less their last values, which are to be forecast."""
    return Collection([v[:-HORIZON] for v in data.train], np.stack([v[-HORIZON:] for v in data.train]))


def make_collection(count: int) -> Collection:
    """Return noisy days, for when only the time matters."""
    rng = np.random.default_rng(0)
    day = np.sin(2 * np.pi * np.arange(700) / SEASON)
    return Collection([day + rng.normal(size=day.size) for _ in range(count)], np.zeros((count, HORIZON)))


def read_collection(path: Path, count: int) -> Collection:
    with np.load(path) as data:
        ends = np.cumsum(data["lens"])
        count = min(count, ends.size)
        chosen = np.sort(np.random.default_rng(0).choice(ends.size, count, replace=False))
        series = [data["flat"][ends[i] - data["lens"][i] : ends[i]].astype(np.float64) for i in chosen]
        return Collection(series, data["test"][chosen].astype(np.float64))


if __name__ == "__main__":
    main()
