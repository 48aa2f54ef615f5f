"""Mean and covariance of many windows at once."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Spans = NDArray[np.int64]

CHUNK = 4_000_000  # numbers of all covariances, or of all windows, at once: 32 MB


def moments_in_chunks(returns: Array, spans: Spans) -> Iterator[tuple[slice, Array, Array]]:
    """Return, some at a time, which windows, their means (b, n), and their covariances (b, n, n) over rows - 1.

    `returns` (T, n); `spans` (B, 2) first row and the row after the last of each window.
    """
    n = returns.shape[1]
    longest = int((spans[:, 1] - spans[:, 0]).max())
    step = max(1, CHUNK // (n * max(n, longest)))
    is_even = bool((spans[:, 1] - spans[:, 0] == longest).all())
    for start in range(0, len(spans), step):
        part = slice(start, min(start + step, len(spans)))
        if is_even:
            rows = spans[part, :1] + np.arange(longest)
            table = returns[rows]  # (b, window, n)
            means = table.mean(axis=1)
            table -= means[:, None, :]
            yield part, means, np.matmul(table.transpose(0, 2, 1), table) / (longest - 1)
        else:
            windows = [returns[first:after] for first, after in spans[part]]
            means = np.array([window.mean(axis=0) for window in windows])
            yield part, means, np.array([np.cov(window.T) for window in windows])
