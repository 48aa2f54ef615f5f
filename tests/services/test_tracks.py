"""A track is read from a dataset's columns or from the request; what is wrong is told at the field that names it."""

from typing import Any

import numpy as np
import pytest

from compute.schema import RequestError
from compute.series import InlineSeries
from compute.trajectory.request import TrajectoryRequest
from compute.trajectory.track import Track
from services.tracks import check_track, read_track
from services.workspace import Workspace

FLIGHT = {"dataset": "drone-flight", "columns": ["east_m", "north_m", "up_m"]}


def read(workspace: Workspace, track: dict[str, Any]) -> Track:
    reference = TrajectoryRequest.model_validate({"track": track}).track
    check_track(reference, workspace.datasets)
    return read_track(reference, workspace.datasets)


def test_columns_are_the_axes_of_the_track(workspace: Workspace) -> None:
    track = read(workspace, FLIGHT)
    assert track.positions.shape == (300, 3)
    assert track.axes == ("east_m", "north_m", "up_m")
    assert track.timestamps is not None
    assert np.isnan(track.positions[57]).all()


def test_a_column_of_seconds_takes_the_place_of_the_calendar(workspace: Workspace) -> None:
    track = read(workspace, {"dataset": "drone-flight", "columns": ["east_m", "north_m"], "time_column": "up_m"})
    assert track.timestamps is None
    assert track.times is not None
    assert track.times[0] == pytest.approx(0.71)


def test_positions_of_the_request_are_read_as_they_are(workspace: Workspace) -> None:
    track = read(workspace, {"positions": [[1, 2], None, [3, None]], "times": [0, 0.5, 2], "name": "hand"})
    np.testing.assert_array_equal(track.positions, [[1, 2], [np.nan, np.nan], [3, np.nan]])
    np.testing.assert_array_equal(track.times, [0, 0.5, 2])
    assert track.name == "hand"
    stamped = read(workspace, {"positions": [[1, 2]], "timestamps": ["2024-05-01T12:00:00+02:00"]})
    np.testing.assert_array_equal(stamped.timestamps, np.array(["2024-05-01T10:00"], dtype="datetime64[ns]"))


@pytest.mark.parametrize(
    ("track", "loc"),
    [
        ({**FLIGHT, "dataset": "gone"}, ("track", "dataset")),
        ({**FLIGHT, "columns": ["east_m", "west_m"]}, ("track", "columns", 1)),
        ({**FLIGHT, "columns": ["time", "east_m"]}, ("track", "columns", 0)),
        ({**FLIGHT, "time_column": "no"}, ("track", "time_column")),
        ({"positions": [[1, 2]], "timestamps": ["3000-01-01"]}, ("track", "timestamps")),
    ],
)
def test_what_is_wrong_is_told_at_its_field(workspace: Workspace, track: dict[str, Any], loc: tuple[str, ...]) -> None:
    with pytest.raises(RequestError) as refusal:
        read(workspace, track)
    assert refusal.value.problems[0].loc == loc


def test_years_beyond_the_clock_are_refused_in_a_series_too(workspace: Workspace) -> None:
    series = InlineSeries.model_validate({"values": [1.0], "timestamps": ["1500-01-01T00:00:00Z"]})
    with pytest.raises(RequestError, match="1678 to 2261"):
        workspace.read_series(series)
