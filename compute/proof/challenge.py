"""Which rows a commitment must open: drawn from the commitment itself (Fiat and Shamir 1986), at a price.

Who leaves out a share f of the rows is caught with probability 1 - (1 - f)^32. He could try other fillings until the
drawn rows are all done, and a try would cost him a dozen hashes only. So the draw hashes as many bytes as take some
0.3 % of the time that the work takes with int8 instructions: the tries for a share f cost 0.003 / (1 - f)^32 of the
work, and the best share, 7 %, leaves him 4 % of it. The bytes are hashed under a key, in one call that uses a
processor's widest instructions, so that no cheat hashes much faster than the verifier does; a chain of short hashes
from Python took ten times as long here as it takes whoever writes it in C.
"""

import struct

import numpy as np
from blake3 import blake3
from numpy.typing import NDArray

from compute.proof.generators import fill_draws, words_of
from compute.proof.inputs import sizes_bytes
from compute.proof.receipt import Sizes

SAMPLED_ROWS = 32
MULTIPLICATIONS_PER_BYTE = 2**13  # some 60 ns of a core with int8 instructions; a byte takes 0.17 ns
_ROOT_DOMAIN = b"gemm_int8_relu_q_v2/root"
_DRAW_DOMAIN = b"gemm_int8_relu_q_v2/draw"
_ZEROS = bytes(2**20)


def commit(merkle_root: bytes, sizes: Sizes) -> bytes:
    """Return the work root of v2: the root over the rows together with the shape."""
    return blake3(_ROOT_DOMAIN + merkle_root + sizes_bytes(sizes)).digest()


def sampled_rows(work_root: bytes, seed16: bytes, sizes: Sizes) -> NDArray[np.int64]:
    """Return the rows to open, ascending, all different: 32, or all of a smaller matrix."""
    key = blake3(_DRAW_DOMAIN + struct.pack("<I", SAMPLED_ROWS) + seed16 + work_root).digest()
    key = _priced(key, sizes.multiplications // MULTIPLICATIONS_PER_BYTE)
    if sizes.m <= SAMPLED_ROWS:
        return np.arange(sizes.m, dtype=np.int64)
    return np.sort(_distinct(key, sizes.m))


def _priced(key: bytes, count: int) -> bytes:
    """Return the hash under `key` of so many zeros: every block of them has to be hashed, with this key."""
    price = blake3(key=key)
    for _ in range(count // len(_ZEROS)):
        price.update(_ZEROS)
    price.update(_ZEROS[: count % len(_ZEROS)])
    return price.digest()


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
