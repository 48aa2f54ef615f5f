"""Fewer points for the same picture: what a chart of a long series needs to draw, and no more."""

import numpy as np
from numpy.typing import NDArray

MAX_POINTS = 5000  # SVG traces stay fluid below it; a screen has fewer pixels across


def min_max_indices(values: NDArray[np.float64], limit: int = MAX_POINTS) -> NDArray[np.intp]:
    """Return increasing indices of at most `limit` points that draw the same line as all of `values`.

    Both ends stay, and the least and the greatest value of each of about `limit / 2` equal stretches, so no peak
    is lost. A stretch without any value keeps one of its missing ones, so that its gap stays a gap.

    Parameters
    ----------
    values : (n,), NaN where missing
    limit : at least 4
    """
    if limit < 4:
        raise ValueError(f"limit {limit} leaves no room for both ends, a least and a greatest value; give at least 4")
    n = len(values)
    if n <= limit:
        return np.arange(n)
    width = -(-(n - 2) // ((limit - 2) // 2))  # of a stretch, rounded up
    stretches = -(-(n - 2) // width)
    padded = np.full(stretches * width, np.nan)
    padded[: n - 2] = values[1:-1]
    grid = padded.reshape(stretches, width)
    starts = 1 + width * np.arange(stretches)
    least = np.where(np.isnan(grid), np.inf, grid).argmin(axis=1)  # an empty stretch yields its first, a missing one
    greatest = np.where(np.isnan(grid), -np.inf, grid).argmax(axis=1)
    return np.unique(np.concatenate([[0, n - 1], starts + least, starts + greatest]))
