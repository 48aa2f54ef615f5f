"""What an estimator is to those who use it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Window:
    """Which points in time are looked at.

    Attributes
    ----------
    times : (n,) ascending steps of the rows
    theiler : steps within which two rows are no neighbours
    """

    times: Index
    theiler: int = 0


class Link(Protocol):
    """A target and what is known of it, ready to be asked about many sources."""

    method: str
    device: str
    uncertainty: float | None
    """Entropy of the target beyond what is known, in nats, where it is counted; else None."""

    def prepare(self, dx: int, count: int) -> None:
        """Make what helps with so many sources of `dx` rows, before threads ask about them."""

    def local(self, x: Array) -> Array:
        """Return the information of each row, (n,), for one source (dx, n)."""

    def each(self, sources: Array) -> Array:
        """Return the information of each row, (s, n), for each of many sources (s, dx, n)."""

    def means(self, sources: Array) -> Array:
        """Return the mean information, (s,), for each of many sources (s, dx, n)."""


class Estimator(Protocol):
    """A way to estimate information."""

    is_counted: bool
    """Whether it counts symbols, whose entropy has no unit of the series in it."""

    def encode(self, values: Array, seed: int) -> Array:
        """Return a whole series, (n,) with NaN where missing, as this estimator looks at it."""

    def link(self, y: Array, z: Array, window: Window) -> Link:
        """Return the link to a target `y`, (n,), beyond `z`, (dz, n)."""

    def entropy(self, y: Array, window: Window) -> float:
        """Return the entropy of encoded values, in nats; of values in units of their standard deviation."""
