"""Batches of short series: CPU time of each, memory over ten thousand, and what pooled intervals are worth.

    python -m benchmarks.batch [--series 10000] [--auto 1000] [--peer 200] [--device cpu] [--only-device]

Each row is a whole batch in this process, from arrays to the JSON of its result: fits, forecasts, intervals, and for
`auto` also three origins in each series' past. CPU time is per series, after one small batch that is not counted
(imports, compilation), beside statsforecast's fit and forecast of a sample of the same series. `--device cuda` adds
one GRU for all series on that device, and the rows of `benchmarks/_batch_device.py`: 100 000 fits of one order and
automatic ARIMA of 10 000 series. `--only-device` prints these alone, on a CPU too, where they show that the code works.

M3 monthly series are read from LOOKAHEAD_BENCH_DATA/forecasting/m3_monthly.npz: see `benchmarks/smoothing.py`.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NIXTLA_NUMBA_CACHE="1")

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray
from statsforecast.models import ARIMA, AutoARIMA

from benchmarks._batch_device import compare_device, missing_device
from compute.forecast.arima import Arima
from compute.forecast.auto_arima import AutoArima
from compute.forecast.batch.plan import BatchPlan, Chunk
from compute.forecast.batch.result import BatchForecastResult
from compute.forecast.batch.run import forecast_batch
from compute.forecast.batch.ways import way_of
from compute.forecast.options import Wanted
from compute.forecast.recurrent import Gru
from compute.forecast.request import Model
from compute.job import ignore_progress
from compute.series import Series

Array = NDArray[np.float64]

HORIZON = 12
LEVELS = (80.0, 95.0)
MIB = 2**20


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch", description="Measure batches.")
    parser.add_argument("--series", type=int, default=10_000, help="simulated series")
    parser.add_argument("--auto", type=int, default=1000, help="of them for automatic ARIMA")
    parser.add_argument("--peer", type=int, default=200, help="of them for the peer")
    parser.add_argument("--device", default="cpu", help="of the GRU and of the rows of a device; left out on the CPU")
    parser.add_argument("--only-device", action="store_true", help="print the rows of the device alone")
    parser.add_argument("--device-series", type=int, default=100_000, help="for the fixed order on the device")
    parser.add_argument("--device-auto", type=int, default=10_000, help="for automatic ARIMA on the device")
    options = parser.parse_args()
    why_not = missing_device(options.device)
    if why_not:
        print(f"no CUDA device here: {why_not}")
    elif options.only_device or options.device != "cpu":
        compare_device(options.device, simulate(options.device_series), options.device_auto)
    if options.only_device:
        return
    simulated = simulate(options.series)
    print(f"{'batch':34s} {'series':>7s} {'CPU ms':>8s} {'statsforecast':>16s} {'RSS MiB: start, half, end':>28s}")
    peer = peer_ms(ARIMA(order=(2, 1, 1)), simulated[: options.peer])
    for intervals in ("analytic", "auto"):
        row(f"simulated (2,1,1), {intervals}", Arima(), simulated, intervals, peer)
    few = simulated[: options.auto]
    row("simulated, automatic, analytic", AutoArima(), few, "analytic", peer_ms(AutoARIMA(), few[: options.peer // 4]))
    row("simulated, automatic, auto", AutoArima(), few[: options.auto // 4], "auto", None)
    if options.device != "cpu" and not why_not:
        row(f"simulated, GRU on {options.device}", Gru(), simulated, "auto", None, device=options.device)
    folder = os.environ.get("LOOKAHEAD_BENCH_DATA")
    if folder:
        compare_m3(Path(folder) / "forecasting" / "m3_monthly.npz", options.peer)


def compare_m3(path: Path, n_peer: int) -> None:
    """Print rows of the M3 monthly series, and what their intervals cover."""
    with np.load(path) as data:
        ends = np.cumsum(data["lens"])
        series = [data["flat"][end - n : end].astype(np.float64) for end, n in zip(ends, data["lens"], strict=True)]
        actual = data["test"].astype(np.float64)
    peer = peer_ms(ARIMA(order=(2, 1, 1)), series[:n_peer], actual.shape[1])
    for intervals in ("analytic", "auto"):
        name = f"M3 monthly (2,1,1), {intervals}"
        result = row(name, Arima(), series, intervals, peer, horizon=actual.shape[1])
        shares, score = judge(result, series, actual)
        told = result.summary.pooled
        print(f"{'':34s} covered {shares}, MSIS95 {score:.2f}, told {told.coverage if told else None}")


def row(
    name: str,
    model: Model,
    series: Sequence[Array],
    intervals: Wanted,
    peer: float | None,
    horizon: int = HORIZON,
    device: str = "cpu",
) -> BatchForecastResult:
    """Run one batch, print what it took, and return its result."""
    run(model, series[:40], intervals, horizon, device, [])
    memory: list[float] = []
    start = time.process_time()
    result, size = run(model, series, intervals, horizon, device, memory)
    mine = 1e3 * (time.process_time() - start) / len(series)
    beside = "" if peer is None else f"{peer:8.2f} = {peer / mine:4.1f} x"
    grown = ", ".join(f"{value:.0f}" for value in (memory[0], memory[len(memory) // 2], memory[-1]))
    print(f"{name:34s} {len(series):7d} {mine:8.3f} {beside:>16s} {grown:>28s}  JSON {size / MIB:.1f} MiB", flush=True)
    return result


def run(
    model: Model, series: Sequence[Array], intervals: Wanted, horizon: int, device: str, memory: list[float]
) -> tuple[BatchForecastResult, int]:
    """Return the result of a batch and the size of its JSON; note the resident memory at each report."""
    plan = BatchPlan(
        model=model,
        horizon=horizon,
        levels=LEVELS,
        intervals=intervals,
        n_bootstrap=1000,
        season_length=None,
        seed=0,
        accuracy=False,
        n_series=len(series),
        device=device,
    )
    size = way_of(plan).chunk or len(series)
    chunks = (
        Chunk.of(first, [Series(values, name=f"s{first + i}") for i, values in enumerate(series[first : first + size])])
        for first in range(0, len(series), size)
    )
    process = psutil.Process()

    def report(fraction: float, message: str) -> None:
        ignore_progress(fraction, message)
        if len(memory) < 200_000:
            memory.append(process.memory_info().rss / MIB)

    result = forecast_batch(plan, chunks, report)
    return result, len(result.model_dump_json())


def peer_ms(model: object, series: Sequence[Array], horizon: int = HORIZON) -> float:
    """Return the mean CPU milliseconds of the peer's fit and forecast; a fit that raises counts too."""
    seconds = []
    for values in [series[0], *series]:
        start = time.process_time()
        with suppress(ValueError, FloatingPointError, np.linalg.LinAlgError, ZeroDivisionError):
            model.forecast(y=values, h=horizon, level=list(LEVELS))  # type: ignore[attr-defined]
        seconds.append(time.process_time() - start)
    return 1e3 * float(np.mean(seconds[1:]))


def judge(result: BatchForecastResult, series: Sequence[Array], actual: Array) -> tuple[dict[str, float], float]:
    """Return the share of true values inside the intervals by level, and the mean scaled interval score at 95 %."""
    shares, scores = {}, []
    for position, level in enumerate(LEVELS):
        lower = np.array([one.intervals[position].lower for one in result.series], dtype=np.float64)
        upper = np.array([one.intervals[position].upper for one in result.series], dtype=np.float64)
        shares[f"{level:g}"] = round(float(np.mean((lower <= actual) & (actual <= upper))), 3)
        outside = np.maximum(lower - actual, 0) + np.maximum(actual - upper, 0)
        scores = np.mean(upper - lower + 2 / (1 - level / 100) * outside, axis=1)
    scales = np.array([np.mean(np.abs(values[12:] - values[:-12])) for values in series])
    return shares, float(np.mean(np.asarray(scores) / scales))


def simulate(count: int) -> list[Array]:
    """Return ARIMA(1,1,1) series of 40 to 120 values."""
    rng = np.random.default_rng(1)
    series = []
    for length in rng.integers(40, 121, count):
        phi, theta = rng.uniform(-0.5, 0.8), rng.uniform(-0.6, 0.6)
        errors = rng.normal(size=length + 1)
        change = np.zeros(length)
        for t in range(length):
            change[t] = phi * (change[t - 1] if t else 0.0) + errors[t + 1] + theta * errors[t]
        series.append(100 + np.cumsum(change))
    return series


if __name__ == "__main__":
    sys.exit(main())
