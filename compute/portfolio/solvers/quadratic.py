"""The matrix of a quadratic program, as an active set needs it: some columns at a time, and its product with weights.

Where it is the covariance of returns and nothing but a sparse optimum is asked, forming it costs more than solving
with it: T n^2 operations against T n for a product and T k^2 for the k assets that are held. `OfReturns` never does.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.limits import Array

Index = NDArray[np.intp]

IN_CACHE = 1 << 16
"""Numbers that are worked on at once, so that what is made in between stays in the cache of a core."""


class Quadratic(Protocol):
    """A symmetric positive semidefinite matrix S, (n, n)."""

    @property
    def variances(self) -> Array:
        """Its diagonal, (n,)."""

    @property
    def average(self) -> Array:
        """The mean of its rows, (n,)."""

    def block(self, rows: Index, columns: Index) -> Array:
        """Return a copy of some of its entries, (rows, columns)."""

    def times(self, weights: Array) -> Array:
        """Return `S w`, (n,)."""


@dataclass(frozen=True, eq=False)
class Dense:
    """A matrix that is known."""

    sigma: Array
    """(n, n)"""

    @cached_property
    def variances(self) -> Array:
        """Its diagonal, (n,)."""
        return np.diagonal(self.sigma).copy()

    @cached_property
    def average(self) -> Array:
        """The mean of its rows, (n,)."""
        return np.asarray(self.sigma.mean(axis=0))

    def block(self, rows: Index, columns: Index) -> Array:
        """Return a copy of some of its entries, (rows, columns)."""
        return self.sigma[rows][:, columns]

    def times(self, weights: Array) -> Array:
        """Return `S w`, (n,), by the rows of what is held where that is little."""
        held = np.flatnonzero(weights)
        if 2 * held.size > weights.size:
            return np.asarray(self.sigma @ weights)
        return np.asarray(weights[held] @ self.sigma[held])


class OfReturns:
    """The sample covariance of returns, (T, n) without NaN, never formed: divided by T - 1, or 1 where T is 1.

    Columns are centred before they are multiplied, so that no digits are lost where a portfolio has a mean but next to
    no variance. Those that were needed once are kept with their products.
    """

    def __init__(self, returns: Array) -> None:
        self.returns = returns
        periods, n = returns.shape
        self.means = np.full(periods, 1.0 / periods) @ returns
        self.degrees = max(periods - 1, 1)
        self._place = np.full(n, -1, dtype=np.intp)
        self._kept = np.zeros((periods, 0), order="F")
        self._products = np.zeros((0, 0))

    @cached_property
    def variances(self) -> Array:
        """Its diagonal, (n,)."""
        total, step = np.zeros(self.means.size), max(IN_CACHE // self.means.size, 1)
        for first in range(0, len(self.returns), step):
            centred = self.returns[first : first + step] - self.means
            total += np.einsum("ti,ti->i", centred, centred)
        return np.asarray(total / self.degrees)

    @cached_property
    def average(self) -> Array:
        """The mean of its rows, (n,)."""
        return self._with(self.returns.mean(axis=1) - self.means.mean())

    def block(self, rows: Index, columns: Index) -> Array:
        """Return a copy of some of its entries, (rows, columns)."""
        left, right = self._places(rows), self._places(columns)
        return np.asarray(self._products[left[:, None], right])

    def times(self, weights: Array) -> Array:
        """Return `S w`, (n,)."""
        held = np.flatnonzero(weights)
        if 2 * held.size > weights.size:
            return self._with(self.returns @ weights - float(self.means @ weights))
        places = self._places(held)
        return self._with(self._kept[:, places] @ weights[held])

    def _with(self, centred: Array) -> Array:
        """Return the covariances (n,) of all assets with one series (T,) whose mean is 0."""
        return np.asarray(centred @ self.returns / self.degrees)

    def _places(self, columns: Index) -> Index:
        """Return where columns are among those kept; new ones are added."""
        new = columns[self._place[columns] < 0]
        if new.size:
            count = self._products.shape[0]
            self._place[new] = np.arange(count, count + new.size)
            self._kept = np.hstack([self._kept, np.asfortranarray(self.returns[:, new] - self.means[new])])
            products = self._kept.T @ self._kept[:, count:] / self.degrees
            self._products = np.block([[self._products, products[:count]], [products[:count].T, products[count:]]])
        return np.asarray(self._place[columns])
