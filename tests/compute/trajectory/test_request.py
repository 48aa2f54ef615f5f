"""What a request says of a track: its rows, its times, and what is refused at which field."""

from typing import Any

import pytest
from pydantic import ValidationError

from compute.schema import field_problems
from compute.trajectory.request import TrajectoryRequest
from compute.trajectory.track import DatasetTrack, InlineTrack

SQUARE = [[0, 0], [1, 0], None, [1, None], [0, 1]]


def problems_of(data: dict[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(ValidationError) as refusal:
        TrajectoryRequest.model_validate(data)
    return [(problem.loc, problem.msg) for problem in field_problems(refusal.value, data)]


def test_both_ways_to_name_a_track_are_told_apart() -> None:
    inline = TrajectoryRequest.model_validate({"track": {"positions": SQUARE, "times": [0, 1, 2, 3, 4]}})
    stored = TrajectoryRequest.model_validate({"track": {"dataset": "drone-flight", "columns": ["x", "y"]}})
    assert isinstance(inline.track, InlineTrack)
    assert inline.track.positions[2] is None
    assert isinstance(stored.track, DatasetTrack)


@pytest.mark.parametrize(
    ("track", "loc", "words"),
    [
        ({"positions": [[0, 0], [1]]}, ("track", "positions"), "row 2 has 1 coordinates"),
        ({"positions": [[0, 0], [1, 2, 3]]}, ("track", "positions"), "row 2 has 3 coordinates, those before it 2"),
        ({"positions": [None, [1, 2, 3, 4]]}, ("track", "positions"), "row 2 has 4 coordinates"),
        ({"positions": [None, None]}, ("track", "positions"), "every position is missing"),
        ({"positions": [[0, "a"]]}, ("track", "positions", 0, 1), "'a' is refused"),
        ({"positions": SQUARE, "times": [0, 1]}, ("track", "times"), "2 times for 5 positions"),
        ({"positions": SQUARE[:1], "times": [0], "timestamps": ["2024-01-01"]}, ("track", "times"), "one of the two"),
        ({"dataset": "a", "columns": ["x"]}, ("track", "columns"), "at least 2"),
        ({"dataset": "a", "columns": ["x", ""]}, ("track", "columns", 1), "it is empty"),
        ({"dataset": "a", "columns": ["x", "x"]}, ("track", "columns"), "repeat a name"),
    ],
)
def test_a_wrong_track_is_refused_at_its_field(track: dict[str, Any], loc: tuple[str | int, ...], words: str) -> None:
    found = problems_of({"track": track})
    assert [at for at, _ in found] == [loc]
    assert words in found[0][1]


@pytest.mark.parametrize(
    ("name", "value"),
    [("horizon", 0), ("measurement_noise", 0), ("process_noise", -1), ("levels", [50, 50]), ("gate", 20), ("dt", 0)],
)
def test_a_wrong_value_is_refused_at_its_field(name: str, value: object) -> None:
    assert problems_of({"track": {"positions": SQUARE}, name: value})[0][0][0] == name


def test_levels_are_sorted() -> None:
    assert TrajectoryRequest.model_validate({"track": {"positions": SQUARE}, "levels": [95, 50]}).levels == (50, 95)
