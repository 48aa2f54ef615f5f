"""Which rows a commitment must open: drawn from the commitment itself (Fiat and Shamir 1986), at a price.

Who leaves out a share f of the rows is caught with probability 1 - (1 - f)^32. He could try other fillings until the
drawn rows are all done, and a try costs him a dozen hashes only. So the draw goes through a chain of hashes that takes
some 0.7 % of the time of the work on a processor: the tries for a share f cost 0.007 / (1 - f)^32 of the work, and the
best share leaves him 1.5 % of it.
"""

import struct

import numpy as np
from blake3 import blake3
from numpy.typing import NDArray

from compute.proof.generators import fill_draws, words_of
from compute.proof.inputs import sizes_bytes
from compute.proof.receipt import Sizes

SAMPLED_ROWS = 32
MULTIPLICATIONS_PER_LINK = 2**21  # some 50 us of a core; a link takes 0.45 us
_ROOT_DOMAIN = b"gemm_int8_relu_q_v2/root"
_DRAW_DOMAIN = b"gemm_int8_relu_q_v2/draw"


def commit(merkle_root: bytes, sizes: Sizes) -> bytes:
    """Return the work root of v2: the root over the rows together with the shape."""
    return blake3(_ROOT_DOMAIN + merkle_root + sizes_bytes(sizes)).digest()


def sampled_rows(work_root: bytes, seed16: bytes, sizes: Sizes) -> NDArray[np.int64]:
    """Return the rows to open, ascending, all different: 32, or all of a smaller matrix."""
    key = blake3(_DRAW_DOMAIN + struct.pack("<I", SAMPLED_ROWS) + seed16 + work_root).digest()
    for _ in range(sizes.multiplications // MULTIPLICATIONS_PER_LINK):
        key = blake3(key).digest()
    if sizes.m <= SAMPLED_ROWS:
        return np.arange(sizes.m, dtype=np.int64)
    return np.sort(_distinct(key, sizes.m))


def _distinct(key: bytes, count: int) -> NDArray[np.int64]:
    """Return the first 32 of a shuffle from the front: position t changes places with one of those not before it."""
    draws = np.arange(count, count - SAMPLED_ROWS, -1, dtype=np.uint32)
    fill_draws(words_of(key), draws)
    moved: dict[int, int] = {}
    chosen = []
    for at, draw in enumerate(draws.tolist()):
        other = at + draw
        chosen.append(moved.get(other, other))
        moved[other] = moved.get(at, at)
    return np.array(chosen, dtype=np.int64)
