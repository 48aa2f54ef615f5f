"""Y2 of a few rows of A: what a verifier computes, from weights that are prepared once for each shape.

The signs of an attempt are carried over from W1 to the rows, of which there are few: then W1 is the same for every
receipt. That is exact but for the entries of W1 that are -128 in a negated row: they are 127 in the product, not 128,
and what they are too much is taken off again.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from compute.proof.engines import Engine
from compute.proof.generators import KEPT, Bytes
from compute.proof.inputs import fixed_weights, mix_columns
from compute.proof.numpy_engine import quantised

_I8_2D = types.Array(types.int8, 2, "C")
_I32_2D = types.Array(types.int32, 2, "C")
_PLACES = types.Array(types.int64, 1, "C")
_FLAGS = types.Array(types.boolean, 1, "C")


@dataclass(frozen=True)
class PreparedWeights:
    """The fixed weights of one shape on one engine."""

    first: Any
    """W1, (k, n), without signs."""
    second: Any
    """W2, (n, n)."""
    least_rows: NDArray[np.int64]
    """Row and column of each entry of W1 that is -128."""
    least_columns: NDArray[np.int64]
    columns: int
    """n"""


@lru_cache(maxsize=2)
def prepare_weights(engine: Engine, k: int, n: int) -> PreparedWeights:
    """Return the weights of this shape as the engine takes them; the last two shapes stay in memory."""
    weights = fixed_weights(k, n)
    columns, rows = map(np.ascontiguousarray, np.nonzero(weights.first.T == -128))  # in the order of `surplus`
    return PreparedWeights(engine.prepare(weights.first), engine.prepare(weights.second), rows, columns, n)


def outputs_of_rows(engine: Engine, rows: Bytes, negated: NDArray[np.intp], weights: PreparedWeights) -> Bytes:
    """Return Y2, (r, n), of rows of A before they are mixed, (r, k), where these columns are negated."""
    is_negated = np.zeros(rows.shape[1], np.bool_)
    is_negated[negated] = True
    carried = np.where(is_negated, np.maximum(rows, np.int8(-127)), rows)  # mixed, and negated again
    first = engine.accumulate(carried, weights.first)[:, : weights.columns]
    surplus = np.zeros((weights.columns, len(rows)), np.int32)
    mixed = np.ascontiguousarray(mix_columns(rows.copy(), negated).T)
    add_least(mixed, is_negated, weights.least_rows, weights.least_columns, surplus)
    middle = quantised(first - surplus.T.astype(first.dtype))
    return quantised(engine.accumulate(middle, weights.second)[:, : weights.columns])


@numba.njit(types.void(_I8_2D, _FLAGS, _PLACES, _PLACES, _I32_2D), cache=KEPT, nogil=True)
def add_least(mixed, is_negated, rows, columns, surplus):  # type: ignore[no-untyped-def]
    """Add to `surplus`, (n, r), the columns of A, given as (k, r), that meet a -128 of W1 in a negated row."""
    for at in range(len(rows)):
        if is_negated[rows[at]]:
            column, entries = surplus[columns[at]], mixed[rows[at]]
            for row in range(len(entries)):
                column[row] += entries[row]
