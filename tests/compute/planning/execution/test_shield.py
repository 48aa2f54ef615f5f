"""The shield: whatever is proposed, a robot under it never touches what stands still."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.planning.execution.shield import Motion, is_clear, is_safe
from compute.planning.geometry.surroundings import surroundings
from compute.planning.scene import Circle, Grid, Map, Rectangle

FASTEST, STRONGEST, RADIUS, DT = 2.0, 3.0, 0.3, 0.1
WORLD = Map(
    width=10,
    height=8,
    obstacles=(
        Circle(center=(3, 3), radius=1),
        Rectangle(center=(6.5, 5), size=(3, 0.05), angle=0.5),
        Grid(rows=("#.#", "...", "#.#"), origin=(6, 0.5), resolution=0.9),
    ),
)
AROUND = surroundings(WORLD)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_wild_accelerations_under_the_shield_touch_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    now = Motion(np.array([1.0, 1.0]), np.zeros(2))
    for _ in range(60):
        wanted = now.accelerated(rng.normal(size=2) * 5, DT, FASTEST, STRONGEST)
        after = wanted
        if not is_safe(AROUND, now, wanted, RADIUS, STRONGEST):
            after = now.braked(DT, STRONGEST)
        between = now.position + np.linspace(0, 1, 12)[:, None] * (after.position - now.position)
        assert AROUND.distance(between).min() >= RADIUS - 1e-5
        now = after


def test_a_brake_stops_where_it_says() -> None:
    now = Motion(np.zeros(2), np.array([1.2, -1.6]))
    end = now.stopping_point(STRONGEST)
    for _ in range(20):
        now = now.braked(DT, STRONGEST)
    assert not now.velocity.any()
    assert now.position == pytest.approx(end)
    assert np.hypot(*end) == pytest.approx(2.0**2 / (2 * STRONGEST))


def test_limits_are_kept() -> None:
    now = Motion(np.zeros(2), np.array([1.9, 0.0]))
    after = now.accelerated(np.array([30.0, 40.0]), DT, FASTEST, STRONGEST)
    assert np.hypot(*after.velocity) <= FASTEST + 1e-12
    assert np.hypot(*(after.velocity - now.velocity)) <= STRONGEST * DT + 1e-12


@given(
    ends=st.tuples(*[st.floats(0.4, 9.6), st.floats(0.4, 7.6)] * 2),
)
def test_a_way_is_clear_exactly_where_every_point_of_it_is(ends: tuple[float, float, float, float]) -> None:
    begin, end = np.array(ends[:2]), np.array(ends[2:])
    distances = AROUND.distance(begin + np.linspace(0, 1, 400)[:, None] * (end - begin))
    apart = float(np.hypot(*(end - begin))) / 399
    if distances.min() < RADIUS - 1e-5:
        assert not is_clear(AROUND, begin, end, RADIUS)
    elif distances.min() > RADIUS + apart:
        assert is_clear(AROUND, begin, end, RADIUS)
