"""Proof of an answer, from the weights and the data alone.

For a convex objective f and multipliers y >= 0 of the limits, the Lagrangian lies below f on every portfolio allowed,
and above its tangent at the answer. The tangent's minimum over bounds and sum is found by sorting, so any multipliers
give a bound on what could still be gained; good ones give a bound near zero.
"""

import numpy as np

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Binding, Certificate
from compute.portfolio.solvers.greedy import linear_gap

NEGLIGIBLE = 1e-6
"""An objective smaller than this share of its natural scale counts as this share: gaps are relative to it."""

TOLD = 100
"""Of a thousand bounds that bind, so many are named: those that cost most."""


def relative(gap: float, objective: float, scale: float) -> float:
    """Return `gap` relative to the objective, or to a millionth of `scale` where the objective is next to nothing."""
    return gap / max(abs(objective), NEGLIGIBLE * scale, 1e-300)


def box_violation(weights: Array, limits: Limits) -> float:
    """Return by how much weights leave their bounds or their sum."""
    below = float(np.max(limits.lower - weights, initial=0.0))
    above = float(np.max(weights - limits.upper, initial=0.0))
    return max(below, above, abs(float(weights.sum()) - limits.net))


def box_binding(gradient: Array, weights: Array, limits: Limits) -> tuple[Binding, ...]:
    """Return the bounds that hold a minimum back, the most costly first.

    `gradient` (n,) of what is minimised. The multiplier of the sum is what the assets between their bounds agree on.
    """
    multiplier = box_multiplier(gradient, weights, limits)
    above = (weights >= limits.upper) & (gradient < multiplier)
    below = (weights <= limits.lower) & (gradient > multiplier)
    cost = np.abs(gradient - multiplier)
    held = np.flatnonzero(above | below)
    order = held[np.argsort(-cost[held], kind="stable")[:TOLD]]
    return tuple(Binding(bound_name(limits, int(i), is_upper=bool(above[i])), float(cost[i])) for i in order)


def box_multiplier(gradient: Array, weights: Array, limits: Limits) -> float:
    """Return the multiplier of the sum: the gradient between the bounds, else midway between buying and selling."""
    free = (weights > limits.lower) & (weights < limits.upper)
    if free.any():
        return float(np.median(gradient[free]))
    sell = gradient[weights > limits.lower]
    buy = gradient[weights < limits.upper]
    if not sell.size or not buy.size:
        return float(np.median(gradient))
    return 0.5 * float(sell.max() + buy.min())


def bound_name(limits: Limits, asset: int, is_upper: bool) -> str:
    """Return a bound in words."""
    value = limits.upper[asset] if is_upper else limits.lower[asset]
    return f"{limits.assets[asset]} at {'most' if is_upper else 'least'} {value:g}"


def certify_box(
    gradient: Array, weights: Array, limits: Limits, objective: float, scale: float, steps: int, method: str
) -> Certificate:
    """Return the certificate of a minimum of a convex function over bounds and sum.

    `gradient` (n,) at `weights`, of a function in the units of `objective`; `scale` its natural size.
    """
    gap = relative(linear_gap(gradient, weights, limits), objective, scale)
    return Certificate(
        status="optimal" if gap <= 1e-6 else "limit",
        duality_gap=gap,
        violation=box_violation(weights, limits),
        binding=box_binding(gradient, weights, limits),
        iterations=steps,
        method=method,
    )
