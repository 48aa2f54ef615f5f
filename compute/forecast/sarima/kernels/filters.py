"""Filters of a seasonal ARMA in place, factor by factor: a season costs as little as a lag."""

from numba import types

from compute.forecast.sarima.kernels.compilation import Counts, Matrix, Vector, pointer, stage

AR, MA, ARMA = 1, 2, 3  # parts of the filter
RUN_FILTER = types.void(Counts, Vector, Matrix, types.int64, types.int64, types.int64)


@stage(RUN_FILTER)
def run_filter(o, x, rows, first, end, parts):  # type: ignore[no-untyped-def]
    """Replace each row y from `first` to `end`, (n,), by `phi(B) Phi(B^m) / (theta(B) Theta(B^m)) y`.

    Before its start are zeros. `parts` is AR for the numerator alone, MA for the denominator alone, ARMA for both.
    """
    n = rows.shape[1]
    for block in range(4):  # phi, theta, Phi, Theta
        count = o[block]
        if count == 0 or (parts & (AR if block % 2 == 0 else MA)) == 0:
            continue
        spacing = 1 if block < 2 else o[4]
        start = 0
        for before in range(block):
            start += o[before]
        whole = count * spacing  # from there on, all lags are inside
        for row in range(first, end):
            if block % 2 == 0:
                for t in range(n - 1, spacing - 1, -1):
                    total = rows[row, t]
                    for j in range(count if t >= whole else t // spacing):
                        total -= x[start + j] * rows[row, t - (j + 1) * spacing]
                    rows[row, t] = total
            else:
                for t in range(spacing, n):
                    total = rows[row, t]
                    for j in range(count if t >= whole else t // spacing):
                        total -= x[start + j] * rows[row, t - (j + 1) * spacing]
                    rows[row, t] = total


RunFilter = pointer(RUN_FILTER)
