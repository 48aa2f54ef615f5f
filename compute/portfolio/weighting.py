"""Weights of the past: how much each period counts in an exponentially weighted estimate."""

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from compute.schema import Record

Array = NDArray[np.float64]


class Fading(Record):
    """What exponentially weighted estimators have in common."""

    half_life: float = Field(
        default=63,
        ge=1,
        le=100_000,
        title="Half-life",
        description="After so many periods an observation counts half as much.",
        json_schema_extra={"unit": "periods"},
    )


def fading_weights(length: int, half_life: float) -> Array:
    """Return weights (length,) that sum to 1, the newest last: 2^(-age / half_life)."""
    weights = np.exp2(-np.arange(length - 1, -1, -1) / half_life)
    return np.asarray(weights / weights.sum())
