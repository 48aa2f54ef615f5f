"""The chart of a stored series."""

import numpy as np
import pytest

from components.figures.decimate import MAX_POINTS
from components.figures.series import series_figure
from compute.series import Series


@pytest.mark.parametrize("size", [10, MAX_POINTS, MAX_POINTS + 1, 123_457])
def test_figure_never_holds_more_than_the_limit(size: int) -> None:
    figure = series_figure(Series(np.sin(np.arange(size) / 50), name="wave"))
    assert len(figure.data[0].x) == len(figure.data[0].y) <= MAX_POINTS
    says_so = "are drawn" in (figure.layout.xaxis.title.text or "")
    assert says_so == (size > MAX_POINTS)


def test_series_without_times_counts_its_steps_from_one() -> None:
    figure = series_figure(Series(np.array([3.0, 1.0, 2.0]), name="sales"), unit="EUR")
    assert list(figure.data[0].x) == [1, 2, 3]
    assert figure.layout.xaxis.title.text == "step"
    assert figure.layout.yaxis.title.text == "sales (EUR)"


def test_series_with_times_is_drawn_at_its_times() -> None:
    times = np.array(["2025-01-01", "2025-02-01"], dtype="datetime64[ns]")
    figure = series_figure(Series(np.array([1.0, 2.0]), timestamps=times, name="sales"))
    assert [str(moment)[:10] for moment in np.asarray(figure.data[0].x, dtype="datetime64[ns]")] == [
        "2025-01-01",
        "2025-02-01",
    ]


def test_gap_breaks_the_line() -> None:
    figure = series_figure(Series(np.array([1.0, np.nan, 3.0]), name="sales"))
    assert np.isnan(np.asarray(figure.data[0].y)[1])
    assert figure.data[0].connectgaps is False
