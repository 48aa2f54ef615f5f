"""Series like the source without its link to the target: what its information is compared with.

Orders of rows keep each row's history whole. IAAFT (Schreiber and Schmitz 1996) keeps values and spectrum of a series.
"""

import numpy as np
from numpy.typing import NDArray

from compute.information.options import SurrogateName

Array = NDArray[np.float64]
Index = NDArray[np.int64]

MOST_ROUNDS = 50  # of IAAFT; the order of the values settles in some twenty
LEAST_SHIFT = 0.05  # of the rows: a smaller rotation leaves a slow series where it was


def make_orders(kind: SurrogateName, n: int, count: int, reach: int, generator: np.random.Generator) -> Index:
    """Return `count` orders of `n` rows, (count, n). `reach`: steps by which a rotation exceeds all lags."""
    if kind == "circular":
        return _rotations(n, count, reach, generator)
    if kind == "block":
        return np.stack([_blocks(n, generator) for _ in range(count)]) if count else np.empty((0, n), np.int64)
    return generator.permuted(np.tile(np.arange(n), (count, 1)), axis=1)


def make_iaaft(values: Array, count: int, generator: np.random.Generator) -> Array:
    """Return `count` series, (count, n), with the values of a complete series and nearly its spectrum."""
    if not count:
        return np.empty((0, values.size))
    amplitudes = np.abs(np.fft.rfft(values))
    ascending = np.sort(values)
    found = generator.permuted(np.tile(values, (count, 1)), axis=1)
    ranks = np.argsort(np.argsort(found, axis=1), axis=1)
    for _ in range(MOST_ROUNDS):
        phases = np.fft.rfft(ascending[ranks], axis=1)
        sizes = np.abs(phases)
        shaped = np.fft.irfft(amplitudes * phases / np.where(sizes > 0, sizes, 1.0), values.size, axis=1)
        settled = np.argsort(np.argsort(shaped, axis=1), axis=1)
        if np.array_equal(settled, ranks):
            break
        ranks = settled
    return np.asarray(ascending[ranks])


def count_rotations(n: int, reach: int) -> int:
    """Return how many different rotations of `n` rows exceed all lags."""
    return n - 2 * _least_shift(n, reach) + 1


def _least_shift(n: int, reach: int) -> int:
    return min(max(reach + 1, int(LEAST_SHIFT * n)), n // 2 - 1)


def _rotations(n: int, count: int, reach: int, generator: np.random.Generator) -> Index:
    least = _least_shift(n, reach)
    shifts = np.arange(least, n - least + 1)
    chosen = generator.choice(shifts, count, replace=count > shifts.size)
    return np.asarray((np.arange(n) + chosen[:, None]) % n)


def _blocks(n: int, generator: np.random.Generator) -> Index:
    """Return the rows cut into runs of about the square root of their number, the runs in another order."""
    length = max(2, int(np.sqrt(n)))
    first = int(generator.integers(1, length + 1))
    cuts = np.split(np.arange(n), np.arange(first, n, length))
    return np.concatenate([cuts[i] for i in generator.permutation(len(cuts))])
