"""Moments of many resamples at once, by the estimators of the request."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.covariance import SampleCovariance
from compute.portfolio.expected_returns import Historical
from compute.portfolio.moments import Estimation, estimate_moments
from compute.portfolio.resampling.draws import Indices, counts_of
from compute.portfolio.returns import AssetReturns

Array = NDArray[np.float64]

MOST_PRODUCTS = 30_000_000  # numbers of all products of two returns that are kept: 240 MB


class Estimator:
    """Means and covariances of resamples of one history."""

    def __init__(self, returns: AssetReturns, how: Estimation) -> None:
        self._returns, self._how = returns, how
        n = len(returns.names)
        self._is_plain = isinstance(how.expected_returns, Historical) and isinstance(how.covariance, SampleCovariance)
        self._is_plain &= len(returns.returns) * n * (n + 1) // 2 <= MOST_PRODUCTS
        if self._is_plain:
            self._centre = returns.returns.mean(axis=0)
            self._centred = returns.returns - self._centre
            self._pairs = np.triu_indices(n)
            self._products = self._centred[:, self._pairs[0]] * self._centred[:, self._pairs[1]]

    def __call__(self, rows: Indices) -> tuple[Array, Array]:
        """Return means (b, n) and covariances (b, n, n) per period of resamples of rows (b, T)."""
        return self._together(rows) if self._is_plain else self._one_by_one(rows)

    def _together(self, rows: Indices) -> tuple[Array, Array]:
        """As sums over the history weighted by how often each period was drawn: two products of matrices."""
        periods, n = self._centred.shape
        counts = counts_of(rows, periods)
        means = counts @ self._centred / periods
        sums = counts @ self._products
        sigma = np.empty((len(rows), n, n))
        sigma[:, self._pairs[0], self._pairs[1]] = sums
        sigma[:, self._pairs[1], self._pairs[0]] = sums
        sigma -= periods * means[:, :, None] * means[:, None, :]
        return means + self._centre, sigma / (periods - 1)

    def _one_by_one(self, rows: Indices) -> tuple[Array, Array]:
        made = [estimate_moments(self._drawn(each), self._how) for each in rows]
        return np.array([each.mean for each in made]), np.array([each.covariance for each in made])

    def _drawn(self, rows: Indices) -> AssetReturns:
        return replace(self._returns, returns=self._returns.returns[rows], timestamps=None)
