"""Counts of points in boxes by sets of bits: many boxes about the same points in a few instructions each.

Bit p of a set stands for the point at place p along the first axis. For every other axis there are the sets of the
points of rank below r, for every r: the difference of two of them holds all points between two values, and what is in
the sets of all axes at once is in the box. Differences are compared as they are, as `counting` does.
"""

import numpy as np
from numpy.typing import NDArray

from compute.information.compilation import kernel

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Bits = NDArray[np.uint64]

FIVES = np.uint64(0x5555555555555555)
THREES = np.uint64(0x3333333333333333)
NIBBLES = np.uint64(0x0F0F0F0F0F0F0F0F)
ONES = np.uint64(0x0101010101010101)
ONE, TWO, FOUR, TOP, SIGN = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56), np.uint64(63)
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


def words_of(n: int) -> int:
    """Return how many words of 64 bits hold a set of n points."""
    return (n + 63) // 64


def pad(ascending: Array) -> Array:
    """Return ascending values, (m, n), with infinities behind: 2^levels - 1 in each row, where searches take levels."""
    m, n = ascending.shape
    padded = np.full((m, (1 << int(n).bit_length()) - 1), np.inf)
    padded[:, :n] = ascending
    return padded


@kernel
def fill_sets(places: Index, sets: Bits) -> None:
    """Fill `sets`, (n + 1, words), where set r holds the first r of `places`, (n,)."""
    sets[0] = 0
    for rank in range(places.size):
        sets[rank + 1] = sets[rank]
        sets[rank + 1, places[rank] >> 6] |= ONE << np.uint64(places[rank] & 63)


@kernel
def count_bits(word: np.uint64) -> int:
    """Return how many bits are set; compilers know this for one instruction."""
    word = word - ((word >> ONE) & FIVES)
    word = (word & THREES) + ((word >> TWO) & THREES)
    word = (word + (word >> FOUR)) & NIBBLES
    return int((word * ONES) >> TOP)


@kernel
def is_negative(number: float) -> int:
    """Return 1 for a number below 0, else 0: as arithmetic, since a branch here is guessed wrong every other time."""
    return int(np.float64(number).view(np.uint64) >> SIGN)


@kernel
def first_inside(padded: Array, levels: int, value: float, radius: float) -> int:
    """Return the first place whose value lies less than `radius` below `value`, or above it.

    `padded` are ascending values and infinities, 2^levels - 1 together.
    """
    base = 0
    for level in range(levels - 1, -1, -1):
        base += (1 - is_negative(value - padded[base + (1 << level) - 1] - radius)) << level
    return base


@kernel
def end_inside(padded: Array, levels: int, value: float, radius: float) -> int:
    """Return the place after the last whose value lies less than `radius` above `value`, or below it."""
    base = 0
    for level in range(levels - 1, -1, -1):
        base += is_negative(padded[base + (1 << level) - 1] - value - radius) << level
    return base


@kernel
def count_common(sets: Bits, firsts: Index, ends: Index, low: int, high: int, axes: int) -> int:
    """Return how many points at places `low` to `high` (without) lie between two ranks of each of the first `axes`."""
    count = 0
    for word in range(low >> 6, ((high - 1) >> 6) + 1):
        common = ALL
        if word == low >> 6:
            common &= ALL << np.uint64(low & 63)
        if word == (high - 1) >> 6:
            common &= ALL >> np.uint64(63 - ((high - 1) & 63))
        for axis in range(axes):
            common &= sets[axis, ends[axis], word] ^ sets[axis, firsts[axis], word]
        count += count_bits(common)
    return count
