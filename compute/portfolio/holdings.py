"""Weights that are given rather than sought: of the assets and the cash beside them."""

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from compute.portfolio.constraints import Weight
from compute.portfolio.naming import weights_of
from compute.schema import Location, RequestError

Array = NDArray[np.float64]

UNEVEN = 1e-6  # by which weights may miss 1: what six decimals leave
Rest = Literal["refuse", "cash", "scale"]

RestField = Annotated[
    Rest,
    Field(
        title="Weights that do not sum to 1",
        description="Refuse: an error. Cash: what is left, or lacks, is held as or borrowed in cash. Scale: they are "
        "made to sum to 1.",
        json_schema_extra={"advanced": True},
    ),
]
GivenWeights = dict[Annotated[str, Field(min_length=1, max_length=200)], Weight]


def held_weights(
    given: Mapping[str, float] | None,
    names: tuple[str, ...],
    rest: Rest,
    loc: Location = ("weights",),
    apart: tuple[str, ...] = (),
) -> tuple[Array, list[str]]:
    """Return the weights in the order of `names`, (n,), equal ones where none are given, and notes.

    `apart` names those that are not held where no weights are given. Raises RequestError at `loc` for unknown names,
    for a sum that `rest` refuses, and for a sum of 0 to scale.
    """
    if given is None:
        held = np.array([name not in apart for name in names])
        even = held / max(int(held.sum()), 1)
        others = " but the factors" if apart else ""
        return even, [f"No weights were given: all assets{others} count the same."]
    weights = weights_of(given, names, loc)
    total = float(weights.sum())
    if not weights.any():
        raise RequestError.at(*loc, msg="all weights are 0; give some asset a weight")
    if abs(total - 1) <= UNEVEN:
        return weights, []
    if rest == "refuse":
        msg = f"the weights sum to {total:.6g}, not 1; correct them, or let the rest be cash, or scale them"
        raise RequestError.at(*loc, msg=msg)
    if rest == "cash":
        does = "is held as cash" if total < 1 else "is borrowed"
        return weights, [f"The weights sum to {total:.4g}; {abs(1 - total):.4g} {does} at the risk-free rate."]
    if abs(total) < UNEVEN:
        msg = "the weights sum to 0 and cannot be scaled to 1; let the rest be cash"
        raise RequestError.at(*loc, msg=msg)
    return weights / total, [f"The weights summed to {total:.6g} and were scaled to 1."]
