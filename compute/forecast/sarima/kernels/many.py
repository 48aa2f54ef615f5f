"""One model fitted to many series and forecast, without returning to Python between them."""

import numpy as np

from compute.forecast.sarima.kernels.compilation import entry
from compute.forecast.sarima.kernels.entries import PASS_PARTS, SEARCH_PARTS
from compute.forecast.sarima.kernels.filters import AR

MANY_PARTS = (*SEARCH_PARTS, PASS_PARTS[0])
DEVIANCE, MEAN, SCALE, STATUS = 0, 1, 2, 3  # columns of what is found of each series


@entry
def fit_series(  # type: ignore[no-untyped-def]
    o, d, D, has_mean, n_probes, flat, ends_of, first, last, x, found, means, deviations,
    search, choose_starts, enter, minimise, css, to_partials,
    deviance, to_coefficients, project, run_filter, presample_covariance, solve, pass_over,
):  # fmt: skip
    """Fit series `first` to `last` and forecast them.

    Parameters
    ----------
    flat, ends_of : values of all series one after another, and where each ends
    x : (N, K) becomes the coefficients
    found : (N, 4) becomes -2 log-likelihood, mean of the differenced series, standard deviation of the one-step
        errors, how the search ended; NaN where the series is too short or does not vary
    means, deviations : (N, horizon) become the forecasts and the standard deviations of their errors
    """
    size, m, horizon = x.shape[1], o[4], means.shape[1]
    lost = d + m * D
    r = max(o[0] + m * o[2], o[1] + m * o[3])
    unit = np.zeros((1, lost + o[0] + m * o[2] + 1))  # ar(B) (1-B)^d (1-B^m)^D
    difference = np.zeros((1, lost + 1))
    difference[0, 0] = 1.0
    for k in range(d + D):
        spacing = 1 if k < d else m
        for t in range(lost, spacing - 1, -1):
            difference[0, t] -= difference[0, t - spacing]
    for row in range(first, last):
        begin = ends_of[row - 1] if row else 0
        values = flat[begin : ends_of[row]]
        n = values.size - lost
        found[row, :] = np.nan
        means[row, :] = np.nan
        deviations[row, :] = np.nan
        if n < size + has_mean + 2 or n <= r:
            continue
        columns = np.ones((1 + has_mean, n))
        average, square = 0.0, 0.0
        for t in range(n):
            total = 0.0
            for lag in range(lost + 1):
                if difference[0, lag] != 0.0:
                    total += difference[0, lag] * values[t + lost - lag]
            columns[0, t] = total
            average += total / n
        if not has_mean:
            average = 0.0
        for t in range(n):
            square += (columns[0, t] - average) ** 2 / n
        scale = np.sqrt(square)
        if not scale > 1e-11 * np.max(np.abs(values)):
            continue
        series = np.empty(n)
        for t in range(n):
            columns[0, t] /= scale
            series[t] = columns[0, t] - average / scale
        ends, hessians = np.full((1 + n_probes, size + 1), np.inf), np.zeros((1 + n_probes, size, size))
        slopes, point = np.zeros((has_mean, 1 + has_mean)), np.zeros(size)
        status = 1
        if size:
            status = search(
                o, columns, series, point, ends, hessians, n_probes, choose_starts, enter, minimise, css, to_partials,
                deviance, to_coefficients, project, run_filter, presample_covariance, solve,
            )  # fmt: skip
            to_coefficients(o, ends[0, :size].copy(), point)
        value = deviance(o, point, columns, slopes, project, run_filter, presample_covariance, solve)
        if not value < np.inf:
            continue
        mean = slopes[0, 0] if has_mean else 0.0
        for i in range(size):
            x[row, i] = point[i]
        rows, past, covariance = np.zeros((4, n)), np.zeros(r), np.zeros((r, r))
        ar, ma = np.zeros(r + 1), np.zeros(r + 1)
        for j in range(o[2] + 1):
            for i in range(o[0] + 1):
                ar[j * m + i] += (-point[o[0] + o[1] + j - 1] if j else 1.0) * (-point[i - 1] if i else 1.0)
        for j in range(o[3] + 1):
            for i in range(o[1] + 1):
                seasonal = point[o[0] + o[1] + o[2] + j - 1] if j else 1.0
                ma[j * m + i] += seasonal * (point[o[0] + i - 1] if i else 1.0)
        if r:
            presample_covariance(ar, ma, covariance, solve)
        for t in range(n):
            rows[0, t] = columns[0, t] - mean
        pass_over(o, point, rows, past, covariance, n, run_filter)
        total = 0.0
        for t in range(n):
            total += rows[0, t] * rows[0, t] / rows[1, t]
        sigma = np.sqrt(total / max(n - size - has_mean, 1)) * scale
        found[row, DEVIANCE] = value + 2 * n * np.log(scale)
        found[row, MEAN] = mean * scale
        found[row, SCALE] = sigma
        found[row, STATUS] = status
        unit[:, :] = 0.0
        for t in range(lost + 1):
            unit[0, t] = difference[0, t]
        run_filter(o, point, unit, 0, 1, AR)
        constant, degree = 0.0, unit.shape[1] - 1
        for t in range(r + 1):
            constant += ar[t] * mean * scale
        psi, unknown = np.zeros(horizon), np.zeros((r, horizon))
        accumulated = 0.0
        for h in range(horizon):
            total = constant
            weight = ma[h] if h <= r else 0.0
            for lag in range(1, degree + 1):
                level = means[row, h - lag] if lag <= h else values[values.size + h - lag]
                total -= unit[0, lag] * level
                if lag <= h:
                    weight -= unit[0, lag] * psi[h - lag]
            for lag in range(h + 1, r + 1):  # errors that have happened, the unobserved past as it is known now
                t = n + h - lag
                error = rows[2, t]
                for i in range(min(t + 1, r)):
                    error -= rows[3, t - i] * past[i]
                total += ma[lag] * error * scale
                for i in range(min(t + 1, r)):
                    unknown[i, h] -= ma[lag] * rows[3, t - i]
            left_open = 0.0  # of the variance, by what is still unknown of the past
            for i in range(r):
                for lag in range(1, min(h, degree) + 1):
                    unknown[i, h] -= unit[0, lag] * unknown[i, h - lag]
                for j in range(i + 1):
                    left_open += (1.0 if i == j else 2.0) * unknown[i, h] * covariance[i, j] * unknown[j, h]
            means[row, h] = total
            psi[h] = weight
            accumulated += weight * weight
            deviations[row, h] = sigma * np.sqrt(accumulated + max(left_open, 0.0))
