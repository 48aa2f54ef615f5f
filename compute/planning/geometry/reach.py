"""How far each cell of a grid is from one of the other kind, in steps of a king on a chessboard."""

import numpy as np
from numpy.typing import NDArray

from compute.planning.compilation import kernel

FAR = 1 << 20  # stands for a grid whose cells are all of one kind


@kernel
def count_steps_to_change(cells: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return for each cell of (rows, columns) the Chebyshev distance to the nearest cell of the other kind, >= 1.

    Two passes over the grid (Rosenfeld & Pfaltz 1968); exact for this distance. What lies outside counts for neither.
    """
    n_rows, n_columns = cells.shape
    steps = np.full((n_rows, n_columns), FAR, dtype=np.int32)
    for sweep in range(2):
        ahead = 1 - 2 * sweep
        for row in range(n_rows):
            j = row if sweep == 0 else n_rows - 1 - row
            for column in range(n_columns):
                i = column if sweep == 0 else n_columns - 1 - column
                least = steps[j, i]
                for dj, di in ((-ahead, -1), (-ahead, 0), (-ahead, 1), (0, -ahead)):
                    b, a = j + dj, i + di
                    if b < 0 or b >= n_rows or a < 0 or a >= n_columns:
                        continue
                    if cells[b, a] != cells[j, i]:
                        least = 1
                    elif steps[b, a] + 1 < least:
                        least = steps[b, a] + 1
                steps[j, i] = least
    return steps
