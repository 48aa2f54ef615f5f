"""The two generators of the protocol as compiled loops: xoshiro128++ makes matrices, ChaCha12 makes permutations.

Sources: D. Blackman and S. Vigna (2021), "Scrambled linear pseudorandom number generators", ACM TOMS 47(4);
D. J. Bernstein (2008), "ChaCha, a variant of Salsa20", with 12 rounds, a 64-bit counter and a zero stream. Numbers
below a bound are drawn by widening multiplication with rejection, as the protocol writes it.
"""

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

KEPT = bool(numba.config.CACHE_DIR)  # type: ignore[attr-defined]  # numba would otherwise write beside the sources
ROUND_PAIRS = 6  # of ChaCha12
BLOCK = 16  # words

Bytes = NDArray[np.int8]
Words = NDArray[np.uint32]
_U32 = types.Array(types.uint32, 1, "C")
_I8 = types.Array(types.int8, 1, "C")
_I8_2D = types.Array(types.int8, 2, "C")
_U32_2D = types.Array(types.uint32, 2, "C")


@numba.njit(inline="always")
def _rotate(x, count):  # type: ignore[no-untyped-def]
    return np.uint32((x << np.uint32(count)) | (x >> np.uint32(32 - count)))


@numba.njit(types.void(_U32), cache=KEPT, nogil=True, inline="always")
def _advance(s):  # type: ignore[no-untyped-def]
    t = np.uint32(s[1] << np.uint32(9))
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = _rotate(s[3], 11)


@numba.njit(types.void(_U32, _U32), cache=KEPT, nogil=True)
def fill_words(state, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the next words of the xoshiro128++ in `state`, (4,), which moves on."""
    s = state.copy()
    for at in range(out.size):
        out[at] = np.uint32(_rotate(np.uint32(s[0] + s[3]), 7) + s[0])
        _advance(s)
    state[:] = s


@numba.njit(types.void(_U32, _I8), cache=KEPT, nogil=True)
def fill_bytes(state, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the low bytes, two's complement, of the next words; `state` moves on."""
    s0, s1, s2, s3 = state[0], state[1], state[2], state[3]
    for at in range(out.size):
        total = np.uint32(s0 + s3)
        word = np.uint32(np.uint32((total << np.uint32(7)) | (total >> np.uint32(25))) + s0)
        out[at] = np.int8(word & np.uint32(255))
        t = np.uint32(s1 << np.uint32(9))
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = np.uint32((s3 << np.uint32(11)) | (s3 >> np.uint32(21)))
    state[0], state[1], state[2], state[3] = s0, s1, s2, s3


@numba.njit(types.void(_U32_2D, _I8_2D), cache=KEPT, nogil=True)
def fill_rows(states, out):  # type: ignore[no-untyped-def]
    """Fill each row of `out`, (r, k), as `fill_bytes` does from the same row of `states`, (r, 4)."""
    for row in range(len(out)):
        fill_bytes(states[row], out[row])


@numba.njit(inline="always")
def _quarter(x, a, b, c, d):  # type: ignore[no-untyped-def]
    x[a] = np.uint32(x[a] + x[b])
    x[d] = _rotate(x[d] ^ x[a], 16)
    x[c] = np.uint32(x[c] + x[d])
    x[b] = _rotate(x[b] ^ x[c], 12)
    x[a] = np.uint32(x[a] + x[b])
    x[d] = _rotate(x[d] ^ x[a], 8)
    x[c] = np.uint32(x[c] + x[d])
    x[b] = _rotate(x[b] ^ x[c], 7)


@numba.njit(types.void(_U32, types.uint64, _U32), cache=KEPT, nogil=True)
def fill_block(key, counter, out):  # type: ignore[no-untyped-def]
    """Fill `out`, (16,), with the block of that number of the ChaCha12 with `key`, (8,)."""
    start = np.empty(BLOCK, np.uint32)
    start[0], start[1], start[2], start[3] = 0x61707865, 0x3320646E, 0x79622D32, 0x6B206574
    start[4:12] = key
    start[12] = np.uint32(counter & np.uint64(0xFFFFFFFF))
    start[13] = np.uint32(counter >> np.uint64(32))
    start[14] = start[15] = 0
    out[:] = start
    for _ in range(ROUND_PAIRS):
        _quarter(out, 0, 4, 8, 12)
        _quarter(out, 1, 5, 9, 13)
        _quarter(out, 2, 6, 10, 14)
        _quarter(out, 3, 7, 11, 15)
        _quarter(out, 0, 5, 10, 15)
        _quarter(out, 1, 6, 11, 12)
        _quarter(out, 2, 7, 8, 13)
        _quarter(out, 3, 4, 9, 14)
    for at in range(BLOCK):
        out[at] = np.uint32(out[at] + start[at])


@numba.njit(types.void(_U32, _U32), cache=KEPT, nogil=True)
def fill_draws(key, bounds_to_draws):  # type: ignore[no-untyped-def]
    """Replace each bound (at least 1) by a number below it, drawn from the ChaCha12 with `key` from its start.

    A word x gives hi:lo = x * bound and is rejected while lo > (bound << leading zeros of bound) - 1.
    """
    block = np.empty(BLOCK, np.uint32)
    counter, used = np.uint64(0), BLOCK
    for at in range(bounds_to_draws.size):
        bound = np.uint64(bounds_to_draws[at])
        shifted = bound
        while shifted < np.uint64(0x80000000):
            shifted <<= np.uint64(1)
        zone = shifted - np.uint64(1)
        while True:
            if used == BLOCK:
                fill_block(key, counter, block)
                counter += np.uint64(1)
                used = 0
            product = np.uint64(block[used]) * bound
            used += 1
            if (product & np.uint64(0xFFFFFFFF)) <= zone:
                break
        bounds_to_draws[at] = np.uint32(product >> np.uint64(32))


@numba.njit(types.void(_U32, _U32), cache=KEPT, nogil=True)
def swap_down(order, partners):  # type: ignore[no-untyped-def]
    """Swap `order[i]` with `order[partners[t]]` for i from the last down to 1, t counting up: Fisher and Yates."""
    last = order.size - 1
    for t in range(last):
        i, j = last - t, partners[t]
        order[i], order[j] = order[j], order[i]


def shuffled(key: Words, count: int) -> Words:
    """Return 0 .. count-1 in the order of the Fisher-Yates shuffle with the ChaCha12 of `key`, (8,)."""
    partners = np.arange(count, 1, -1, dtype=np.uint32)
    fill_draws(key, partners)
    order = np.arange(count, dtype=np.uint32)
    swap_down(order, partners)
    return order


def words_of(seed: bytes) -> Words:
    """Return bytes as little-endian words."""
    return np.frombuffer(seed, dtype="<u4").astype(np.uint32)
