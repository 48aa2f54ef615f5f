"""The maximum likelihood of complete samples by compiled loops: the search of `estimation.py`, far quicker."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.forecast.progress import portion
from compute.forecast.sarima.kernels import entries
from compute.forecast.sarima.kernels.optimiser import CONVERGED, RUNNING
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import Polynomials, to_coefficients
from compute.forecast.sarima.sample import Sample
from compute.job import Report

Array = NDArray[np.float64]

MAX_STEPS = 100
N_PROBES = 4
CSS_STEPS, CSS_TOLERANCE = 25, 1e-7
LONG = 1000  # values: a part this long has the peaks of the whole, for a fraction of the time
PERIODS = 12  # memories of the model that a part must hold at least
BETWEEN_REPORTS = 3e8  # elementary operations: some tenths of a second
UNINTERRUPTED = 10  # steps of a search that fit between two reports, for a wide search to take a second or two at most
SECOND_DIFFERENCE = 1e-3  # truncation and rounding are both far below the sampling error of a coefficient


class QuickSearch:
    """The surface of one sample without missing values, and searches over it."""

    def __init__(self, orders: Orders, columns: Array) -> None:
        self._orders = orders
        self._counts = counts_of(orders)
        self._columns = np.ascontiguousarray(columns)
        self._series = without_regression(columns)
        self._size = orders.n_coefficients

    def maximise(self, report: Report, warm_start: Array | None = None) -> tuple[Array, bool]:
        """Return the best coefficients, (K,), and whether their search settled.

        With a warm start the search begins there and ends if it settles. Of a long series, the wide search sees the
        last part only, and the whole is searched from where that ends.
        """
        if self._size == 0:
            return np.zeros(0), True
        if warm_start is not None and warm_start.size:
            point, _, has_settled = self.climb(warm_start, 0, portion(report, 0.0, 0.5))
            if has_settled:
                return point, True
        report(0.0, "Maximising the likelihood")
        part = max(LONG, PERIODS * self._orders.memory)
        if self._series.size <= part:
            return self._search_widely() if self._stride() >= UNINTERRUPTED else self._search_stepwise(report)
        start = np.zeros(self._size)
        ending = QuickSearch(self._orders, self._columns[:, -part:])
        if ending._stride() >= UNINTERRUPTED:
            start, _ = ending._search_widely()
        first = self.climb(start, 0, portion(report, 0.1, 0.6))
        second = self.climb(np.zeros(self._size), CSS_STEPS, portion(report, 0.6, 1.0))
        point, _, has_settled = min(first, second, key=lambda end: end[1])
        return point, has_settled

    def climb(self, start: Array, css_steps: int, report: Report) -> tuple[Array, float, bool]:
        """Return the maximum reached from `start`, its -2 log-likelihood, and whether the search settled there."""
        ends, hessians = self._room(1)
        x = start.copy()
        entries.refine(self._counts, self._series, x, ends, hessians, css_steps, CSS_TOLERANCE, *entries.START_PARTS)
        stride, status, steps = self._stride(), RUNNING, 0
        while status == RUNNING and steps < MAX_STEPS:
            report(steps / MAX_STEPS, "Maximising the likelihood")
            status = entries.advance(self._counts, self._columns, ends, 0, 0, stride, hessians, *entries.MINIMISE_PARTS)
            steps += stride
        return to_coefficients(self._orders, ends[0, :-1]), float(ends[0, -1]), status == CONVERGED

    def information(self, x: Array) -> Array:
        """Return second derivatives of minus the log-likelihood at x, (K, K); NaN where a border is too near."""
        if x.size == 0:
            return np.zeros((0, 0))
        return np.asarray(
            entries.curvature(self._counts, x, self._columns, SECOND_DIFFERENCE, *entries.CURVATURE_PARTS)
        )

    def slopes(self, x: Array) -> Array:
        """Return slopes of the columns behind the series, and behind them their covariance over sigma2, (c, 1 + c)."""
        count = self._columns.shape[0]
        slopes = np.zeros((count - 1, count))
        entries.evaluate(self._counts, x, self._columns, slopes, *entries.LIKELIHOOD_PARTS)
        return slopes

    def _search_stepwise(self, report: Report) -> tuple[Array, bool]:
        """Return the better end of two climbs: of models so large that nothing could be told during a wide search."""
        first = self.climb(np.zeros(self._size), CSS_STEPS, portion(report, 0.0, 0.5))
        second = self.climb(np.zeros(self._size), 0, portion(report, 0.5, 1.0))
        point, _, has_settled = min(first, second, key=lambda end: end[1])
        return point, has_settled

    def _search_widely(self) -> tuple[Array, bool]:
        ends, hessians = self._room(1 + N_PROBES)
        status = entries.search_widely(
            self._counts, self._columns, self._series, N_PROBES, ends, hessians, *entries.SEARCH_PARTS
        )
        return to_coefficients(self._orders, ends[0, :-1]), status == CONVERGED

    def _room(self, count: int) -> tuple[Array, Array]:
        return np.full((count, self._size + 1), np.inf), np.zeros((count, self._size, self._size))

    def _stride(self) -> int:
        """Return the steps of the search between two reports."""
        filters = self._series.size * (self._size + 2) * 4.0
        evaluation = 2 * self._columns.shape[0] * filters + 3.0 * self._orders.memory**3
        return int(np.clip(BETWEEN_REPORTS / (evaluation * (self._size + 2)), 1, MAX_STEPS))


def predict_each(
    orders: Orders, polynomials: Polynomials, series: Array, past: Array, covariance: Array, end: int
) -> Array:
    """Return errors, variances over sigma2 and raw errors of one-step predictions, (3, n): see the loop's own words."""
    rows = np.zeros((4, series.size))
    rows[0] = series
    m = orders.m
    x = np.concatenate(
        [
            -polynomials.ar_short[1:],
            polynomials.ma_short[1:],
            -polynomials.ar_seasonal[m::m],
            polynomials.ma_seasonal[m::m],
        ]
    )
    entries.predict_each(counts_of(orders), x, rows, past, covariance, end, *entries.PASS_PARTS)
    return rows[:3]


def sway(orders: Orders, sample: Sample, coefficients: Array, moves: Array, mean: float, horizon: int) -> Array:
    """Return how forecast and psi weights change per unit along each move of the coefficients, (k, 2, horizon)."""
    return np.asarray(
        entries.sway(
            counts_of(orders), coefficients, np.ascontiguousarray(moves), sample.columns[:1] - mean, sample.difference,
            _last_levels(orders, sample), mean, horizon, *entries.SWAY_PARTS,
        )
    )  # fmt: skip


def look_ahead(orders: Orders, sample: Sample, coefficients: Array, mean: float, horizon: int) -> Array:
    """Return the forecast, (horizon,), at given coefficients and mean, placeholders taken for observed."""
    ahead = np.empty((2, horizon))
    entries.forecast(
        counts_of(orders), coefficients, sample.columns[:1] - mean, sample.difference,
        _last_levels(orders, sample), mean, ahead, *entries.FORECAST_PARTS,
    )  # fmt: skip
    return np.asarray(ahead[0])


def _last_levels(orders: Orders, sample: Sample) -> Array:
    degree = orders.ar_degree + sample.lost
    return np.ascontiguousarray(sample.level[sample.level.size - degree :])


def counts_of(orders: Orders) -> NDArray[np.int64]:
    """Return (p, q, P, Q, m), as the loops want them."""
    return np.array([orders.p, orders.q, orders.P, orders.Q, orders.m], dtype=np.int64)


def without_regression(columns: Array) -> Array:
    """Return the series, (n,), less what the other columns, (c, n), explain of it by least squares."""
    if columns.shape[0] == 1:
        return np.ascontiguousarray(columns[0])
    slopes: Any = np.linalg.lstsq(columns[1:].T, columns[0], rcond=None)[0]
    return np.asarray(columns[0] - slopes @ columns[1:])
