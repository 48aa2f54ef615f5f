"""Speeds along paths."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.planning.route import Path
from compute.planning.timing.profile import SpeedLimits, fastest_profile


def winding(radius: float, sweep: float) -> Path:
    """A line, an arc, and a line again."""
    end = (2 + radius * math.sin(sweep), radius - radius * math.cos(sweep))
    last = (end[0] + 3 * math.cos(sweep), end[1] + 3 * math.sin(sweep))
    arc = [1.0, 2.0, radius, radius, -math.pi / 2, sweep]
    return Path(np.array([[0.0, 0.0, 0.0, 2.0, 0.0, 0.0], arc, [0.0, *end, *last, 0.0]]))


@settings(max_examples=30)
@given(st.floats(0.1, 3), st.floats(0.1, 3), st.floats(0.3, 4), st.floats(0.3, 10))
def test_a_profile_keeps_its_limits_and_wastes_nothing(
    radius: float, sweep: float, speed: float, acceleration: float
) -> None:
    path = winding(radius, sweep)
    profile = fastest_profile(path, SpeedLimits(speed, acceleration, acceleration))
    assert profile is not None
    middle = 0.5 * (profile.along[1:] + profile.along[:-1])
    curvature = np.abs(path.curvatures)[np.searchsorted(path.ends, middle)]
    pushes = np.diff(profile.speeds**2) / (2 * np.diff(profile.along))
    highest = np.maximum(profile.speeds[1:], profile.speeds[:-1])
    used = np.hypot(pushes, curvature * highest**2)
    assert highest.max() <= speed * (1 + 1e-9)
    assert used.max() <= acceleration * (1 + 1e-9)
    is_busy = (used > 0.97 * acceleration) | (highest > 0.999 * speed)
    assert is_busy.mean() > 0.95


def test_speeds_on_an_arc_follow_the_closed_form() -> None:
    # dw/ds = 2 sqrt(a^2 - k^2 w^2) for the square of the speed w: w = (a / k) sin(2 k s)
    arc = Path(np.array([[1.0, 0.0, 0.0, 4.0, 0.0, 3.0]]))
    profile = fastest_profile(arc, SpeedLimits(100.0, 2.0, 2.0))
    assert profile is not None
    rising = profile.along < 0.7
    assert profile.speeds[rising] ** 2 == pytest.approx(8 * np.sin(profile.along[rising] / 2), rel=1e-2, abs=1e-3)


def test_a_path_too_short_to_stop_on_has_no_profile() -> None:
    line = Path(np.array([[0.0, 0.0, 0.0, 1.0, 0.0, 0.0]]))
    limits = SpeedLimits(5.0, 1.0, 1.0)
    assert fastest_profile(line, limits, 1.5) is None
    stopping = fastest_profile(line, limits, math.sqrt(2))
    assert stopping is not None
    assert stopping.duration == pytest.approx(math.sqrt(2))


def test_positions_in_time_are_those_of_the_nodes() -> None:
    profile = fastest_profile(winding(1.0, 1.0), SpeedLimits(2.0, 3.0, 3.0))
    assert profile is not None
    along, speeds = profile.at(profile.times)
    assert along == pytest.approx(profile.along)
    assert speeds == pytest.approx(profile.speeds)
