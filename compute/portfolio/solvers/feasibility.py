"""Can bounds and sum be met at all? If not, which of them stand against each other, and what would give way.

Other limits are examined by `conflict.py`, with a linear program.
"""

import numpy as np

from compute.portfolio.limits import Limits
from compute.portfolio.solution import Conflict, InfeasibleError

SLACK = 1e-12
"""Sums of bounds are compared with the net weight down to this, so that 20 x 0.05 makes 1."""


def check_box(limits: Limits) -> None:
    """Raise InfeasibleError where a lower bound exceeds its upper bound, or the bounds cannot sum to the net weight."""
    crossed = np.flatnonzero(limits.lower > limits.upper)
    if crossed.size:
        raise InfeasibleError(_crossed(limits, int(crossed[0]), crossed.size))
    slack = SLACK * max(1.0, abs(limits.net))
    if float(limits.upper.sum()) < limits.net - slack:
        raise InfeasibleError(_too_tight(limits, is_upper=True))
    if float(limits.lower.sum()) > limits.net + slack:
        raise InfeasibleError(_too_tight(limits, is_upper=False))


def _crossed(limits: Limits, asset: int, count: int) -> Conflict:
    name, low, high = limits.assets[asset], limits.lower[asset], limits.upper[asset]
    others = f" ({count - 1} more assets likewise)" if count > 1 else ""
    return Conflict(
        constraints=(f"{name} at least {low:g}", f"{name} at most {high:g}"),
        message=f"{name} is to hold at least {low:g} and at most {high:g}{others}.",
        nearest=f"Lower its least weight to {high:g}, or raise its largest to {low:g}.",
    )


def _too_tight(limits: Limits, is_upper: bool) -> Conflict:
    bounds = limits.upper if is_upper else limits.lower
    side, change = ("most", "Raise") if is_upper else ("least", "Lower")
    total, n = float(bounds.sum()), limits.n
    kind = "largest" if is_upper else "least"
    if np.ptp(bounds) <= SLACK:
        what = f"{n} assets at {side} {bounds[0]:g} each"
        way = f"{change} the {kind} weight to {limits.net / n:.6g}"
    else:
        what = f"the {kind} weights of the {n} assets"
        way = f"{change} the {kind} weights by {abs(limits.net - total):.6g} in all"
    return Conflict(
        constraints=(what, f"weights sum to {limits.net:g}"),
        message=f"{what[0].upper()}{what[1:]} sum to at {side} {total:.6g}, but weights must sum to {limits.net:g}.",
        nearest=f"{way}, or let the weights sum to {total:.6g}.",
    )
