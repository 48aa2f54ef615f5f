"""Weighs whole motions and policies by their expected free energy, in one generative model."""

import numpy as np
from numpy.typing import NDArray

from compute.planning.geometry.space import in_space
from compute.planning.inference.policies import SPEEDS, braking, following
from compute.planning.inference.posterior import Inference, Roll, infer
from compute.planning.inference.preferences import Sensor
from compute.planning.inference.rollout import PARTS, SIGNS, Situation, roll_out
from compute.planning.inference.terrain import Terrain
from compute.planning.motion_plan.candidates import preferences_of
from compute.planning.motion_plan.foretold import Foretold
from compute.planning.motion_plan.request import PlanRequest
from compute.planning.motion_plan.result import FreeEnergy, WeighedPolicy
from compute.planning.timing.drive import Trajectory

Array = NDArray[np.float64]

DT = 0.1  # s that an acceleration of a policy is held
RESTLESS = 0.5  # standard deviation of tried accelerations, as a share of the highest
SHOWN = 12  # policies that are told
POINTS = 26  # of each
ITERATIONS = 2


def situation_of(request: PlanRequest, terrain: Terrain, foretold: Foretold, steps: int) -> Situation:
    """Return the situation at the start, for policies of so many steps."""
    robot = request.robot
    return Situation(
        position=in_space(request.start.position)[:2],
        velocity=in_space(request.start.velocity)[:2],
        radius=robot.radius,
        max_velocity=robot.max_velocity,
        max_acceleration=robot.max_acceleration,
        dt=DT,
        terrain=terrain,
        ahead=foretold.ahead(np.asarray(DT * np.arange(1, steps + 1))),
        preferences=preferences_of(request),
        sensor=Sensor(),
    )


def weigh_trajectories(trajectories: list[Trajectory], situation: Situation, steps: int) -> Array:
    """Return the parts of the expected free energy of whole motions, (n, 5), all over the same time."""
    accelerations = np.stack([accelerations_of(trajectory, steps) for trajectory in trajectories])
    return roll_out(accelerations.astype(np.float32), situation).parts


def weigh_policies(
    request: PlanRequest, situation: Situation, ways: list[Array], chosen: Array | None, roll: Roll = roll_out
) -> Inference:
    """Return the posterior over policies up to the horizon, around known ways, braking and the chosen motion."""
    robot = request.robot
    steps = situation.ahead.where.shape[1]
    proposals = [braking(situation.velocity, robot.max_acceleration, DT, steps)]
    if chosen is not None:
        proposals.insert(0, chosen)
    for way in ways:
        proposals += [
            following(
                way, situation.position, situation.velocity, share * robot.max_velocity, robot.max_acceleration, DT,
                steps,
            )
            for share in SPEEDS
        ]  # fmt: skip
    rng = np.random.default_rng(request.seed)
    return infer(situation, proposals, request.n_policies, RESTLESS * robot.max_acceleration, rng, ITERATIONS, roll)


def shown_policies(inference: Inference) -> tuple[WeighedPolicy, ...]:
    """Return the most probable policies."""
    order = np.argsort(-inference.probability, kind="stable")[:SHOWN]
    positions = inference.rolled.positions
    kept = np.unique(np.linspace(0, positions.shape[1] - 1, POINTS).astype(np.int64))
    return tuple(
        WeighedPolicy(
            positions=tuple((float(x), float(y)) for x, y in positions[k, kept]),
            probability=float(inference.probability[k]),
            expected_free_energy=free_energy_of(inference.rolled.parts[k]),
        )
        for k in order
    )


def free_energy_of(parts: Array) -> FreeEnergy:
    """Return the record of (5,) parts."""
    return FreeEnergy(total=float(parts @ SIGNS), **dict(zip(PARTS, parts.tolist(), strict=True)))


def accelerations_of(trajectory: Trajectory, steps: int) -> Array:
    """Return mean accelerations over steps of the policies' length, none after the end."""
    times = DT * np.arange(steps + 1)
    velocities = np.stack(
        [np.interp(times, trajectory.times, trajectory.velocities[:, axis]) for axis in range(2)], axis=1
    )
    return np.asarray(np.diff(velocities, axis=0) / DT)
