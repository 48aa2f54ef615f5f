"""Information from counts of symbols: plug-in, with the correction of Miller and Madow for what few counts miss."""

import numpy as np
from numpy.typing import NDArray

from compute.information.estimators.estimator import Array

Codes = NDArray[np.int64]

FEW_CELLS = 4  # times the rows: counted in a table; more are sorted first


class CountLink:
    """A target and its conditions as symbols.

    `uncertainty` is the entropy of the target beyond its conditions, in nats: the most that any source can tell.
    """

    method, device = "counts", "cpu"

    def __init__(self, y: Array, z: Array, *, correction: bool) -> None:
        self._correction = correction
        self._z, self._n_z = _joined(z, y.size)
        self._yz, self._n_yz = _joined(np.concatenate([y[None], z]), y.size)
        self.uncertainty: float | None = max(
            _entropy(self._yz, self._n_yz, correction) - _entropy(self._z, self._n_z, correction), 0.0
        )

    def prepare(self, dx: int, count: int) -> None:
        """Need nothing: each source is asked about by itself."""

    def local(self, x: Array) -> Array:
        """Return the information of each row, the correction spread evenly."""
        codes, _ = _joined(x, self._z.size)
        xz, xyz = codes * self._n_z + self._z, codes * self._n_yz + self._yz
        ratio = _own_counts(xyz) * _own_counts(self._z) / (_own_counts(xz) * _own_counts(self._yz))
        return np.asarray(np.log(ratio) + self._missed(xz, xyz))

    def each(self, sources: Array) -> Array:
        """Return the information of each row for each source."""
        return np.stack([self.local(x) for x in sources])

    def means(self, sources: Array) -> Array:
        """Return the mean information for each source."""
        return np.array([self._mean(x) for x in sources])

    def _mean(self, x: Array) -> float:
        codes, n_x = _joined(x, self._z.size)
        xz, xyz = codes * self._n_z + self._z, codes * self._n_yz + self._yz
        sizes = ((xz, n_x * self._n_z), (self._yz, self._n_yz), (xyz, n_x * self._n_yz), (self._z, self._n_z))
        about_x, about_y, joint, known = (_entropy(part, size, self._correction) for part, size in sizes)
        return about_x + about_y - joint - known

    def _missed(self, xz: Codes, xyz: Codes) -> float:
        if not self._correction:
            return 0.0
        cells = [np.unique(part).size for part in (xz, self._yz, xyz, self._z)]
        return (cells[0] + cells[1] - cells[2] - cells[3]) / (2 * self._z.size)


def count_entropy(values: Array, *, correction: bool) -> float:
    """Return the entropy of symbols, in nats."""
    codes, size = _joined(values[None], values.size)
    return _entropy(codes, size, correction)


def _joined(rows: Array, n: int) -> tuple[Codes, int]:
    """Return one symbol per column, numbered from 0 without gaps, and how many there are; of no rows all are one."""
    codes, size = np.zeros(n, np.int64), 1
    for row in rows.astype(np.int64):
        found, numbered = np.unique(codes * (int(row.max()) + 1) + row, return_inverse=True)
        codes, size = numbered, found.size
    return codes, size


def _counts(codes: Codes, size: int) -> Codes:
    if size <= FEW_CELLS * codes.size:
        counts = np.bincount(codes, minlength=size)
        return counts[counts > 0]
    return np.unique(codes, return_counts=True)[1]


def _entropy(codes: Codes, size: int, correction: bool) -> float:
    counts = _counts(codes, size)
    n = codes.size
    plain = float(np.log(n) - (counts * np.log(counts)).sum() / n)
    return plain + (counts.size - 1) / (2 * n) if correction else plain


def _own_counts(codes: Codes) -> Array:
    """Return how often the symbol of each column occurs."""
    _, numbered, counts = np.unique(codes, return_inverse=True, return_counts=True)
    return np.asarray(counts[numbered], dtype=np.float64)
