"""Maximum likelihood: several starts, the best end, and how sure we are of each coefficient."""

from dataclasses import dataclass

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray

from compute.forecast.progress import portion
from compute.forecast.sarima.css import css_estimate, css_information
from compute.forecast.sarima.likelihood import Likelihood, evaluate_likelihood
from compute.forecast.sarima.optimiser import Minimum, invert_information, minimise
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import expand, is_admissible, to_coefficients, to_free
from compute.forecast.sarima.sample import Sample
from compute.job import Report

Array = NDArray[np.float64]

SAME = 1e-3  # of -2 log-likelihood: two starts that end this near to each other found the same optimum
HALF_WAY = 60  # evaluations that fill half of a search's share of the progress bar
SECOND_DIFFERENCE = 1e-3  # truncation and rounding are both far below the sampling error of a coefficient


@dataclass(frozen=True)
class Estimate:
    """The best point found.

    `standard_errors`, (K,), are NaN where the likelihood is not curved downwards, such as at a unit root.
    """

    coefficients: Array
    likelihood: Likelihood
    has_converged: bool
    standard_errors: Array


def maximise_likelihood(
    orders: Orders, sample: Sample, report: Report, warm_start: Array | None = None
) -> Estimate | None:
    """Return the maximum likelihood estimate, or None when the likelihood cannot be computed at any start.

    With a warm start the search begins there and ends if it converges. Otherwise it begins from conditional least
    squares and from near white noise, and from four corners of the admissible region if these two disagree.
    """
    search = _Search(orders, sample)
    if warm_start is not None:
        end = search.run(warm_start, report)
        if end.has_converged:
            return search.estimate(end)
    zeros = np.zeros(orders.n_coefficients)
    ends = [
        search.run(css_estimate(orders, sample.columns[0], zeros), portion(report, 0.0, 0.35)),
        search.run(zeros + 0.05, portion(report, 0.35, 0.6)),
    ]
    if not _agree(ends):
        corners = _corners(orders)
        width = 0.35 / len(corners)
        ends += [
            search.run(corner, portion(report, 0.6 + i * width, 0.6 + (i + 1) * width))
            for i, corner in enumerate(corners)
        ]
    return search.estimate(min(ends, key=lambda end: end.value))


def _agree(ends: list[Minimum]) -> bool:
    values = [end.value for end in ends]
    return all(end.has_converged for end in ends) and max(values) - min(values) <= SAME


def _corners(orders: Orders) -> list[Array]:
    """Return starts of strong and opposite persistence in the autoregressive and moving-average parts."""
    counts = (orders.p, orders.q, orders.P, orders.Q)
    return [
        to_coefficients(orders, np.repeat((ar, ma, ar, ma), counts))
        for ar, ma in ((1.0, -0.5), (1.0, 1.0), (-0.5, 0.5), (-0.5, -1.0))
    ]


class _Search:
    """The objective, -2 log-likelihood over unbounded coordinates, and its minimisation from a start."""

    def __init__(self, orders: Orders, sample: Sample) -> None:
        self._orders = orders
        self._sample = sample

    def run(self, coefficients: Array, report: Report) -> Minimum:
        evaluations = 0

        def objective(free: Array) -> float:
            nonlocal evaluations
            evaluations += 1
            report(evaluations / (evaluations + HALF_WAY), "Maximising the likelihood")
            return self._deviance(to_coefficients(self._orders, free))

        free = np.clip(to_free(self._orders, coefficients), -20.0, 20.0)  # away from the flat far field
        return minimise(objective, free, self._metric(free))

    def estimate(self, end: Minimum) -> Estimate | None:
        coefficients = to_coefficients(self._orders, end.point)
        likelihood = evaluate_likelihood(self._sample, expand(self._orders, coefficients))
        if likelihood is None:
            return None
        return Estimate(coefficients, likelihood, end.has_converged, self._standard_errors(coefficients))

    def _deviance(self, coefficients: Array) -> float:
        likelihood = evaluate_likelihood(self._sample, expand(self._orders, coefficients))
        return np.inf if likelihood is None else -2 * likelihood.log_likelihood

    def _metric(self, free: Array) -> Array:
        """Return the inverse of twice the least-squares information, carried to the unbounded coordinates."""
        information = css_information(self._orders, self._sample.columns[0], to_coefficients(self._orders, free))
        step = 1e-6
        shifts = step * np.eye(free.size)
        slopes = np.array(
            [
                (to_coefficients(self._orders, free + shift) - to_coefficients(self._orders, free - shift)) / (2 * step)
                for shift in shifts
            ]
        ).reshape(free.size, free.size)
        return invert_information(2 * slopes @ information @ slopes.T)

    def _standard_errors(self, coefficients: Array) -> Array:
        """Return roots of the diagonal of the inverse observed information, by central second differences."""
        size = coefficients.size
        steps = SECOND_DIFFERENCE * np.maximum(np.abs(coefficients), 0.1)
        hessian = np.empty((size, size))
        for i in range(size):
            for j in range(i + 1):
                hessian[i, j] = hessian[j, i] = self._mixed_difference(coefficients, steps, i, j)
        if not np.all(np.isfinite(hessian)):
            return np.full(size, np.nan)
        try:
            np.linalg.cholesky(hessian)
        except LinAlgError:
            return np.full(size, np.nan)
        return np.asarray(np.sqrt(np.diag(np.linalg.inv(hessian))))

    def _mixed_difference(self, x: Array, steps: Array, i: int, j: int) -> float:
        """Return the second derivative of minus the log-likelihood along coordinates i and j."""
        unit = np.eye(x.size)
        a, b = steps[i] * unit[i], steps[j] * unit[j]
        corners = ((1, a + b), (-1, a - b), (-1, b - a), (1, -a - b))
        if not all(is_admissible(self._orders, x + move) for _, move in corners):
            return np.nan
        total = sum(sign * self._deviance(x + move) for sign, move in corners)
        return 0.5 * total / (4 * float(steps[i] * steps[j]))
