"""Policies rolled out: they move as a double integrator does, and cost what each part's definition says."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import ndtr

from compute.planning.geometry.surroundings import surroundings
from compute.planning.inference.beliefs import Ahead, Movers, Sensing
from compute.planning.inference.device import roll_out_on
from compute.planning.inference.information import bernoulli_divergence
from compute.planning.inference.preferences import Preferences, Sensor
from compute.planning.inference.rollout import (
    AMBIGUITY,
    COLLISION,
    CONTROL,
    GAIN,
    PARTS,
    RISK,
    Situation,
    roll_out,
)
from compute.planning.inference.terrain import map_terrain
from compute.planning.scene import Circle, Map, Rectangle

DEVICES = ["cpu", *(["cuda:0"] if torch.cuda.is_available() else [])]
DT, STEPS = 0.1, 20
GOAL = np.array([8.0, 0.0])
OPEN = Map(width=20, height=20, origin=(-10, -10))
WALLED = OPEN.model_copy(
    update={"obstacles": (Circle(center=(1.0, 0.5), radius=0.8), Rectangle(center=(4, -2), size=(1, 4), angle=0.4))}
)
NOBODY = Movers.seen(np.zeros((0, 2)), np.zeros(0), Sensing())


def situation(world: Map = OPEN, movers: Movers = NOBODY, **changes: Any) -> Situation:
    plain = Situation(
        position=np.array([-6.0, 0.3]),
        velocity=np.array([0.7, -0.2]),
        radius=0.3,
        max_velocity=2.0,
        max_acceleration=3.0,
        dt=DT,
        terrain=map_terrain(surroundings(world), None, GOAL, 0.1),
        ahead=movers.ahead(DT * np.arange(1, STEPS + 1)),
        preferences=Preferences(),
        sensor=Sensor(),
    )
    return replace(plain, **changes)


def some_policies(count: int = 40, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(count, STEPS, 2)) * 2 + np.array([1.5, 0])).astype(np.float32)


def crowd(seed: int = 1, count: int = 6) -> Movers:
    rng = np.random.default_rng(seed)
    first = rng.uniform(-6, 2, (count, 2))
    seen = Movers.seen(first, rng.uniform(0.2, 0.8, count), Sensing())
    return seen.advanced(DT).updated(first + 0.1 * rng.normal(size=first.shape))


def test_the_robot_keeps_its_limits_and_moves_as_it_accelerates() -> None:
    rolled = roll_out(some_policies() * 5, situation())
    speeds = np.linalg.norm(rolled.velocities, axis=2)
    assert speeds.max() == pytest.approx(2.0, rel=1e-5)
    begin = np.broadcast_to(np.array([0.7, -0.2]), (40, 1, 2))
    before = np.concatenate([begin, rolled.velocities[:, :-1]], axis=1)
    assert np.linalg.norm(rolled.velocities - before, axis=2).max() <= 3.0 * DT * (1 + 1e-5)
    moved = np.cumsum(0.5 * DT * (before + rolled.velocities), axis=1) + np.array([-6.0, 0.3])
    assert rolled.positions == pytest.approx(moved, abs=1e-5)


def test_with_nothing_unknown_the_free_energy_is_the_cost_of_the_way() -> None:
    certain = situation(preferences=Preferences(haste=1.0, arrival=0.0, effort=0.0))
    rolled = roll_out(some_policies(), certain)
    way = np.linalg.norm(rolled.positions - GOAL, axis=2)
    never = -np.log1p(-certain.preferences.accepted_risk)
    assert rolled.free_energy == pytest.approx((way / 2.0 * DT).sum(axis=1) + STEPS * never, rel=1e-3)
    assert not rolled.parts[:, [AMBIGUITY, GAIN]].any()


def test_collision_costs_the_divergence_from_the_accepted_risk() -> None:
    here = np.array([[-4.5, 0.2]])
    times = DT * np.arange(1, STEPS + 1)
    where = here + times[:, None, None] * np.array([-0.3, 0.1])
    weight = np.array([[1.0], [0.0]])
    blurred = Ahead(np.stack([where, where]), np.full((2, STEPS, 1), 0.4), weight, np.array([0.5]))
    now = situation(ahead=blurred)
    rolled = roll_out(some_policies(), now)
    s = np.hypot(0.4, now.preferences.margin)
    gap = np.linalg.norm(rolled.positions - blurred.where[0, None, :, 0], axis=2) - 0.8
    c = np.where(gap < 4.5 * s, np.minimum(ndtr(-gap / s), 0.9999), 0.0)
    wants = now.preferences
    wanted = wants.collision * bernoulli_divergence(c, wants.accepted_risk).sum(axis=1)
    assert rolled.parts[:, COLLISION] == pytest.approx(wanted, rel=1e-4)
    assert wanted.max() > 1


def test_walls_cost_who_enters_them() -> None:
    into = np.tile(np.array([3.0, 0.0], dtype=np.float32), (1, STEPS, 1))
    start: dict[str, Any] = {"position": np.array([-1.0, 0.5]), "velocity": np.zeros(2)}
    hits = roll_out(into, situation(WALLED, **start)).parts[0, COLLISION]
    misses = roll_out(-into, situation(WALLED, **start)).parts[0, COLLISION]
    assert hits > 20
    assert misses < 1


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("sight", [float("inf"), 5.0])
def test_every_device_gives_the_same_parts(device: str, sight: float) -> None:
    now = situation(WALLED, crowd(), sensor=Sensor(range=sight, noise=0.05, doubling=4.0))
    now.terrain.gain[:] = np.linspace(0, 1, now.terrain.gain.shape[1])
    policies = some_policies(200, seed=3)
    here, there = roll_out(policies, now), roll_out_on(policies, now, device)
    assert there.positions == pytest.approx(here.positions, abs=2e-5)
    scale = np.abs(here.parts).max(axis=0) + 1
    looked = [AMBIGUITY, GAIN]  # who stands on the edge of a shadow is seen by one and not by the other
    others = [RISK, COLLISION, CONTROL]
    assert (np.abs(there.parts - here.parts) / scale)[:, others].max() < 1e-4
    assert np.mean((np.abs(there.parts - here.parts) / scale)[:, looked] > 1e-3) < 0.03


def test_threads_change_nothing() -> None:
    now, policies = situation(WALLED, crowd()), some_policies(600)
    assert np.array_equal(roll_out(policies, now).parts, roll_out(policies, now, threads=3).parts)


def test_a_wall_hides_who_is_behind_it() -> None:
    wall = OPEN.model_copy(update={"obstacles": (Rectangle(center=(-4.5, 0), size=(0.4, 6)),)})
    behind = Movers.seen(np.array([[-3.0, 0.0]]), np.array([0.3]), Sensing())
    still = np.zeros((1, STEPS, 2), dtype=np.float32)
    seen = [
        roll_out(still, situation(world, behind, velocity=np.zeros(2), sensor=Sensor(range=20.0))).parts[0, GAIN]
        for world in (OPEN, wall)
    ]
    assert seen[0] > 1
    assert seen[1] == 0


@pytest.mark.parametrize(
    ("weight", "part"), [("collision", COLLISION), ("information", GAIN), ("ambiguity", AMBIGUITY)]
)
def test_a_part_that_is_left_out_costs_nothing_and_changes_no_other(weight: str, part: int) -> None:
    sensor = Sensor(range=20.0)
    whole = roll_out(some_policies(), situation(OPEN, crowd(), sensor=sensor)).parts
    without = Preferences(**{weight: 0.0})
    left = roll_out(some_policies(), situation(OPEN, crowd(), sensor=sensor, preferences=without)).parts
    others = [i for i in range(len(PARTS)) if i != part]
    assert np.array_equal(left[:, others], whole[:, others])
    assert not left[:, part].any()
    assert whole[:, part].any()


def test_movers_must_be_known_as_far_as_policies_reach() -> None:
    with pytest.raises(ValueError, match="20 steps ahead, policies have 21"):
        roll_out(np.zeros((1, STEPS + 1, 2), dtype=np.float32), situation())
