"""Limits as rows in the weights alone, on the side of each asset that an answer is on; what `polish.py` works with."""

from dataclasses import dataclass

import numpy as np

from compute.portfolio.limits import Array, Limits


@dataclass
class Row:
    """A limit `coefficients @ w <= limit` (or `=`), with its multiplier once solved."""

    name: str
    coefficients: Array
    limit: float
    is_equal: bool = False
    kinks: Array | None = None
    """Where the coefficient of an asset may be anything between -1 and 1, the weight at which it is; NaN elsewhere."""
    multiplier: float = 0.0


@dataclass
class Risk:
    """A limit `1/2 (w - centre)'S(w - centre) <= 1/2 most^2`."""

    name: str
    centre: Array
    most: float
    multiplier: float = 0.0


def side_rows(limits: Limits, near: Array, tolerance: float) -> list[Row]:
    """Return the linear limits but bounds, each as `<=` or `=`."""
    found = [Row("sum of weights", np.ones(limits.n), limits.net, is_equal=True)]
    for name, row, low, high in zip(limits.names, limits.rows, limits.row_lower, limits.row_upper, strict=True):
        if low == high:
            found.append(Row(name, row.copy(), float(high), is_equal=True))
            continue
        if np.isfinite(high):
            found.append(Row(f"{name} at most {high:g}", row.copy(), float(high)))
        if np.isfinite(low):
            found.append(Row(f"{name} at least {low:g}", -row, -float(low)))
    if limits.gross is not None:
        found.append(
            Row(f"gross weight at most {limits.gross:g}", np.sign(near), limits.gross, kinks=np.zeros(limits.n))
        )
    if limits.max_turnover is not None and limits.previous is not None:
        sign = np.sign(near - limits.previous)
        most = limits.max_turnover + float(sign @ limits.previous)
        found.append(Row(f"turnover at most {limits.max_turnover:g}", sign, most, kinks=limits.previous))
    return found


def risk_limits(limits: Limits) -> list[Risk]:
    found = []
    if limits.max_volatility is not None:
        found.append(Risk("volatility", np.zeros(limits.n), limits.max_volatility))
    if limits.max_tracking_error is not None and limits.benchmark is not None:
        found.append(Risk("tracking error", limits.benchmark, limits.max_tracking_error))
    return found
