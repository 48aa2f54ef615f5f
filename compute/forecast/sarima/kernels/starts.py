"""Where the search begins: two regressions, white noise, two cycles and five corners, as in `starts.py` above."""

import numpy as np
from numba import types

from compute.forecast.sarima.kernels.algebra import Solve
from compute.forecast.sarima.kernels.compilation import Counts, Matrix, Vector, pointer, stage
from compute.forecast.sarima.kernels.coordinates import ToCoefficients, ToPartials

CYCLE_RADIUS, DAMPED_RADIUS = 0.98, 0.8  # of the inverse roots of a cycle, and of what broadens its peak
# Corners of autoregressive and moving-average coordinates; the last is a difference too many.
CORNERS = ((1.0, -1.0), (1.0, -0.5), (-0.5, 0.5), (-0.5, -1.0), (0.5, 2.0))
FREQUENCIES = 128  # at which the spectrum is looked at
SHRINK = 0.9  # of the roots of a regression, until it is stationary and invertible
MAX_STARTS = 9
CHOOSE = types.int64(Counts, Vector, Matrix, ToCoefficients, ToPartials, Solve)


@stage(CHOOSE)
def choose_starts(o, series, starts, to_coefficients, to_partials, solve):  # type: ignore[no-untyped-def]
    """Write starts, (MAX_STARTS, K), two regressions and white noise first; return how many.

    `series`, (n,), is the differenced one less its mean. The long autoregression is that of Yule and Walker; the places
    of cycles are the two highest peaks of its spectrum.
    """
    n, size, m = series.size, starts.shape[1], o[4]
    memory = max(o[0] + m * o[2], o[1] + m * o[3])
    long = min(max(2 * memory, int(10 * np.log10(n))), n // 4)
    for i in range(starts.shape[0]):
        for j in range(size):
            starts[i, j] = 0.0
    covariances, slopes, errors = np.empty(long + 1), np.zeros(long + 1), series.copy()
    for lag in range(long + 1):
        total = 0.0
        for t in range(lag, n):
            total += series[t] * series[t - lag]
        covariances[lag] = total
    remaining = covariances[0]
    if long < 1 or not remaining > 0:
        return 1
    for k in range(1, long + 1):  # Levinson's recursion
        partial = covariances[k]
        for j in range(1, k):
            partial -= slopes[j] * covariances[k - j]
        partial /= remaining
        slopes[k] = partial
        for j in range(1, (k + 1) // 2):
            low, high = slopes[j], slopes[k - j]
            slopes[j] = low - partial * high
            slopes[k - j] = high - partial * low
        if k % 2 == 0:
            slopes[k // 2] *= 1 - partial
        remaining *= 1 - partial * partial
    lags = np.empty(size, dtype=np.int64)
    row = 0
    for block in range(4):
        for i in range(o[block]):
            lags[row] = (i + 1) * (1 if block < 2 else m)
            row += 1
    first = long
    for i in range(size):
        first = max(first, long + lags[i])
    if n - first >= 2 * size + 2:
        for t in range(n):
            if t < long:
                errors[t] = 0.0
                continue
            for j in range(1, long + 1):
                errors[t] -= slopes[j] * series[t - j]
        system, past = np.zeros((size, size + 1)), np.empty(size)
        n_phi, n_short, n_seasonal = o[0], o[0] + o[1], o[0] + o[1] + o[2]
        for t in range(first, n):
            for i in range(size):
                is_regressive = i < n_phi or n_short <= i < n_seasonal
                past[i] = series[t - lags[i]] if is_regressive else errors[t - lags[i]]
            for i in range(size):
                for j in range(size):
                    system[i, j] += past[i] * past[j]
                system[i, size] += past[i] * series[t]
        for i in range(size):
            system[i, i] *= 1 + 1e-10
        solve(system)
        for _ in range(40):
            for i in range(size):
                starts[0, i] = system[i, size]
            if to_partials(o, starts[0], past):
                break
            for i in range(size):
                starts[0, i] = 0.0
                system[i, size] *= SHRINK ** (lags[i] / (1 if i < n_short else m))
    count = 2
    for ar, ma in CORNERS:
        for i in range(size):
            is_regressive = i < o[0] or o[0] + o[1] <= i < o[0] + o[1] + o[2]
            errors[i] = ar if is_regressive else ma
        to_coefficients(o, errors[:size], starts[count])
        count += 1
    if o[0] >= 2:
        powers = np.empty(FREQUENCIES + 1)  # reciprocal ones, at frequencies from 0 to pi
        for k in range(FREQUENCIES + 1):
            turn_real, turn_imaginary = np.cos(np.pi * k / FREQUENCIES), -np.sin(np.pi * k / FREQUENCIES)
            real, imaginary, sum_real, sum_imaginary = 1.0, 0.0, 1.0, 0.0
            for j in range(1, long + 1):
                kept = real
                real = kept * turn_real - imaginary * turn_imaginary
                imaginary = kept * turn_imaginary + imaginary * turn_real
                sum_real -= slopes[j] * real
                sum_imaginary -= slopes[j] * imaginary
            powers[k] = sum_real * sum_real + sum_imaginary * sum_imaginary
        taken = 0
        for _ in range(2):
            peak = 0
            for k in range(1, FREQUENCIES):
                is_peak = powers[k] <= powers[k - 1] and powers[k] <= powers[k + 1] and k != taken
                if is_peak and (peak == 0 or powers[k] < powers[peak]):
                    peak = k
            if peak == 0:
                break
            taken = peak
            cosine = np.cos(np.pi * peak / FREQUENCIES)
            starts[count, 0] = 2 * CYCLE_RADIUS * cosine
            starts[count, 1] = -CYCLE_RADIUS * CYCLE_RADIUS
            if o[1] >= 2:
                starts[count, o[0]] = -2 * DAMPED_RADIUS * cosine
                starts[count, o[0] + 1] = DAMPED_RADIUS * DAMPED_RADIUS
            count += 1
    return count


ChooseStarts = pointer(CHOOSE)
