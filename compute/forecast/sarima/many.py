"""One model for many complete series: their parameters and forecasts, compiled from end to end."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from compute.forecast.sarima.kernels.many import MANY_PARTS, fit_series
from compute.forecast.sarima.many_fits import ManyFits
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.quick import counts_of
from compute.job import Report

Array = NDArray[np.float64]

N_PROBES = 2  # further starts of each fit: half as many as for one series alone
AT_ONCE = 200  # series between two reports


def fit_many(orders: Orders, series: Sequence[Array], horizon: int, report: Report) -> ManyFits:
    """Return the exact maximum likelihood fits of complete `series`, (n_i,) each, and forecasts `horizon` steps long.

    The same estimates as `fit_sarima`, from fewer starts. Series with missing values belong there.
    """
    if any(np.isnan(values).any() for values in series):
        raise ValueError("a series misses values: fit it by itself, with fit_sarima")
    count, size = len(series), orders.n_coefficients
    ends = np.cumsum([values.size for values in series], dtype=np.int64)
    flat = np.ascontiguousarray(np.concatenate([*series, np.zeros(0)]), dtype=np.float64)
    coefficients, found = np.full((count, size), np.nan), np.empty((count, 4))
    forecast, deviation = np.empty((count, horizon)), np.empty((count, horizon))
    for first in range(0, count, AT_ONCE):
        report(first / count, f"Fitting series {first + 1} of {count}")
        fit_series(
            counts_of(orders), orders.d, orders.D, int(orders.has_mean), N_PROBES, flat, ends,
            first, min(first + AT_ONCE, count), coefficients, found, forecast, deviation, *MANY_PARTS,
        )  # fmt: skip
    return ManyFits(
        coefficients=coefficients,
        mean=found[:, 1],
        sigma=found[:, 2],
        log_likelihood=-0.5 * found[:, 0],
        has_converged=found[:, 3] == 1,
        forecast=forecast,
        deviation=deviation,
    )
