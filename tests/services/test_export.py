"""Results as CSV: every number exactly, nothing where nothing is known, and a clear word where there is no table."""

import csv
import io
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.forecast.result import Accuracy, Diagnostics, FittedModel, ForecastResult, Interval
from compute.job import ignore_progress
from compute.trajectory.request import TrajectoryRequest
from compute.trajectory.run import estimate_trajectory
from compute.trajectory.track import Track
from services.csv_text import RISKY, csv_text, harmless
from services.export import NoTableError, write_csv

numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)


def result(history: list[float | None], mean: list[float | None], with_times: bool = True) -> ForecastResult:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    times = [start + timedelta(days=at) for at in range(len(history) + len(mean))]
    return ForecastResult(
        name="series",
        season_length=7,
        frequency="P1D",
        history_timestamps=tuple(times[: len(history)]) if with_times else None,
        history=tuple(history),
        timestamps=tuple(times[len(history) :]) if with_times else None,
        mean=tuple(mean),
        intervals=tuple(Interval(level=level, lower=tuple(mean), upper=tuple(mean)) for level in (80, 99.5)),
        intervals_method="analytic",
        fitted=tuple(history),
        residuals=(None,) * len(history),
        model=FittedModel(kind="naive", description="Naive", parameters={}),
        accuracy=Accuracy(folds=0, reason="too short"),
        baseline={},
        diagnostics=Diagnostics(),
    )


@given(st.lists(numbers, min_size=1, max_size=10), st.lists(numbers, min_size=1, max_size=10), st.booleans())
def test_every_number_of_a_forecast_comes_back(
    history: list[float | None], mean: list[float | None], with_times: bool
) -> None:
    text = "".join(write_csv("forecast", result(history, mean, with_times)))
    rows = list(csv.DictReader(io.StringIO(text)))
    read = [[float(row[name]) if row[name] else None for row in rows] for name in ("value", "mean", "upper_99.5")]
    assert read[0] == [*history, *[None] * len(mean)]
    assert read[1] == read[2] == [*[None] * len(history), *mean]
    assert [row["part"] for row in rows] == ["history"] * len(history) + ["forecast"] * len(mean)
    first = "timestamp" if with_times else "step"
    assert rows[0][first] == ("2024-01-01T00:00:00Z" if with_times else "1")
    assert len({row[first] for row in rows}) == len(rows)


def test_a_kind_without_a_table_is_refused_at_once() -> None:
    with pytest.raises(NoTableError, match="results of dream are no table; ask for JSON"):
        write_csv("dream", result([1.0], [1.0]))


@given(st.text(max_size=20))
def test_no_text_begins_like_a_formula_and_harmless_text_is_untouched(text: str) -> None:
    made = harmless(text)
    assert not made.startswith(RISKY)
    assert made == text or (text.startswith(RISKY) and made[1:] == text)


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=2, max_size=2), max_size=1200
    )
)
def test_rows_in_any_number_are_joined_without_loss(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO("".join(csv_text(rows)), newline="")))
    assert read == [[harmless(cell) for cell in row] for row in rows]


def test_a_trajectory_is_a_table_of_its_track_and_its_prediction() -> None:
    track = Track(positions=np.array([[0.0, 0.0], [1.0, 2.0], [np.nan, np.nan], [3.0, 6.5]]))
    request = TrajectoryRequest.model_validate(
        {"track": {"positions": [[0, 0]]}, "horizon": 2, "measurement_noise": 1, "process_noise": 1, "levels": [95]}
    )
    found = estimate_trajectory(request, track, ignore_progress)
    rows = list(csv.DictReader(io.StringIO("".join(write_csv("trajectory", found)))))
    assert [row["part"] for row in rows] == ["track"] * 4 + ["prediction"] * 2
    assert [row["seconds"] for row in rows] == ["0", "1", "2", "3", "4", "5"]
    assert rows[2]["observed_y"] == ""
    assert float(rows[2]["y"]) == found.smoothed.positions[2][1]  # type: ignore[index]
    assert float(rows[5]["radius_95"]) == found.regions[0].semi_axes[1][0]
    assert float(rows[5]["velocity_x"]) == found.predicted.velocities[1][0]  # type: ignore[index]
