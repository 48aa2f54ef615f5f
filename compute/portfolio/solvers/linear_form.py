"""Limits as a linear program's rows: the sum, groups, gross weight and turnover, each with its name.

Gross weight and turnover need further variables `t >= |w|` and `s >= |w - previous|`, only for the assets that can be
on both sides. Limits of volatility and tracking error are not linear and belong to `conic.py`.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from compute.portfolio.limits import Array, Limits


@dataclass(frozen=True, eq=False)
class LinearForm:
    """`row_lower <= matrix @ x <= row_upper, lower <= x <= upper`; x: the weights, then the further variables."""

    matrix: sparse.csr_array
    """(r, v)"""
    row_lower: Array
    row_upper: Array
    lower: Array
    """(v,)"""
    upper: Array
    names: tuple[str, ...]
    """(r,) what each row limits, without its value; empty for rows that only define a further variable."""
    shifts: Array
    """(r,) what has been added to the limit of each row, because trades in one direction only are weights."""
    n: int
    """How many of the variables are weights; they come first."""


def linear_form(limits: Limits) -> LinearForm:
    """Return the linear part of `limits`. The first row is the sum of the weights, the next those of `limits.rows`."""
    n = limits.n
    blocks = [sparse.csr_array(np.ones((1, n))), sparse.csr_array(limits.rows)]
    net, none = np.array([limits.net]), np.array([-np.inf])
    row_lower, row_upper = [net, limits.row_lower], [net, limits.row_upper]
    lower, upper = [limits.lower], [limits.upper]
    names = ["sum of weights", *limits.names]
    shifts = [np.zeros(1 + len(limits.rows))]
    sizes: list[tuple[Array, float, str]] = []
    if limits.gross is not None:
        sizes.append((np.zeros(n), limits.gross, "gross weight"))
    if limits.max_turnover is not None and limits.previous is not None:
        sizes.append((limits.previous, limits.max_turnover, "turnover"))
    width = n
    for centre, most, name in sizes:
        both = np.flatnonzero((limits.lower < centre) & (limits.upper > centre))
        sign = np.where(limits.lower >= centre, 1.0, -1.0)
        sign[both] = 0.0
        pick = sparse.csr_array(np.eye(n)[both])
        further = sparse.csr_array((both.size, width - n)) if width > n else None
        own = sparse.eye_array(both.size, format="csr")
        total = [np.atleast_2d(sign), None if further is None else np.zeros((1, width - n)), np.ones((1, both.size))]
        blocks += [
            sparse.hstack([part for part in (-pick, further, own) if part is not None], format="csr"),
            sparse.hstack([part for part in (pick, further, own) if part is not None], format="csr"),
            sparse.csr_array(np.hstack([part for part in total if part is not None])),
        ]
        row_lower += [-centre[both], centre[both], none]
        row_upper += [np.full(2 * both.size, np.inf), np.array([most + float(sign @ centre)])]
        reach = np.maximum(np.abs(limits.lower - centre), np.abs(limits.upper - centre))[both]
        lower.append(np.zeros(both.size))
        upper.append(reach)
        names += [""] * (2 * both.size) + [name]
        shifts += [np.zeros(2 * both.size), np.array([float(sign @ centre)])]
        width += both.size
    padded = [sparse.hstack([block, sparse.csr_array((block.shape[0], width - block.shape[1]))]) for block in blocks]
    return LinearForm(
        sparse.csr_array(sparse.vstack(padded, format="csr")),
        np.concatenate(row_lower),
        np.concatenate(row_upper),
        np.concatenate(lower),
        np.concatenate(upper),
        tuple(names),
        np.concatenate(shifts),
        n,
    )
