"""How cells are written, and which are blocked."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MAX_CELLS = 4_194_304  # 2048 x 2048: planning on more takes minutes and gigabytes
FREE = ".GS0 "
BLOCKED = "#@OTW1"


def check_size(lines: object) -> None:
    """Refuse a map that is too large before anything else looks at its cells."""
    if not isinstance(lines, list | tuple):
        return
    widths = [len(line) for line in lines if isinstance(line, list | tuple | str)]
    n_cells = sum(widths)
    if n_cells > MAX_CELLS:
        raise ValueError(
            f"{n_cells} cells exceed the {MAX_CELLS} of one grid; use a coarser resolution, or cut the map"
        )


def check_cells(lines: Sequence[Sequence[int]] | Sequence[str]) -> None:
    """Refuse a grid without cells, and one with rows of different lengths."""
    if not lines or not lines[0]:
        raise ValueError("the grid has no cells; give at least one")
    width = len(lines[0])
    for number, line in enumerate(lines, 1):
        if len(line) != width:
            raise ValueError(f"row {number} has {len(line)} cells, the first has {width}; give all rows one length")


def check_rows(rows: Sequence[str]) -> None:
    """Refuse characters that mean neither free nor blocked."""
    check_cells(rows)
    for number, row in enumerate(rows, 1):
        unknown = set(row) - set(FREE + BLOCKED)
        if unknown:
            raise ValueError(
                f"row {number} contains {min(unknown)!r}; use '.' for free and '#' for blocked cells "
                f"(free: {FREE!r}, blocked: {BLOCKED!r})"
            )


def is_blocked(cells: Sequence[Sequence[int]] | None, rows: Sequence[str] | None) -> NDArray[np.bool_]:
    """Return which cells are blocked, (rows, columns), the lowest row of the map first."""
    if cells is not None:
        return np.asarray(cells, dtype=np.bool_)
    text = np.frombuffer("".join(rows or ()).encode("ascii"), dtype=np.uint8).reshape(len(rows or ()), -1)
    return np.isin(text, np.frombuffer(BLOCKED.encode("ascii"), dtype=np.uint8))[::-1]
