"""What the likelihood sees of a series: differenced, with what enters it linearly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import difference_polynomial

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """A series prepared for estimation.

    Attributes
    ----------
    level : (n_y,) the series, gaps filled with placeholders that the likelihood integrates out
    missing : int (k,) positions of the placeholders in `level`, increasing
    columns : (1 + has_mean, n) the differenced series, n = n_y - lost; ones, if it has a mean
    difference : (lost + 1,) the polynomial that differences
    """

    level: Array
    missing: NDArray[np.intp]
    columns: Array
    difference: Array

    @property
    def has_mean(self) -> bool:
        return bool(self.columns.shape[0] > 1)

    @property
    def n(self) -> int:
        """Length of the differenced series."""
        return int(self.columns.shape[1])

    @property
    def lost(self) -> int:
        """Values that differencing uses up."""
        return self.difference.size - 1

    @property
    def n_observed(self) -> int:
        """Degrees of freedom in the data: differences less placeholders."""
        return self.n - self.missing.size


def prepare_sample(orders: Orders, values: Array) -> Sample:
    """Return the sample of `values`, (n_y,), NaN where missing but not at either end."""
    missing = np.flatnonzero(np.isnan(values))
    level = values.copy()
    if missing.size:
        observed = np.flatnonzero(~np.isnan(values))
        level[missing] = np.interp(missing, observed, values[observed])
    difference = difference_polynomial(orders)
    differenced = np.convolve(level, difference)[orders.lost : level.size]
    ones = np.ones((int(orders.has_mean), differenced.size))
    return Sample(level, missing, np.vstack([differenced, ones]), difference)
