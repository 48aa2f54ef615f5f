"""Charts of samples over time."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from components.figures.telemetry import LEAST_GAP_MS, DrawnChart, DrawnSeries, telemetry_chart, with_gaps
from components.gpu_cards import shown_value

POWER = "Power of the whole board."


def line(title: str, values: list[float | None]) -> DrawnSeries:
    return DrawnSeries(title, f"device:{title}", "power_w", [1000 * i for i in range(len(values))], values)


def test_each_source_is_a_line_that_the_browser_can_continue() -> None:
    series = (line("GPU 0", [1.0, 2.0]), line("GPU 1", [None, None]), line("GPU 2", [3.0, None]))
    figure = telemetry_chart(DrawnChart("power", "Power", "W", POWER, series, 700, "limit"), 1, "900")
    assert [trace.name for trace in figure.data] == ["GPU 0", "GPU 2"]
    assert figure.data[1].meta == {"source": "device:GPU 2", "metric": "power_w"}
    assert figure.data[0].line.color != figure.data[1].line.color
    assert figure.data[0].line.dash != figure.data[1].line.dash
    assert isinstance(figure.data[0].x, list | tuple)  # no typed array: an empty value would be 0 in one
    assert figure.layout.yaxis.title.text == "W"
    assert figure.layout.annotations[0].text == "limit"


def test_a_share_fills_its_axis() -> None:
    figure = telemetry_chart(DrawnChart("busy", "Busy", "%", POWER, (line("GPU 0", [1.0]),), 100.0), 1, "900")
    assert figure.layout.yaxis.range == (0, 102)


@settings(max_examples=30)
@given(st.lists(st.integers(0, 100_000), unique=True, max_size=30).map(sorted))
def test_lines_are_broken_where_nothing_was_sampled_and_only_there(times: list[int]) -> None:
    shown_times, shown = with_gaps(times, [1.0] * len(times), LEAST_GAP_MS)
    gaps = sum(b - a > LEAST_GAP_MS for a, b in itertools.pairwise(times))
    assert shown.count(None) == gaps
    assert [at for at, value in zip(shown_times, shown, strict=True) if value is not None] == times
    assert shown_times == sorted(shown_times)


def test_whole_numbers_are_shown_whole() -> None:
    assert [shown_value(value) for value in (0.0, 68.0, 1.5, 0.12345, 1776.4)] == [
        "0",
        "68",
        "1.50",
        "0.123",
        "1\u202f776",
    ]
