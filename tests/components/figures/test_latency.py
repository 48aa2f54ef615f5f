"""Charts of latencies: gaps stay gaps, every step has its cell, axes say their units."""

import math

import pytest

from components.figures.latency import LatencyPoint, heat_map, percentiles_chart, rate_chart

LIMITS = (1.0, 10.0, math.inf)
START = 1_800_000_000 // 60 * 60
SPAN = (START, START + 600)


def point(minute: int, count: int = 10, failed: int = 0, cells: tuple[int, ...] = (2, 5, 3)) -> LatencyPoint:
    return LatencyPoint(START + 60 * minute, 60, count, failed, 4.0, 20.0, 90.0, cells)


def test_a_line_breaks_where_nothing_was_answered() -> None:
    figure = percentiles_chart([point(0), point(1), point(5)], SPAN, "x")
    assert len(figure.data) == 3
    for line in figure.data:
        assert [value is None for value in line.y] == [False, False, True, False]
    assert len({line.line.dash for line in figure.data}) == 3, "told apart by more than colour"


def test_the_heat_map_has_a_cell_for_each_step_and_span() -> None:
    [cells] = heat_map([point(0), point(5)], LIMITS, SPAN, "x").data
    assert list(cells.y) == ["under 1 ms", "up to 10 ms", "over 10 ms"]
    assert len(cells.x) == 11
    assert [row[5] for row in cells.customdata] == [2, 5, 3]
    assert cells.z[1][5] == pytest.approx(math.log10(5))
    assert all(row[3] is None for row in cells.z)


def test_rates_are_per_second_and_failures_stand_on_their_own() -> None:
    answered, failed = rate_chart([point(0, count=120, failed=60)], SPAN, "x").data
    assert (answered.y[0], failed.y[0]) == (1.0, 1.0)
    assert failed.marker.pattern.shape


def test_axes_say_their_units() -> None:
    points = [point(0)]
    assert "ms" in percentiles_chart(points, SPAN, "x").layout.yaxis.title.text
    assert "per second" in rate_chart(points, SPAN, "x").layout.yaxis.title.text
    for figure in (percentiles_chart(points, SPAN, "x"), heat_map(points, LIMITS, SPAN, "x")):
        assert figure.layout.xaxis.title.text == "Time (UTC)"
