"""Any convex limits at once, by Clarabel's interior point method: near the optimum, which `polish.py` makes exact.

Called directly: modelling layers take longer than the solver. Limits become rows `A x + s = b` with s in a cone; what
is minimised is `1/2 k w'Sw - mu'w`, or for the Sharpe ratio the variance of the portfolio scaled to an excess return
of 1.
"""

from dataclasses import dataclass

import clarabel
import numpy as np
from scipy import sparse

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solvers.linear_form import LinearForm, linear_form

TOLERANCE = 1e-11
SOLVED = ("Solved", "AlmostSolved", "InsufficientProgress")


@dataclass(frozen=True, eq=False)
class ConicPoint:
    """Where the interior point method ended."""

    weights: Array
    """(n,)"""
    iterations: int
    is_solved: bool
    is_infeasible: bool


def solve_conic(mu: Array, sigma: Array | None, aversion: float, limits: Limits) -> ConicPoint:
    """Return weights near the maximum of `mu'w - aversion/2 w'Sw` over all limits but counts of assets."""
    form = linear_form(limits)
    width = form.lower.size
    size = max(float(np.abs(mu).max(initial=0.0)), 1e-300)
    quadratic = sparse.csc_array((width, width))
    if aversion > 0 and sigma is not None:
        size = max(size, aversion * float(np.diagonal(sigma).max()))
        quadratic = _padded(np.triu(aversion / size * sigma), width)
    cost = np.zeros(width)
    cost[: form.n] = -mu / size
    rows = _Rows(form, sigma, limits)
    return _solve(quadratic, cost, rows, form.n, rows.offsets)


def solve_conic_sharpe(excess: Array, sigma: Array, limits: Limits) -> ConicPoint:
    """Return weights near the largest `excess'w / sqrt(w'Sw)`: `v = w k` of least variance with `excess'v = 1`."""
    form = linear_form(limits)
    width = form.lower.size
    scale = float(np.diagonal(sigma).max())
    rows = _Rows(form, sigma, limits)
    homogeneous = sparse.hstack([rows.matrix, sparse.csc_array(-rows.offsets[:, None])], format="csc")
    unit = np.zeros(width + 1)
    unit[: form.n] = excess / float(np.abs(excess).max())
    level = np.zeros(width + 1)
    level[-1] = -1.0
    rows.matrix = sparse.vstack([unit[None, :], level[None, :], homogeneous], format="csc")
    rows.cones = [clarabel.ZeroConeT(1), clarabel.NonnegativeConeT(1), *rows.cones]
    offsets = np.zeros(2 + rows.offsets.size)
    offsets[0] = 1.0
    point = _solve(_padded(np.triu(sigma / scale), width + 1), np.zeros(width + 1), rows, width + 1, offsets)
    level_found = float(point.weights[-1])
    weights = point.weights[: form.n] / level_found if level_found > 0 else point.weights[: form.n]
    return ConicPoint(weights, point.iterations, point.is_solved and level_found > 0, point.is_infeasible)


class _Rows:
    """The limits as `matrix @ x + s = offsets`, s in `cones`."""

    def __init__(self, form: LinearForm, sigma: Array | None, limits: Limits) -> None:
        equal = form.row_lower == form.row_upper
        below, above = np.isfinite(form.row_upper) & ~equal, np.isfinite(form.row_lower) & ~equal
        unit = sparse.eye_array(form.lower.size, format="csr")
        blocks = [form.matrix[equal], form.matrix[below], -form.matrix[above], unit, -unit]
        offsets = [form.row_lower[equal], form.row_upper[below], -form.row_lower[above], form.upper, -form.lower]
        inequalities = int(below.sum() + above.sum()) + 2 * form.lower.size
        self.cones = [clarabel.ZeroConeT(int(equal.sum())), clarabel.NonnegativeConeT(inequalities)]
        for most, centre in _risk_limits(limits):
            if sigma is None:
                raise ValueError("limits of volatility or tracking error need a covariance")
            factor = _root(sigma) / most
            block = np.zeros((limits.n + 1, form.lower.size))
            block[1:, : limits.n] = -factor
            blocks.append(sparse.csr_array(block))
            offsets.append(np.concatenate([[1.0], -(factor @ centre)]))
            self.cones.append(clarabel.SecondOrderConeT(limits.n + 1))
        self.matrix = sparse.csc_array(sparse.vstack(blocks, format="csc"))
        self.offsets = np.concatenate(offsets)


def _risk_limits(limits: Limits) -> list[tuple[float, Array]]:
    """Return largest volatilities and the weights they are measured from."""
    found = []
    if limits.max_volatility is not None:
        found.append((limits.max_volatility, np.zeros(limits.n)))
    if limits.max_tracking_error is not None and limits.benchmark is not None:
        found.append((limits.max_tracking_error, limits.benchmark))
    return found


def _root(sigma: Array) -> Array:
    """Return F (n, n) with F'F = sigma, also where sigma is singular."""
    values, vectors = np.linalg.eigh(sigma)
    return np.asarray(np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T)


def _padded(block: Array, width: int) -> sparse.csc_array:
    """Return `block` in the upper left of a (width, width) matrix."""
    matrix = sparse.coo_array(block)
    return sparse.csc_array((matrix.data, (matrix.row, matrix.col)), shape=(width, width))


def _solve(quadratic: sparse.csc_array, cost: Array, rows: _Rows, keep: int, offsets: Array) -> ConicPoint:
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = TOLERANCE
    solver = clarabel.DefaultSolver(
        sparse.csc_matrix(quadratic), cost, sparse.csc_matrix(rows.matrix), offsets, rows.cones, settings
    )
    solution = solver.solve()
    status = str(solution.status)
    return ConicPoint(
        np.array(solution.x)[:keep], int(solution.iterations), status in SOLVED, "PrimalInfeasible" in status
    )
