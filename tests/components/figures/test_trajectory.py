"""The charts of a track draw what the result says, thin what is long, and stay in one scale from above."""

from typing import Any

import numpy as np
import pytest

from components.figures import motion
from components.figures.trajectory import FROM_THE_SIDE, MAX_ELLIPSES, MAX_MARKERS, ShownTrack, points, track_chart
from tests.components.tracks import made_track

FLAT, SPACE = made_track(), made_track(d=3, horizon=30)


def trace(figure: Any, name: str) -> Any:
    return next(each for each in figure.data if each.name == name)


def test_from_above_both_axes_have_one_scale_and_carry_their_names() -> None:
    layout = track_chart(ShownTrack("a", FLAT)).layout
    assert layout.yaxis.scaleanchor == "x"
    assert (layout.xaxis.title.text, layout.yaxis.title.text) == ("x", "y")
    side = track_chart(ShownTrack("a", SPACE), plane=FROM_THE_SIDE).layout
    assert (side.xaxis.title.text, side.yaxis.title.text) == ("x", "z")


def test_missing_and_refused_positions_are_marked_apart() -> None:
    figure = track_chart(ShownTrack("a", FLAT))
    missing, refused, observed = (
        trace(figure, name) for name in ("Missing, bridged", "Refused by the gate", "Observed")
    )
    assert len(missing.x) == sum(point is None for point in FLAT.positions) == 3
    assert len(refused.x) == len(FLAT.outliers) == 1
    assert len(observed.x) == len(FLAT.positions) - 4
    assert len({missing.marker.symbol, refused.marker.symbol, observed.marker.symbol}) == 3


def test_ellipses_are_as_wide_as_the_result_says_the_widest_below() -> None:
    figure = track_chart(ShownTrack("a", SPACE))
    names = [each.name for each in figure.data if each.fill == "toself"]
    assert names == ["95 % ellipses", "50 % ellipses"]
    wide = trace(figure, "95 % ellipses")
    rings = np.split(np.array(wide.x, dtype=np.float64), np.flatnonzero(np.isnan(np.array(wide.x, dtype=np.float64))))
    assert len(rings) == MAX_ELLIPSES
    assert np.ptp(rings[-1][~np.isnan(rings[-1])]) == pytest.approx(2 * SPACE.regions[1].semi_axes[-1][0], rel=1e-2)


def test_the_prediction_goes_on_from_the_smoothed_path() -> None:
    figure = track_chart(ShownTrack("a", FLAT))
    assert trace(figure, "Predicted").x[0] == trace(figure, "Smoothed").x[-1]
    assert trace(figure, "Predicted").x[-1] == FLAT.predicted.positions[-1][0]  # type: ignore[index]


def test_a_long_track_is_thinned() -> None:
    figure = track_chart(ShownTrack("a", made_track(n=20_000)))
    assert len(trace(figure, "Observed").x) <= MAX_MARKERS
    assert len(trace(figure, "Smoothed").x) <= 2 * MAX_MARKERS


def test_a_compared_track_is_drawn_in_outline_unless_it_has_no_such_axis() -> None:
    assert trace(track_chart(ShownTrack("a", FLAT), ShownTrack("b", SPACE)), "b").line.dash == "longdashdot"
    figure = track_chart(ShownTrack("a", SPACE), ShownTrack("b", FLAT), plane=FROM_THE_SIDE)
    assert "b" not in [each.name for each in figure.data]


@pytest.mark.parametrize("dated", [False, True])
@pytest.mark.parametrize("draw", [motion.speed_chart, motion.uncertainty_chart, motion.surprise_chart])
def test_charts_over_time_say_their_clock(draw: Any, dated: bool) -> None:
    figure = draw(made_track(dated=dated))
    assert figure.layout.xaxis.title.text == ("Time (UTC)" if dated else "Time (s)")
    assert figure.layout.yaxis.title.text
    assert len(figure.data[0].x) == len(figure.data[0].y) > 0


def test_a_track_of_nothing_known_has_no_points() -> None:
    assert points([None, None]).shape == (2, 2)
    assert np.isnan(points([None, (1.0, 2.0)])[0]).all()
