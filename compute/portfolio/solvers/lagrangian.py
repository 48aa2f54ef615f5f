"""Bounds on what any portfolio can reach, from prices of the limits: proof for every convex problem."""

import numpy as np

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Binding
from compute.portfolio.solvers.certificate import box_binding, box_violation
from compute.portfolio.solvers.greedy import best_vertex
from compute.portfolio.solvers.linear_form import LinearForm

NEGLIGIBLE = 1e-10


def linear_bound(gradient: Array, row_dual: Array, form: LinearForm, limits: Limits) -> float:
    """Return a lower bound of `gradient @ w` over the linear limits, given prices of their rows.

    `gradient` (n,); `row_dual` has a price per row of `form` (more are ignored), in the unit of the gradient. Prices of
    the wrong sign count as 0.
    """
    rows = len(form.names)
    if rows == 1:
        return float(gradient @ best_vertex(-gradient, limits))
    prices = np.array(row_dual[:rows])
    prices[0] = 0.0
    prices[(prices > 0) & ~np.isfinite(form.row_lower)] = 0.0
    prices[(prices < 0) & ~np.isfinite(form.row_upper)] = 0.0
    fixed = np.where(prices > 0, form.row_lower, np.where(prices < 0, form.row_upper, 0.0))
    reduced = -(prices @ form.matrix)
    reduced[: form.n] += gradient
    weights = best_vertex(-reduced[: form.n], limits)
    extra = reduced[form.n :]
    further = np.where(extra > 0, form.lower[form.n :], form.upper[form.n :])
    return float(prices @ fixed + reduced[: form.n] @ weights + extra @ further)


def linear_binding(
    gradient: Array, row_dual: Array, form: LinearForm, weights: Array, limits: Limits
) -> tuple[Binding, ...]:
    """Return the rows and bounds that hold a minimum back, the most costly first; arguments as in `linear_bound`."""
    prices = np.array(row_dual[: len(form.names)])
    found = [
        Binding(row_name(form, row, is_upper=bool(prices[row] < 0)), abs(float(prices[row])))
        for row in range(1, len(form.names))
        if form.names[row] and abs(prices[row]) > NEGLIGIBLE * float(np.abs(gradient).max(initial=0.0))
    ]
    reduced = gradient - (prices @ form.matrix)[: form.n]
    found += box_binding(reduced, weights, limits)
    return tuple(sorted(found, key=lambda binding: -binding.multiplier))


def row_name(form: LinearForm, row: int, is_upper: bool) -> str:
    """Return a row in words, with its value."""
    low, high = form.row_lower[row] - form.shifts[row], form.row_upper[row] - form.shifts[row]
    if low == high:
        return f"{form.names[row]} equal to {low:g}"
    return f"{form.names[row]} at {'most' if is_upper else 'least'} {high if is_upper else low:g}"


def violation_of(weights: Array, limits: Limits) -> float:
    """Return by how much weights exceed any linear limit."""
    worst = box_violation(weights, limits)
    if len(limits.rows):
        values = limits.rows @ weights
        worst = max(worst, float((limits.row_lower - values).max()), float((values - limits.row_upper).max()))
    if limits.gross is not None:
        worst = max(worst, float(np.abs(weights).sum()) - limits.gross)
    if limits.max_turnover is not None and limits.previous is not None:
        worst = max(worst, float(np.abs(weights - limits.previous).sum()) - limits.max_turnover)
    return worst
