"""The int8 pipeline in NumPy: exact products through single precision, in pieces in which nothing can be rounded."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from compute.proof.generators import Bytes

EXACT = 1024  # terms of a sum: 1024 * 128 * 128 = 2^24, up to where float32 holds every integer
ROWS = 1024  # computed at a time, which bounds the memory: 32 MiB of accumulators at the largest n
FEW_ROWS = 128  # below, reading the weights takes longer than multiplying them,
NARROW = 256  # and so many rows of them as float32 stay in the cache between the two
LARGEST = 127.0
STEP = np.float32(1 / 256)  # a power of two: scaling rounds nothing

Floats = NDArray[np.floating]


class NumpyEngine:
    """Runs the pipeline on the processors with the BLAS that NumPy has."""

    name = "numpy"

    def outputs(self, left: Bytes, first: Bytes, second: Bytes) -> Bytes:
        """Return Y2, (m, n), of A, (m, k), W1, (k, n), and W2, (n, n)."""
        return outputs_of(left, first, second)

    def product(self, left: Bytes, right: Bytes) -> NDArray[np.int64]:
        """Return the exact product, (m, n), of int8 matrices, (m, k) and (k, n)."""
        return _product(left, right, np.dtype(np.float64)).astype(np.int64)


def outputs_of(left: Bytes, first: Bytes, second: Bytes, negated: NDArray[np.intp] | None = None) -> Bytes:
    """Return Y2, (m, n), of A, W1 and W2; with `negated`, these rows of W1 are negated, -128 to 127, on the way."""
    signs = None
    if negated is not None:
        signs = np.ones((len(first), 1), np.float32)
        signs[negated] = -1
    found = np.empty((len(left), second.shape[1]), np.int8)
    for start in range(0, len(left), ROWS):
        part = slice(start, start + ROWS)
        middle = _quantise(_product(left[part], first, _sum_type(len(first)), signs))
        found[part] = _quantise(_product(middle, second, _sum_type(len(second))))
    return found


def _quantise(accumulators: Floats) -> Bytes:
    """Return clamp(trunc(x / 256), 0, 127) of each x. Overwrites its argument."""
    np.multiply(accumulators, STEP, out=accumulators)
    np.clip(accumulators, 0.0, LARGEST, out=accumulators)
    return accumulators.astype(np.int8)


def _sum_type(terms: int) -> np.dtype[np.floating]:
    """Return the type in which exact sums of pieces are added.

    Two of them are rounded above 2^24 only, where all is clamped; of more, a rounded sum could come back from there.
    """
    return np.dtype(np.float32 if terms <= 2 * EXACT else np.float64)


def _product(
    left: Bytes, right: Bytes, sum_type: np.dtype[np.floating], signs: NDArray[np.float32] | None = None
) -> Floats:
    """Return the product; `signs`, (k, 1), multiply the rows of `right`, 128 becoming 127."""
    total: Floats | None = None
    for piece in _slices(0, len(right), EXACT):
        found = _exact_product(left, right, piece, signs)
        if total is None:
            total = found.astype(sum_type, copy=False)
        else:
            total += found
    assert total is not None, "a matrix has rows"
    return total


def _exact_product(left: Bytes, right: Bytes, piece: slice, signs: NDArray[np.float32] | None) -> NDArray[np.float32]:
    found: NDArray[np.float32] | None = None
    for narrow in _slices(piece.start, piece.stop, NARROW if len(left) <= FEW_ROWS else EXACT):
        weights = right[narrow].astype(np.float32)
        if signs is not None:
            weights *= signs[narrow]
            np.minimum(weights, np.float32(LARGEST), out=weights)
        product = left[:, narrow].astype(np.float32) @ weights
        if found is None:
            found = product
        else:
            found += product
    assert found is not None, "a piece has rows"
    return found


def _slices(start: int, stop: int, step: int) -> Iterator[slice]:
    return (slice(at, min(at + step, stop)) for at in range(start, stop, step))
