"""Which linear limits stand against each other, and the least that must give way: one elastic linear program.

Bounds and the sum are taken as given (`feasibility.check_box` has examined them); every other limit may be exceeded at
a price of 1 per unit. Where the cheapest portfolio pays something the limits are in conflict: those with a dual price
are the ones that matter, and what is paid is the nearest feasible change.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Conflict, InfeasibleError
from compute.portfolio.solvers.certificate import bound_name
from compute.portfolio.solvers.feasibility import check_box
from compute.portfolio.solvers.lagrangian import row_name
from compute.portfolio.solvers.linear_form import LinearForm, linear_form
from compute.portfolio.solvers.linear_program import LinearProgram, Vertex

PAID = 1e-9
PRICED = 1e-7
NAMED_BOUNDS = 4


def check_linear(limits: Limits) -> None:
    """Raise InfeasibleError where no portfolio meets the linear limits together."""
    check_box(limits)
    form = linear_form(limits)
    soft = np.flatnonzero([bool(name) for name in form.names])[1:]
    if not soft.size:
        return
    elastic = _elastic(form, soft)
    cost = np.concatenate([np.zeros(form.lower.size), np.ones(2 * soft.size)])
    vertex = LinearProgram(elastic, cost).solve()
    paid = vertex.x[form.lower.size :]
    if float(paid.sum()) <= PAID:
        return
    raise InfeasibleError(_told(limits, form, soft, vertex))


def _elastic(form: LinearForm, soft: NDArray[np.intp]) -> LinearForm:
    """Return `form` with two further variables per soft row: what it falls short by, and what it exceeds by."""
    unit = sparse.csr_array((np.ones(soft.size), (soft, np.arange(soft.size))), shape=(len(form.names), soft.size))
    extra = np.full(2 * soft.size, np.inf)
    return LinearForm(
        sparse.csr_array(sparse.hstack([form.matrix, unit, -unit], format="csr")),
        form.row_lower,
        form.row_upper,
        np.concatenate([form.lower, np.zeros(2 * soft.size)]),
        np.concatenate([form.upper, extra]),
        form.names,
        form.shifts,
        form.n,
    )


def _told(limits: Limits, form: LinearForm, soft: NDArray[np.intp], vertex: Vertex) -> Conflict:
    width = form.lower.size
    short, over = vertex.x[width : width + soft.size], vertex.x[width + soft.size :]
    named = [f"weights sum to {limits.net:g}"] if abs(vertex.row_dual[0]) > PRICED else []
    changes = []
    for i, row in enumerate(soft):
        price = vertex.row_dual[row]
        if abs(price) > PRICED or short[i] > PAID or over[i] > PAID:
            named.append(row_name(form, int(row), is_upper=bool(price < 0)))
        if short[i] > PAID:
            changes.append(f"lower {form.names[row]} to {form.row_lower[row] - form.shifts[row] - short[i]:.6g}")
        if over[i] > PAID:
            changes.append(f"raise {form.names[row]} to {form.row_upper[row] - form.shifts[row] + over[i]:.6g}")
    named += _bounds(limits, vertex.column_dual[: limits.n])
    sentence = " and ".join(changes)
    return Conflict(
        constraints=tuple(named),
        message=f"No portfolio meets these limits together: {'; '.join(named)}.",
        nearest=f"{sentence[:1].upper()}{sentence[1:]}; no smaller change in all makes a portfolio possible.",
    )


def _bounds(limits: Limits, prices: Array) -> list[str]:
    """Return the bounds that take part, by name while they are few, else by their number."""
    said = []
    for is_upper, kind in ((True, "largest"), (False, "least")):
        found = np.flatnonzero(prices < -PRICED if is_upper else prices > PRICED)
        values = (limits.upper if is_upper else limits.lower)[found]
        if found.size <= NAMED_BOUNDS:
            said += [bound_name(limits, int(asset), is_upper) for asset in found]
        elif np.ptp(values) == 0:
            said.append(f"{kind} weight {values[0]:g} of {found.size} assets")
        else:
            said.append(f"{kind} weights of {found.size} assets, {values.sum():.6g} in all")
    return said
