"""What the likelihood sees of a series: differenced, with a column for each thing that enters it linearly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import difference_polynomial

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """A series prepared for estimation.

    Attributes
    ----------
    level : (n_y,) the series, gaps filled with placeholders that the likelihood integrates out
    missing : int (k,) positions of the placeholders in `level`
    columns : (1 + has_mean + k, n) the differenced series; ones, if it has a mean; the differenced indicator of
        each placeholder. n = n_y - lost.
    has_mean : whether the second column is there
    """

    level: Array
    missing: NDArray[np.intp]
    columns: Array
    has_mean: bool

    @property
    def n(self) -> int:
        """Length of the differenced series."""
        return int(self.columns.shape[1])

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
    indicators = np.zeros((missing.size, level.size))
    indicators[np.arange(missing.size), missing] = 1.0
    differenced = difference(orders, np.vstack([level, indicators]))
    ones = np.ones((int(orders.has_mean), differenced.shape[1]))
    columns = np.vstack([differenced[:1], ones, differenced[1:]])
    return Sample(level=level, missing=missing, columns=columns, has_mean=orders.has_mean)


def difference(orders: Orders, rows: Array) -> Array:
    """Return the rows, (c, n_y), differenced as the orders say, (c, n_y - lost)."""
    return np.asarray(lfilter(difference_polynomial(orders), [1.0], rows, axis=-1)[..., orders.lost :])
