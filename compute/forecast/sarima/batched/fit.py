"""One model for many complete series on a device: the fits of `many.py`, from twice as many starts.

On some 3000 simulated series of seven orders the likelihood is higher for one in twenty, and lower, on another of its
peaks, for one in a thousand.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from compute.forecast.sarima.batched.differencing import Levels
from compute.forecast.sarima.batched.optimiser import Watch
from compute.forecast.sarima.batched.prediction import look_ahead
from compute.forecast.sarima.batched.room import models_at_once
from compute.forecast.sarima.batched.search import maximise
from compute.forecast.sarima.many_fits import ManyFits
from compute.forecast.sarima.orders import Orders
from compute.job import Report

Array = NDArray[np.float64]

N_STARTS = 6  # followed of each series: with 4 one fit in a hundred ended on a lower peak, on 1400 simulated series
WIDEST = 1.3  # times the shortest series of those that are computed together: what is longer waits for its like
HALF_WAY = 20  # iterations that fill half of a part's share of the progress bar


def fit_batch(orders: Orders, series: Sequence[Array], horizon: int, report: Report, device: torch.device) -> ManyFits:
    """Return the exact maximum likelihood fits of complete `series`, (n_i,) each, and forecasts `horizon` steps long.

    Rows of series too short for the orders or without variation, and of those whose search did not settle, are NaN:
    they are for `fit_sarima`.
    """
    empty = np.full((len(series), 1), np.nan)
    found = np.repeat(empty, orders.n_coefficients + 4 + 2 * horizon, axis=1)
    done = 0
    for places in parts_of([values.size for values in series], lambda n: models_at_once(orders, n, device)):

        def watch(number: int, done: int = done, size: int = places.size) -> None:
            report((done + size * number / (number + HALF_WAY)) / len(series), f"Fitting {len(series):,} series")

        with torch.no_grad():
            found[places] = _fit_part(orders, [series[i] for i in places], horizon, device, watch)
        done += places.size
    k = orders.n_coefficients
    return ManyFits(
        coefficients=found[:, :k],
        mean=found[:, k],
        sigma=found[:, k + 1],
        log_likelihood=found[:, k + 2],
        has_converged=found[:, k + 3] == 1,
        forecast=found[:, k + 4 : k + 4 + horizon],
        deviation=found[:, k + 4 + horizon :],
    )


def parts_of(lengths: Sequence[int], at_once: Callable[[int], int], widest: float = WIDEST) -> list[NDArray[np.intp]]:
    """Return places of series that are computed together: of like lengths, `at_once(longest)` at most."""
    sizes = np.asarray(lengths, dtype=np.int64)
    order = np.argsort(sizes, kind="stable")
    parts: list[NDArray[np.intp]] = []
    first = 0
    while first < order.size:
        shortest = max(int(sizes[order[first]]), 1)
        end = int(np.searchsorted(sizes[order], widest * shortest + 8, side="right"))
        end = min(end, first + at_once(int(sizes[order[end - 1]])))
        parts.append(order[first:end])
        first = end
    return parts


def _fit_part(orders: Orders, series: Sequence[Array], horizon: int, device: torch.device, watch: Watch) -> Array:
    """Return coefficients, mean, sigma, log-likelihood, convergence, forecast and deviation of each series in a row.

    NaN where there is no fit.
    """
    levels = Levels.of(orders, series, device)
    kept = levels.lengths - orders.lost
    least = max(orders.n_coefficients + int(orders.has_mean) + 2, orders.memory + 1)
    rows = np.full((len(series), orders.n_coefficients + 4 + 2 * horizon), np.nan)
    places = torch.nonzero((kept >= least) & (levels.scales > 0))[:, 0]
    if places.numel() == 0:
        return rows
    batch = levels.batch(orders, places)
    best = maximise(batch, N_STARTS, watch)
    scales = levels.scales[places]
    last = levels.last(orders.ar_degree + orders.lost)[:, places]
    ahead = look_ahead(batch, best.coefficients, (orders.d, orders.D), last, scales, horizon)
    log_likelihood = -0.5 * best.deviance - batch.lengths * scales.log()
    told = torch.stack([ahead.drift, ahead.sigma, log_likelihood, best.has_converged.to(scales.dtype)])
    found = torch.cat([best.coefficients, told, ahead.mean, ahead.deviation])
    is_sound = best.has_converged & found.isfinite().all(0)
    rows[places.cpu().numpy()] = torch.where(is_sound, found, torch.nan).T.cpu().numpy()
    return rows
