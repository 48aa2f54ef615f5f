"""Batches on a device beside the compiled loops of one core: seconds, and whether they come to the same."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from compute.device import choose_device
from compute.forecast.auto_arima import AutoArima
from compute.forecast.sarima import Orders
from compute.forecast.sarima.batched import fit_batch
from compute.forecast.sarima.many import fit_many
from compute.forecast.selection.batched import fit_auto_batch
from compute.forecast.selection.fit import fit_auto_arima
from compute.job import ignore_progress

Array = NDArray[np.float64]
Found = TypeVar("Found")

HORIZON = 12
ORDERS = Orders(2, 1, 1)
SAMPLE, AUTO_SAMPLE = 2000, 100  # of the series, for the compiled loops
WARM = 50  # series that go before, so that libraries are loaded and loops compiled


def missing_device(name: str) -> str:
    """Return why there is no such device here; nothing where there is."""
    try:
        choose_device(name)
    except ValueError as error:
        return f"{error} (PyTorch {torch.__version__}, built for CUDA {torch.version.cuda or 'not at all'})"
    return ""


def compare_device(name: str, series: Sequence[Array], n_auto: int) -> None:
    """Print a row for one order fitted to all series, and one for automatic ARIMA of the first `n_auto`."""
    device = choose_device(name)
    what = torch.cuda.get_device_name(device) if device.type == "cuda" else "PyTorch on one core, a check of the code"
    print(f"on {what}; CPU: compiled loops on one core, of a sample")
    print(f"{'batch':26s} {'series':>7s} {'seconds':>8s} {'ms each':>8s} {'CPU ms each':>12s}  agreement")
    fit_batch(ORDERS, series[:WARM], HORIZON, ignore_progress, device)
    fit_many(ORDERS, series[:WARM], HORIZON, ignore_progress)
    clock = time.perf_counter if device.type == "cuda" else time.process_time
    fits, wall = timed(lambda: fit_batch(ORDERS, series, HORIZON, ignore_progress, device), clock)
    sample = series[:SAMPLE]
    loops, cpu = timed(lambda: fit_many(ORDERS, sample, HORIZON, ignore_progress), time.process_time)
    gain = fits.log_likelihood[: len(sample)] - loops.log_likelihood
    told = f"log-likelihood lower {np.mean(gain < -1e-6):.2%}, higher {np.mean(gain > 1e-3):.2%}"
    told += f", not settled {np.mean(np.isnan(fits.sigma)):.2%}"
    line(ORDERS.description, len(series), wall, cpu / len(sample), told)
    chosen = series[:n_auto]
    fit_auto_batch(AutoArima(), chosen[:WARM], 1, HORIZON, ignore_progress, device)
    fit_auto_arima(AutoArima(), chosen[0], 1, ignore_progress)
    autos, wall = timed(lambda: fit_auto_batch(AutoArima(), chosen, 1, HORIZON, ignore_progress, device), clock)
    few = chosen[:AUTO_SAMPLE]
    alone, cpu = timed(lambda: [fit_auto_arima(AutoArima(), one, 1, ignore_progress) for one in few], time.process_time)
    pairs = [(mine, other) for mine, other in zip(autos, alone, strict=False) if mine is not None]
    same = np.mean([first_of(mine.description) == first_of(other.summary.description) for mine, other in pairs])
    line("automatic", len(chosen), wall, cpu / len(few), f"same best orders {same:.1%} of {len(pairs)}")


def timed(work: Callable[[], Found], clock: Callable[[], float]) -> tuple[Found, float]:
    """Return what the work finds and the seconds of the clock it takes."""
    start = clock()
    return work(), clock() - start


def first_of(description: str) -> str:
    """Return the first model of an average."""
    return description.removeprefix("Average of ").split(" ")[0]


def line(name: str, count: int, wall: float, cpu: float, told: str) -> None:
    """Print a row."""
    each = 1e3 * wall / count
    print(f"{name:26s} {count:7d} {wall:8.1f} {each:8.3f} {1e3 * cpu:12.3f}  {told}", flush=True)
