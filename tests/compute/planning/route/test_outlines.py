"""The boundary of blocked cells, by what any boundary must satisfy."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from compute.planning.route.outlines import corners_of, edges_of

CELLS = st.lists(st.lists(st.sampled_from([0, 0, 1]), min_size=6, max_size=6), min_size=1, max_size=6).map(
    lambda rows: np.array(rows, dtype=np.uint8)
)


@given(CELLS)
def test_edges_enclose_as_much_as_is_blocked(cells: NDArray[np.uint8]) -> None:
    x0, y0, x1, y1 = edges_of(cells).T
    assert 0.5 * np.sum(x0 * y1 - x1 * y0) == cells.sum()


@given(CELLS)
def test_edges_are_as_long_as_blocked_and_free_cells_touch(cells: NDArray[np.uint8]) -> None:
    x0, y0, x1, y1 = edges_of(cells).T
    padded = np.pad(cells, 1).astype(int)
    assert np.sum(np.abs(x1 - x0) + np.abs(y1 - y0)) == sum(np.abs(np.diff(padded, axis=axis)).sum() for axis in (0, 1))


@given(CELLS)
def test_corners_are_where_one_of_four_cells_is_blocked_and_turn_away_from_it(cells: NDArray[np.uint8]) -> None:
    corners = corners_of(cells)
    padded = np.pad(cells, 1)
    around = padded[:-1, :-1] + padded[:-1, 1:] + padded[1:, :-1] + padded[1:, 1:]
    assert len(corners) == np.sum(around == 1)
    for x, y, begin in corners:
        away = begin + np.pi / 4
        i, j = np.floor([x - 0.5 * np.cos(away), y - 0.5 * np.sin(away)]).astype(int)
        assert cells[j, i] == 1
