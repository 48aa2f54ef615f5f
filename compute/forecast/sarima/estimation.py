"""Maximum likelihood: several starts, the best end, and how sure we are of each coefficient."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray

from compute.forecast.progress import portion
from compute.forecast.sarima.css import css_estimate, css_information
from compute.forecast.sarima.likelihood import Likelihood, evaluate_likelihood
from compute.forecast.sarima.optimiser import MAX_STEPS, Minimum, invert_information, minimise
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import expand, is_admissible, to_coefficients, to_free
from compute.forecast.sarima.sample import Sample, prepare_sample
from compute.forecast.sarima.starts import choose_starts
from compute.job import Report

Array = NDArray[np.float64]

PROBE_STEPS = 8  # enough to see where a search is going
MAX_PROBES = 4
PROMISING = 6.0  # of -2 log-likelihood, behind the best, that a probe may still make up for
LONG = 1000  # values: a part this long has the peaks of the whole, for a fraction of the time
MOSTLY = 0.5  # of a part must be observed
PERIODS = 12  # memories of the model that a part must hold at least
HALF_WAY = 60  # evaluations that fill half of a search's share of the progress bar
MAX_QUICK_MEMORY = 200  # steps: beyond it a library solves the dense system quicker than a loop
SECOND_DIFFERENCE = 1e-3  # truncation and rounding are both far below the sampling error of a coefficient


@dataclass(frozen=True)
class Estimate:
    """The best point found.

    `standard_errors`, (K,), are NaN where the likelihood is not curved downwards, such as at a unit root, and after a
    warm start. `root`, (K, K), is there for forecasts in any case: a root of the covariance of the coefficients, from
    the curvature of least squares where the likelihood's cannot be had.
    """

    coefficients: Array
    likelihood: Likelihood
    has_converged: bool
    standard_errors: Array
    root: Array


def maximise_likelihood(
    orders: Orders, sample: Sample, report: Report, warm_start: Array | None = None
) -> Estimate | None:
    """Return the maximum likelihood estimate, or None when the likelihood cannot be computed at any start.

    With a warm start the search begins there and ends if it converges; such a fit is made for its forecast, and is
    spared the standard errors. Otherwise it goes to the end from the best
    start, a few steps from the others, and on from those that may still lead further; of a long series, the wide
    search sees the last part only, and the whole is searched from where that ends.
    """
    if sample.missing.size == 0 and orders.memory <= MAX_QUICK_MEMORY:
        return _maximise_quickly(orders, sample, report, warm_start)
    search = _Search(orders, sample)
    if warm_start is not None and warm_start.size:
        end = search.run(warm_start, portion(report, 0.0, 0.4))
        if end.has_converged:
            return search.estimate(end)
    part = _last_part(sample, max(LONG, PERIODS * orders.memory))
    if part is None or orders.n_coefficients == 0:
        return search.estimate(_search_widely(search, orders, sample.columns[0], report), report)
    short = prepare_sample(orders, part)
    widely = _search_widely(_Search(orders, short), orders, short.columns[0], portion(report, 0.0, 0.4))
    ends = [search.run(to_coefficients(orders, widely.point), portion(report, 0.4, 0.7))]
    start = css_estimate(orders, sample.columns[0], np.zeros(orders.n_coefficients), portion(report, 0.7, 0.8))
    ends.append(search.run(start, portion(report, 0.8, 1.0), known=ends))
    return search.estimate(min(ends, key=_value), report)


def _maximise_quickly(orders: Orders, sample: Sample, report: Report, warm_start: Array | None) -> Estimate | None:
    """Return the estimate of a sample without missing values, by compiled loops."""
    from compute.forecast.sarima.quick import QuickSearch  # compiles when first imported

    search = QuickSearch(orders, sample.columns)
    return estimate_at(orders, sample, *search.maximise(report, warm_start))


def estimate_at(orders: Orders, sample: Sample, coefficients: Array, has_converged: bool) -> Estimate | None:
    """Return the estimate of a complete sample at the place of its maximum, None where it has no likelihood."""
    from compute.forecast.sarima.quick import QuickSearch

    likelihood = evaluate_likelihood(sample, expand(orders, coefficients))
    if likelihood is None:
        return None
    information = QuickSearch(orders, sample.columns).information(coefficients)
    errors = roots_of_inverse(information)
    return Estimate(coefficients, likelihood, has_converged, errors, _root(orders, sample, coefficients, information))


def _root(orders: Orders, sample: Sample, coefficients: Array, information: Array) -> Array:
    """Return a root of the coefficients' covariance, (K, K), from the information or that of least squares."""
    if coefficients.size == 0:
        return np.zeros((0, 0))
    if np.isnan(roots_of_inverse(information)).any():
        information = css_information(orders, sample.columns[0], coefficients)
    values, vectors = np.linalg.eigh(invert_information(information))
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def roots_of_inverse(information: Array) -> Array:
    """Return the standard errors, (K,), of an information matrix, NaN where it is not positive definite."""
    if np.all(np.isfinite(information)):
        try:
            np.linalg.cholesky(information)
        except LinAlgError:
            pass
        else:
            return np.asarray(np.sqrt(np.diag(np.linalg.inv(information))))
    return np.full(information.shape[0], np.nan)


def _last_part(sample: Sample, size: int) -> Array | None:
    """Return the last values, NaN where missing, from an observed one on; None where that is no smaller sample."""
    if sample.level.size <= size:
        return None
    values = sample.level.copy()
    values[sample.missing] = np.nan
    values = values[-size:]
    is_observed = ~np.isnan(values)
    return values[int(np.argmax(is_observed)) :] if is_observed.mean() > MOSTLY else None


def _search_widely(search: "_Search", orders: Orders, series: Array, report: Report) -> Minimum:
    if orders.n_coefficients == 0:
        nothing = np.zeros(0)
        return Minimum(nothing, search.deviance(nothing), True, np.zeros((0, 0)))
    first, *others = choose_starts(orders, series, search.deviance)
    ends = [search.run(first, portion(report, 0.2, 0.5))]
    others = others[:MAX_PROBES]
    probes = [
        search.run(start, _share(report, 0.5, 0.8, i, len(others)), PROBE_STEPS, ends) for i, start in enumerate(others)
    ]
    for i, probe in enumerate(sorted(probes, key=_value)):
        best = min(ends, key=_value)
        if probe not in ends and probe.value < best.value + PROMISING:
            ends.append(search.resume(probe, _share(report, 0.8, 0.9, i, MAX_PROBES), ends))
    best = min(ends, key=_value)
    return best if best.has_converged else search.resume(best, portion(report, 0.9, 1.0))


def _share(report: Report, start: float, stop: float, i: int, count: int) -> Report:
    width = (stop - start) / count
    return portion(report, start + i * width, start + (i + 1) * width)


def _value(minimum: Minimum) -> float:
    return minimum.value


class _Search:
    """The objective, -2 log-likelihood over unbounded coordinates, and its minimisation from a start."""

    def __init__(self, orders: Orders, sample: Sample) -> None:
        self._orders = orders
        self._sample = sample

    def run(
        self, coefficients: Array, report: Report, max_steps: int = MAX_STEPS, known: Sequence[Minimum] = ()
    ) -> Minimum:
        """Return where the search from `coefficients` ends, one of the known ends if it leads there."""
        free = np.clip(to_free(self._orders, coefficients), -4.0, 4.0)  # where the surface still slopes
        return self._minimise(free, self._metric(free), report, max_steps, known)

    def resume(self, end: Minimum, report: Report, known: Sequence[Minimum] = ()) -> Minimum:
        """Return where a search that was stopped would have ended."""
        return self._minimise(end.point, end.inverse_hessian, report, MAX_STEPS, known)

    def _minimise(
        self, free: Array, metric: Array, report: Report, max_steps: int, known: Sequence[Minimum]
    ) -> Minimum:
        evaluations = 0

        def objective(free: Array) -> float:
            nonlocal evaluations
            evaluations += 1
            report(evaluations / (evaluations + HALF_WAY), "Maximising the likelihood")
            return self.deviance(to_coefficients(self._orders, free))

        return minimise(objective, free, metric, max_steps, known)

    def estimate(self, end: Minimum, report: Report | None = None) -> Estimate | None:
        """Return the estimate at an end; its standard errors are measured if there is somebody to report to."""
        coefficients = to_coefficients(self._orders, end.point)
        likelihood = evaluate_likelihood(self._sample, expand(self._orders, coefficients))
        if likelihood is None:
            return None
        information = np.full((coefficients.size,) * 2, np.nan)
        if report is not None:
            information = self._information(coefficients, report)
        root = _root(self._orders, self._sample, coefficients, information)
        return Estimate(coefficients, likelihood, end.has_converged, roots_of_inverse(information), root)

    def deviance(self, coefficients: Array) -> float:
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

    def _information(self, coefficients: Array, report: Report) -> Array:
        """Return the observed information, (K, K), by central second differences; NaN where a border is too near."""
        size = coefficients.size
        steps = SECOND_DIFFERENCE * np.maximum(np.abs(coefficients), 0.1)
        hessian = np.empty((size, size))
        for i in range(size):
            for j in range(i + 1):
                report(1.0, "Measuring how sure the coefficients are")
                hessian[i, j] = hessian[j, i] = self._mixed_difference(coefficients, steps, i, j)
        return hessian

    def _mixed_difference(self, x: Array, steps: Array, i: int, j: int) -> float:
        """Return the second derivative of minus the log-likelihood along coordinates i and j."""
        unit = np.eye(x.size)
        a, b = steps[i] * unit[i], steps[j] * unit[j]
        corners = ((1, a + b), (-1, a - b), (-1, b - a), (1, -a - b))
        if not all(is_admissible(self._orders, x + move) for _, move in corners):
            return np.nan
        total = sum(sign * self.deviance(x + move) for sign, move in corners)
        return 0.5 * total / (4 * float(steps[i] * steps[j]))
