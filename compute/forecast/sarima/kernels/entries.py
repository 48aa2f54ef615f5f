"""What Python calls: the likelihood, the search, one part of it at a time, and the curvature at its end."""

import numpy as np

from compute.forecast.sarima.kernels.algebra import solve
from compute.forecast.sarima.kernels.compilation import entry
from compute.forecast.sarima.kernels.coordinates import to_coefficients, to_partials
from compute.forecast.sarima.kernels.css import css
from compute.forecast.sarima.kernels.filters import run_filter
from compute.forecast.sarima.kernels.horizon import look_ahead
from compute.forecast.sarima.kernels.innovations import pass_over
from compute.forecast.sarima.kernels.likelihood import deviance, project
from compute.forecast.sarima.kernels.optimiser import CONVERGED, minimise
from compute.forecast.sarima.kernels.presample import presample_covariance
from compute.forecast.sarima.kernels.search import enter, search
from compute.forecast.sarima.kernels.starts import choose_starts

LIKELIHOOD_PARTS = (deviance, project, run_filter, presample_covariance, solve)
START_PARTS = (enter, css, to_coefficients, to_partials, run_filter, solve)
MINIMISE_PARTS = (minimise, deviance, to_coefficients, project, run_filter, presample_covariance, solve)
FORECAST_PARTS = (look_ahead, project, run_filter, presample_covariance, solve)
SWAY_PARTS = (look_ahead, to_partials, project, run_filter, presample_covariance, solve)
PASS_PARTS = (pass_over, run_filter)
CURVATURE_PARTS = (to_partials, *LIKELIHOOD_PARTS)
SEARCH_PARTS = (
    search, choose_starts, enter, minimise, css, to_partials,
    deviance, to_coefficients, project, run_filter, presample_covariance, solve,
)  # fmt: skip


@entry
def evaluate(o, x, columns, slopes, deviance, project, run_filter, presample_covariance, solve):  # type: ignore[no-untyped-def]
    """Return -2 log-likelihood, and write the slopes of the columns that explain the series."""
    return deviance(o, x, columns, slopes, project, run_filter, presample_covariance, solve)


@entry
def refine(  # type: ignore[no-untyped-def]
    o, series, x, ends, hessians, max_steps, tolerance, enter, css, to_coefficients, to_partials, run_filter, solve
):
    """Move x to the conditional least-squares estimate, and begin a search there in row 0 of `ends`."""
    information = np.empty((x.size, x.size))
    if max_steps:
        css(o, series, x, information, max_steps, tolerance, run_filter, to_partials, solve)
    enter(o, series, x, ends, 0, hessians, css, to_coefficients, to_partials, run_filter, solve)


@entry
def advance(  # type: ignore[no-untyped-def]
    o, columns, ends, n_known, slot, max_steps, hessians,
    minimise, deviance, to_coefficients, project, run_filter, presample_covariance, solve,
):  # fmt: skip
    """Go on with the search in row `slot` of the ends, and return how it ended."""
    slopes = np.empty((columns.shape[0] - 1, columns.shape[0]))
    return minimise(
        o, columns, ends, slot, n_known, max_steps, slopes, hessians,
        deviance, to_coefficients, project, run_filter, presample_covariance, solve,
    )  # fmt: skip


@entry
def search_widely(  # type: ignore[no-untyped-def]
    o, columns, series, n_probes, ends, hessians, search, choose_starts, enter, minimise, css, to_partials,
    deviance, to_coefficients, project, run_filter, presample_covariance, solve,
):  # fmt: skip
    """Write the best end of several starts to row 0 of the ends, and return how its search ended."""
    return search(
        o, columns, series, np.empty(ends.shape[1] - 1), ends, hessians, n_probes, choose_starts, enter, minimise,
        css, to_partials, deviance, to_coefficients, project, run_filter, presample_covariance, solve,
    )  # fmt: skip


@entry
def curvature(o, x, columns, difference, to_partials, deviance, project, run_filter, presample_covariance, solve):  # type: ignore[no-untyped-def]
    """Return second derivatives of minus the log-likelihood, (K, K), by central differences; NaN at a border."""
    size = x.size
    slopes = np.empty((columns.shape[0] - 1, columns.shape[0]))
    hessian, moved, partials = np.full((size, size), np.nan), x.copy(), np.empty(size)
    for i in range(size):
        for j in range(i + 1):
            width = difference * max(abs(x[i]), 0.1)
            height = difference * max(abs(x[j]), 0.1)
            total = 0.0
            for corner in range(4):
                first, second = 1 - 2 * (corner // 2), 1 - 2 * (corner % 2)
                for k in range(size):
                    moved[k] = x[k]
                moved[i] += first * width
                moved[j] += second * height
                if to_partials(o, moved, partials):
                    there = deviance(o, moved, columns, slopes, project, run_filter, presample_covariance, solve)
                    total += first * second * there
                else:
                    total = np.nan
            hessian[i, j] = hessian[j, i] = 0.5 * total / (4 * width * height)
    return hessian


@entry
def predict_each(o, x, rows, past, covariance, end, pass_over, run_filter):  # type: ignore[no-untyped-def]
    """Predict every step from those before it: see `pass_over`."""
    pass_over(o, x, rows, past, covariance, end, run_filter)


@entry
def fit_orders(  # type: ignore[no-untyped-def]
    specs, m, columns, means, css_steps, tolerance, max_steps, n_probes, x, found,
    search, choose_starts, enter, minimise, css, to_partials,
    deviance, to_coefficients, project, run_filter, presample_covariance, solve,
):  # fmt: skip
    """Fit many orders to one series.

    Parameters
    ----------
    specs : int (k, 5) rows (p, q, P, Q, has_mean)
    columns : (c, n) the differenced series, regressors, and ones last
    means : (2, n) the series less its regression on the regressors, and on the ones as well
    css_steps, tolerance : of conditional least squares, from the coefficients in x; none where 0
    max_steps : of the likelihood's maximisation from there; its value alone where 0
    n_probes : further starts of the maximisation; less than 0 for none but x
    x : (k, most coefficients) becomes the estimate
    found : (k, 4) becomes -2 log-likelihood, how the search ended, and the moduli of the smallest autoregressive root
        (a seasonal factor in powers of `B^m`) and of the smallest of the short moving average, up to 2
    """
    for row in range(specs.shape[0]):
        has_mean = specs[row, 4]
        count = columns.shape[0] - 1 + has_mean
        o = np.array([specs[row, 0], specs[row, 1], specs[row, 2], specs[row, 3], m])
        size = o[0] + o[1] + o[2] + o[3]
        slopes, point = np.empty((count - 1, count)), x[row, :size].copy()
        status = CONVERGED
        if size == 0:
            value = deviance(o, point, columns[:count], slopes, project, run_filter, presample_covariance, solve)
        elif n_probes >= 0:
            ends, hessians = np.full((1 + n_probes, size + 1), np.inf), np.zeros((1 + n_probes, size, size))
            status = search(
                o, columns[:count], means[has_mean], point, ends, hessians, n_probes, choose_starts, enter, minimise,
                css, to_partials, deviance, to_coefficients, project, run_filter, presample_covariance, solve,
            )  # fmt: skip
            value = ends[0, size]
            to_coefficients(o, ends[0, :size].copy(), point)
        else:
            information = np.empty((size, size))
            if css_steps:
                css(o, means[has_mean], point, information, css_steps, tolerance, run_filter, to_partials, solve)
            if max_steps:
                ends, hessians = np.full((1, size + 1), np.inf), np.zeros((1, size, size))
                enter(
                    o, means[has_mean], point, ends, 0, hessians, css, to_coefficients, to_partials, run_filter, solve
                )
                status = minimise(
                    o, columns[:count], ends, 0, 0, max_steps, slopes, hessians,
                    deviance, to_coefficients, project, run_filter, presample_covariance, solve,
                )  # fmt: skip
                value = ends[0, size]
                to_coefficients(o, ends[0, :size].copy(), point)
            else:
                value = deviance(o, point, columns[:count], slopes, project, run_filter, presample_covariance, solve)
        found[row, 0] = value
        found[row, 1] = status
        shrunk, partials = np.empty(size), np.empty(size)
        for kind in range(2):
            low, high = 1.0, 2.0  # roots are outside a circle while the coefficients at its radius are admissible
            for _ in range(12):
                middle = 0.5 * (low + high)
                start = 0
                for block in range(4):
                    for i in range(o[block]):
                        is_meant = block % 2 == 0 if kind == 0 else block == 1
                        shrunk[start + i] = point[start + i] * middle ** (i + 1) if is_meant else 0.0
                    start += o[block]
                if to_partials(o, shrunk, partials):
                    low = middle
                else:
                    high = middle
            found[row, 2 + kind] = low
        for i in range(size):
            x[row, i] = point[i]


@entry
def forecast(  # type: ignore[no-untyped-def]
    o, x, columns, difference, levels, mean, ahead, look_ahead, project, run_filter, presample_covariance, solve
):
    """Write the forecast and the psi weights: see `look_ahead`."""
    look_ahead(o, x, columns, difference, levels, mean, ahead, project, run_filter, presample_covariance, solve)


@entry
def sway(  # type: ignore[no-untyped-def]
    o, x, moves, columns, difference, levels, mean, horizon,
    look_ahead, to_partials, project, run_filter, presample_covariance, solve,
):  # fmt: skip
    """Return how forecast and psi weights change per unit along each move of the coefficients, (k, 2, horizon).

    `moves`, (k, K), are shortened until both ends are admissible; where that takes too much, nothing changes.
    """
    size = x.size
    changes = np.zeros((moves.shape[0], 2, horizon))
    ahead, behind = np.empty((2, horizon)), np.empty((2, horizon))
    there, back, partials = np.empty(size), np.empty(size), np.empty(size)
    for k in range(moves.shape[0]):
        step = 0.1
        for _ in range(8):
            for i in range(size):
                there[i] = x[i] + step * moves[k, i]
                back[i] = x[i] - step * moves[k, i]
            if to_partials(o, there, partials) and to_partials(o, back, partials):
                is_there = look_ahead(
                    o, there, columns, difference, levels, mean, ahead, project, run_filter, presample_covariance, solve
                )
                if is_there and look_ahead(
                    o, back, columns, difference, levels, mean, behind, project, run_filter, presample_covariance, solve
                ):
                    for kind in range(2):
                        for h in range(horizon):
                            changes[k, kind, h] = (ahead[kind, h] - behind[kind, h]) / (2 * step)
                break
            step *= 0.5
    return changes
