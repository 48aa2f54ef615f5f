"""Freivalds' check (1979): is C the product of A and B? In O(n^2), wrong with probability 2^-64 at most.

A worker checks what a device computed before it signs; who holds all accumulators of an attempt checks them whole.
"""

import numpy as np
from numpy.typing import NDArray

from compute.proof.generators import Bytes

ROUNDS = 4
RANGE = 2**16  # of the entries of a random vector: a wrong C passes one round with probability 1/RANGE at most
# Sizes up to 8192 keep every sum below 8192 * 128 * (8192 * 128 * 2^16) = 2^56: exact in int64.


def is_product(left: Bytes, right: Bytes, product: NDArray[np.int64], rng: np.random.Generator) -> bool:
    """Return True when `product`, (m, n), is that of `left`, (m, k), and `right`, (k, n).

    The vectors must be drawn after the product is fixed, from what its maker cannot know.
    """
    vectors = rng.integers(0, RANGE, size=(product.shape[1], ROUNDS), dtype=np.int64)
    inner = _times(right, vectors)
    return bool(np.array_equal(_times(left, inner), _times(product, vectors)))


def _times(matrix: NDArray[np.signedinteger], vectors: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the exact product with few columns: a column at a time, in rows that stay in the cache."""
    found = np.empty((len(matrix), vectors.shape[1]), np.int64)
    for start in range(0, len(matrix), 256):
        found[start : start + 256] = matrix[start : start + 256].astype(np.int64) @ vectors
    return found
