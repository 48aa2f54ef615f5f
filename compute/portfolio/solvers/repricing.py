"""A polished answer, and the best prices of the linear limits for it."""

from dataclasses import dataclass, field, replace

import numpy as np

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Binding
from compute.portfolio.solvers.lagrangian import linear_binding, linear_bound
from compute.portfolio.solvers.linear_form import linear_form
from compute.portfolio.solvers.linear_program import LinearProgram


@dataclass(eq=False)
class Polished:
    """An answer with multipliers, and how far it is from the optimum."""

    weights: Array
    gap: float
    """In the units of the objective."""
    violation: float
    binding: tuple[Binding, ...] = field(default=())
    gradient: Array | None = None
    """(n,) of what is minimised, with the priced limits of risk but without those that are linear."""
    unused: float = 0.0
    """What the prices of the limits of risk add to the gap, for these are not met to the last digit."""
    risk_binding: tuple[Binding, ...] = field(default=())


def repriced(found: Polished, limits: Limits) -> Polished:
    """Return the same weights with the best prices of the linear limits there are, by a linear program."""
    if found.gradient is None or found.violation > 1e-9:
        return found
    form = linear_form(limits)
    size = float(np.abs(found.gradient).max(initial=0.0)) or 1.0
    cost = np.zeros(form.lower.size)
    cost[: limits.n] = found.gradient / size
    duals = LinearProgram(form, cost).solve().row_dual * size
    if duals.size != len(form.names):
        return found
    gap = float(found.gradient @ found.weights) - linear_bound(found.gradient, duals, form, limits)
    gap = max(gap, 0.0) + found.unused
    if gap >= found.gap:
        return found
    binding = linear_binding(found.gradient, duals, form, found.weights, limits)
    together = tuple(sorted([*binding, *found.risk_binding], key=lambda one: -one.multiplier))
    return replace(found, gap=gap, binding=together)
