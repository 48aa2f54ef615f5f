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

KEPT_ENTRIES = 2**22  # of weights that are kept as float32: 16 MiB, those of a cube of 2048

Floats = NDArray[np.floating]
Weights = Bytes | NDArray[np.float32]


class NumpyEngine:
    """Runs the pipeline on the processors with the BLAS that NumPy has."""

    name = "numpy"

    def outputs(self, left: Bytes, first: Bytes, second: Bytes) -> Bytes:
        """Return Y2, (m, n), of A, (m, k), W1, (k, n), and W2, (n, n)."""
        found = np.empty((len(left), second.shape[1]), np.int8)
        for start in range(0, len(left), ROWS):
            part = slice(start, start + ROWS)
            found[part] = quantised(self.accumulate(quantised(self.accumulate(left[part], first)), second))
        return found

    def prepare(self, weights: Bytes) -> Weights:
        """Return weights as few rows are multiplied by them fastest: as float32, unless they would take much memory."""
        return weights.astype(np.float32) if weights.size <= KEPT_ENTRIES else weights

    def accumulate(self, left: Bytes, weights: Weights) -> Floats:
        """Return the product: exact up to 2^24 in magnitude, above that well above where all is clamped."""
        return _product(left, weights, _sum_type(len(weights)))

    def product(self, left: Bytes, right: Bytes) -> NDArray[np.int64]:
        """Return the exact product, (m, n), of int8 matrices, (m, k) and (k, n)."""
        return _product(left, right, np.dtype(np.float64)).astype(np.int64)


def quantised(accumulators: Floats) -> Bytes:
    """Return clamp(trunc(x / 256), 0, 127) of each x. Overwrites its argument."""
    np.multiply(accumulators, STEP, out=accumulators)
    np.clip(accumulators, 0.0, LARGEST, out=accumulators)
    return accumulators.astype(np.int8)


def _sum_type(terms: int) -> np.dtype[np.floating]:
    """Return the type in which exact sums of pieces are added.

    Two of them are rounded above 2^24 only, where all is clamped; of more, a rounded sum could come back from there.
    """
    return np.dtype(np.float32 if terms <= 2 * EXACT else np.float64)


def _product(left: Bytes, right: Weights, sum_type: np.dtype[np.floating]) -> Floats:
    total: Floats | None = None
    for piece in _slices(0, len(right), EXACT):
        found = _exact_product(left, right, piece)
        if total is None:
            total = found.astype(sum_type, copy=False)
        else:
            total += found
    assert total is not None, "a matrix has rows"
    return total


def _exact_product(left: Bytes, right: Weights, piece: slice) -> NDArray[np.float32]:
    found: NDArray[np.float32] | None = None
    is_narrow = len(left) <= FEW_ROWS and right.dtype != np.float32
    for narrow in _slices(piece.start, piece.stop, NARROW if is_narrow else EXACT):
        product = left[:, narrow].astype(np.float32) @ right[narrow].astype(np.float32, copy=False)
        if found is None:
            found = product
        else:
            found += product
    assert found is not None, "a piece has rows"
    return found


def _slices(start: int, stop: int, step: int) -> Iterator[slice]:
    return (slice(at, min(at + step, stop)) for at in range(start, stop, step))
