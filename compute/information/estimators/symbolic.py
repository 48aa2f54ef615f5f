"""Counts of ups and downs: each value becomes the order of the last few.

Bandt and Pompe 2002 for entropy, Staniek and Lehnertz 2008 for transfer entropy.
Equal values count as rising. Any growing function of a series has the same symbols.
"""

from dataclasses import dataclass

import numpy as np

from compute.information.estimators.counts import CountLink, count_entropy
from compute.information.estimators.estimator import Array, Link, Window


@dataclass(frozen=True)
class Symbolic:
    """The estimator: `order` successive values make a symbol."""

    order: int = 3
    correction: bool = True
    is_counted = True

    def encode(self, values: Array, seed: int) -> Array:
        """Return the symbol of the values up to each, NaN where one of these is missing."""
        windows = np.lib.stride_tricks.sliding_window_view(values, self.order)
        ranks = np.argsort(windows, axis=1, kind="stable")
        symbols = np.full(values.size, np.nan)
        symbols[self.order - 1 :] = ranks @ self.order ** np.arange(self.order)
        symbols[self.order - 1 :][np.isnan(windows).any(axis=1)] = np.nan
        return symbols

    def link(self, y: Array, z: Array, window: Window) -> Link:
        """Return the link to `y` beyond `z`."""
        return CountLink(y, z, correction=self.correction)

    def entropy(self, y: Array, window: Window) -> float:
        """Return the permutation entropy."""
        return count_entropy(y, correction=self.correction)
