"""Sparklines: inside their picture, broken where values are missing."""

import re
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from components.sparkline import HEIGHT, WIDTH, line_path, sparkline

VALUES = st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), max_size=60)


def points(path: str) -> list[tuple[str, float, float]]:
    """Return the commands of a path with their coordinates."""
    return [(command, float(x), float(y)) for command, x, y in re.findall(r"([ML])(-?[\d.]+) (-?[\d.]+)", path)]


@given(values=VALUES)
def test_line_stays_inside_its_picture(values: list[float | None]) -> None:
    for _, x, y in points(line_path(values)):
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


@given(values=VALUES)
def test_line_has_a_point_per_value_and_a_stroke_per_run_of_values(values: list[float | None]) -> None:
    drawn = points(line_path(values))
    assert len(drawn) == sum(value is not None for value in values)
    runs = sum(value is not None and (index == 0 or values[index - 1] is None) for index, value in enumerate(values))
    assert sum(command == "M" for command, _, _ in drawn) == runs


def test_higher_values_are_drawn_higher() -> None:
    low, high = points(line_path([1.0, 2.0]))
    assert high[2] < low[2]


def test_sparkline_is_a_labelled_picture_without_any_address() -> None:
    props = sparkline([1.0, 2.0], "Shape of sales").to_plotly_json()["props"]
    assert (props["role"], props["aria-label"]) == ("img", "Shape of sales")
    drawing = unquote(props["style"]["maskImage"])
    assert drawing.startswith('url("data:image/svg+xml,<svg ')
    assert drawing.count("http") == 1  # the name of the SVG namespace
