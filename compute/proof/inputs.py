"""What an attempt multiplies, from its seed: the matrix A, the fixed weights, and signs.

The protocol multiplies column j of A and row j of W1 by one sign and then permutes both. The signs leave the product as
it is but for -128, whose negative saturates to 127. The permutation changes the order of the terms of exact sums, hence
nothing, and is not carried out; a test compares with the protocol as it is written.
"""

import struct
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from blake3 import blake3
from numpy.typing import NDArray

from compute.proof.generators import Bytes, fill_bytes, fill_rows, fill_words, words_of
from compute.proof.receipt import V1, AnyReceipt, Sizes

WEIGHTS_SEED = blake3(b"FIXED_WEIGHTS_V1").digest()[:16]
_V2_DOMAIN = b"gemm_int8_relu_q_v2/seed"
_ROWS_DOMAIN = b"gemm_int8_relu_q_v2/rows"


class Weights(NamedTuple):
    """The fixed weights of one shape."""

    first: Bytes
    """(k, n)"""
    second: Bytes
    """(n, n)"""


def seed_of(prev_hash: bytes, nonce: int) -> bytes:
    """Return the 16 bytes from which v1 derives everything: anybody's for this hash and nonce."""
    return blake3(prev_hash + struct.pack("<I", nonce)).digest()[:16]


def bound_seed(device_did: str, epoch_id: int, prev_hash: bytes, nonce: int) -> bytes:
    """Return the seed of v2: of this device and epoch alone, so that one attempt cannot serve two devices."""
    device = blake3(device_did.encode()).digest()
    return blake3(_V2_DOMAIN + device + struct.pack("<Q", epoch_id) + prev_hash + struct.pack("<I", nonce)).digest()[
        :16
    ]


def seed_for(receipt: AnyReceipt) -> bytes:
    """Return the seed of the attempt that a receipt is of."""
    prev_hash = bytes.fromhex(receipt.prev_hash_hex)
    if receipt.kernel_ver == V1:
        return seed_of(prev_hash, receipt.nonce)
    return bound_seed(receipt.device_did, receipt.epoch_id, prev_hash, receipt.nonce)


def long_seed(seed16: bytes) -> bytes:
    """Return the 32 bytes that seed the permutations."""
    return blake3(seed16).digest()


def make_matrix(seed16: bytes, rows: int, columns: int) -> Bytes:
    """Return v1's A, (rows, columns), before it is mixed."""
    matrix = np.empty(rows * columns, np.int8)
    fill_bytes(words_of(seed16), matrix)
    return matrix.reshape(rows, columns)


def make_rows(seed16: bytes, rows: NDArray[np.int64], columns: int) -> Bytes:
    """Return the given rows of v2's A before it is mixed, each from a seed of its own: none needs those before it."""
    seeds = blake3(_ROWS_DOMAIN + seed16).digest(length=16 * (int(rows.max()) + 1))
    states = words_of(seeds).reshape(-1, 4)[rows]
    matrix = np.empty((len(rows), columns), np.int8)
    fill_rows(states, matrix)
    return matrix


@lru_cache(maxsize=2)
def fixed_weights(k: int, n: int) -> Weights:
    """Return the weights of this shape, read-only; the last two shapes stay in memory (2 x 128 MiB at most)."""
    stream = np.empty(k * n + n * n, np.int8)
    fill_bytes(words_of(WEIGHTS_SEED), stream)
    stream.flags.writeable = False
    return Weights(stream[: k * n].reshape(k, n), stream[k * n :].reshape(n, n))


def negated_columns(seed16: bytes, k: int) -> NDArray[np.intp]:
    """Return which columns of A, and rows of W1, are negated: those whose word of a fresh generator is odd."""
    words = np.empty(k, np.uint32)
    fill_words(words_of(seed16), words)
    return np.flatnonzero(words & np.uint32(1))


def mix_columns(matrix: Bytes, negated: NDArray[np.intp]) -> Bytes:
    """Return A with these columns negated; -128 becomes 127. Overwrites its argument."""
    matrix[:, negated] = _negated(matrix[:, negated])
    return matrix


def mix_rows(weights: Bytes, negated: NDArray[np.intp]) -> Bytes:
    """Return W1 with these rows negated; -128 becomes 127."""
    mixed = weights.copy()
    mixed[negated] = _negated(mixed[negated])
    return mixed


def sizes_bytes(sizes: Sizes) -> bytes:
    """Return m, n and k as u64, little-endian."""
    return struct.pack("<QQQ", sizes.m, sizes.n, sizes.k)


def _negated(values: Bytes) -> Bytes:
    return np.negative(np.maximum(values, -127))
