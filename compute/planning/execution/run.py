"""The front door of runs: a world that moves on its own, a robot that sees it with noise, and what came of it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.job import Report
from compute.planning.execution.agent import Agent, Habits
from compute.planning.execution.request import ExecuteRequest
from compute.planning.execution.result import BelievedMover, ExecuteResult, RunCollision, RunFrame, RunStatus
from compute.planning.execution.sensing import FARTHEST, Lidar
from compute.planning.execution.shield import Motion
from compute.planning.execution.simulate import Conditions, Frame, Run, Truth, simulate
from compute.planning.execution.survey import Survey
from compute.planning.execution.tracking import Tracker, roomy_plan, trajectory_of
from compute.planning.geometry.known import known_part
from compute.planning.geometry.space import heights_taken, in_space
from compute.planning.geometry.surroundings import is_met, surroundings
from compute.planning.inference.beliefs import MANOEUVRES, Sensing
from compute.planning.inference.preferences import Sensor
from compute.planning.motion_plan.candidates import preferences_of, raised
from compute.planning.motion_plan.foretold import Foretold
from compute.planning.motion_plan.result import PlanResult
from compute.planning.motion_plan.run import NO_TOOLS, plan_motion
from compute.planning.motion_plan.weighing import free_energy_of
from compute.planning.route import Ground, find_route, start_among_movers
from compute.planning.scene import Map
from compute.planning.tools import Tools
from compute.planning.validation import Validation, validate_trajectory

Array = NDArray[np.float64]
Clock = Callable[[], float]
Show = Callable[[RunFrame], None]

DT = 0.1  # s between decisions
STEPS = 25
MOST_POLICIES = 1000  # at each decision; a plan may weigh more
ROOM = 3.0  # standard deviations of its place that a robot keeps clear
BLUR = 0.02  # m beyond them that it keeps clear of what it has only seen: shapes are told by cells
PARTS = 6  # of a step, at which the distance to moving shapes is measured


@dataclass(frozen=True)
class SceneTruth(Truth):
    """A map whose obstacles move as it says: distances to their true shapes."""

    def gap_to_movers(self, begin: Array, end: Array, time: float, dt: float) -> tuple[float, int]:
        """Return the least gap at some moments of a step, and the mover; the whole run is validated in the end."""
        if not self.around.moving:
            return np.inf, -1
        share = np.linspace(0.0, 1.0, PARTS + 1)
        points = begin + share[:, None] * (end - begin)
        distances, owners = self.around.nearest(points, time + dt * share)
        still = self.around.distance(points)
        distances = np.where(distances < still, distances, np.inf)
        at = int(distances.argmin())
        places = [place for place, _, _ in self.around.moving]
        mover = places.index(int(owners[at])) if int(owners[at]) in places else -1
        return float(distances[at]) - self.radius, mover


def show_nobody(frame: RunFrame) -> None:
    """Show a moment to nobody; the default of runs that are called directly."""


def execute(
    request: ExecuteRequest, report: Report, clock: Clock, show: Show = show_nobody, tools: Tools = NO_TOOLS
) -> ExecuteResult:
    """Return the run that a request asks for; RequestError where its plan cannot be begun.

    `show` is called with every moment as it comes; all of them are in the result.
    """
    plan = request.plan
    robot, begin, goal = plan.robot, in_space(plan.start.position)[:2], in_space(plan.goal.position)[:2]
    heights = heights_taken(robot, plan.start, plan.goal)
    report(0.0, "Preparing the map")
    ground, _ = tools.scenes.ground(plan.map, robot.radius, heights)
    route = start_among_movers(ground, begin) or find_route(ground, begin, goal)
    if route.path is None:
        return _not_begun(route.reason)
    planned: PlanResult | None = None
    spare = 0.0
    if request.mode == "track":
        planned, spare = roomy_plan(
            plan,
            ROOM * request.pose_noise,
            lambda asked: plan_motion(asked, lambda share, text: report(0.3 * share, text), clock, tools),
        )
        if planned.status != "reached":
            return _not_begun(planned.reason)
    rng = np.random.default_rng([request.seed, 1])
    lidar = _lidar(request)
    mind = (
        _tracker(request, heights, planned, spare) if planned else _agent(request, ground, goal, heights, lidar, tools)
    )
    movers = Foretold.of(_moving_only(plan.map), heights)
    truth = SceneTruth(
        around=ground.around,
        where=lambda time: movers.at(time).where(np.zeros(1))[0],
        radii=movers.radii,
        radius=robot.radius,
    )
    conditions = Conditions(
        sensing=Sensing(noise=request.noise),
        pose_noise=request.pose_noise,
        sight=np.inf if request.sensor_range is None else request.sensor_range,
        lidar=lidar,
        dt=DT,
        time_limit=request.time_limit,
        tolerance=plan.goal.tolerance,
    )
    velocity = in_space(plan.start.velocity)[:2]
    names = _names(request)

    def watch(frame: Frame) -> None:
        show(_frame(frame, names, planned is None))
        report(0.3 + 0.7 * min(frame.time / request.time_limit, 1.0), f"Driving, {frame.time:.1f} s")

    run = simulate(truth, mind, Motion(begin, velocity), goal, conditions, rng, watch)
    report(1.0, "Done")
    return _write(request, run, route.path.length, planned)


def _lidar(request: ExecuteRequest) -> Lidar | None:
    """Return the sensor of a robot that does not know its map, or does not see all round."""
    if not request.plan.map.unknown and request.field_of_view == 360:
        return None
    return Lidar(request.sensor_range or FARTHEST, math.radians(request.field_of_view))


def _agent(
    request: ExecuteRequest,
    ground: Ground,
    goal: Array,
    heights: tuple[float, float],
    lidar: Lidar | None,
    tools: Tools,
) -> Agent:
    plan = request.plan
    reach = lidar.reach if lidar else np.inf if request.sensor_range is None else request.sensor_range
    explores = lidar is not None and bool(plan.map.unknown)
    habits = Habits(
        policies=min(plan.n_policies, MOST_POLICIES),
        steps=STEPS,
        dt=DT,
        preferences=preferences_of(plan),
        sensor=Sensor(range=reach, noise=request.noise),
        reroute_every=request.replan_every,
        spare=ROOM * request.pose_noise + (BLUR if explores else 0.0),
    )
    rng = np.random.default_rng(request.seed)
    if lidar is None or not explores:
        return Agent(ground, tools.scenes.terrain(ground, goal), plan.robot, goal, habits, rng)
    survey = Survey(plan.map, plan.robot.radius, goal, lidar, DT, heights, margin=BLUR)
    known = survey.knowledge
    return Agent(known.ground, known.terrain, plan.robot, goal, habits, rng, survey=survey)


def _tracker(request: ExecuteRequest, heights: tuple[float, float], planned: PlanResult, spare: float) -> Tracker:
    around = surroundings(known_part(request.plan.map), heights)
    return Tracker(trajectory_of(planned), around, request.plan.robot, DT, spare)


def _write(request: ExecuteRequest, run: Run, shortest: float, planned: PlanResult | None) -> ExecuteResult:
    names = _names(request)
    verdict = _validate(request, run)
    touched = _collision(run, names, verdict)
    status: RunStatus = "reached"
    reason = ""
    if touched is not None:
        status, reason = "collision", f"the robot touched {touched.obstacle} at {touched.time:.1f} s"
    elif not run.is_reached:
        status, reason = "timeout", f"the goal was not reached within {request.time_limit:g} s; allow more time"
    clearance = verdict.clearance if verdict else None
    return ExecuteResult(
        status=status,
        reason=reason,
        frames=tuple(_frame(frame, names, planned is None) for frame in run.frames),
        collisions=(touched,) if touched else (),
        replans=run.searches,
        brakings=run.brakings,
        min_clearance=clearance.gap if clearance else None,
        clearance_time=clearance.when if clearance else None,
        nearest_obstacle=clearance.nearest if clearance else None,
        total_time=run.frames[-1].time,
        path_length=run.length,
        lower_bound=max(shortest - request.plan.goal.tolerance, 0.0),
        tracking_error=_error(run, planned) if planned else None,
    )


def _names(request: ExecuteRequest) -> list[str]:
    """Return the names of the movers that the robot may meet at its heights."""
    world = request.plan.map
    heights = heights_taken(request.plan.robot, request.plan.start, request.plan.goal)
    moving = [(place, o) for place, o in enumerate(world.obstacles) if o.motion is not None and is_met(o, heights)]
    return [world.name_of(place) for place, _ in moving]


def _collision(run: Run, names: list[str], verdict: Validation | None) -> RunCollision | None:
    """Return what was touched: as the run saw it, or as validation did between its moments."""
    if run.collision is not None:
        name = names[run.collision.mover] if 0 <= run.collision.mover < len(names) else "something"
        return RunCollision(time=run.collision.time, obstacle=name, is_robots_fault=run.collision.is_robots_fault)
    if verdict is None or verdict.is_collision_free:
        return None
    return RunCollision(time=verdict.clearance.when, obstacle=verdict.clearance.nearest, is_robots_fault=True)


def _validate(request: ExecuteRequest, run: Run) -> Validation | None:
    """Return the exact clearance of the motion that was made, measured by what shares no code with the run."""
    if len(run.frames) < 2:
        return None
    times = np.array([frame.time for frame in run.frames])
    positions = np.array([frame.motion.position for frame in run.frames])
    velocities = np.array([frame.motion.velocity for frame in run.frames])
    low, high = (float(in_space(end.position)[2]) for end in (request.plan.start, request.plan.goal))
    trajectory = raised(times, positions, velocities, low, high)
    return validate_trajectory(request.plan.map, request.plan.robot, times, trajectory.positions, trajectory.velocities)


def _frame(frame: Frame, names: list[str], is_inferred: bool) -> RunFrame:
    movers = frame.movers
    deviation = np.sqrt(np.einsum("im,im->m", movers.weight, movers.covariance[..., 0, 0]))
    decision = frame.decision
    return RunFrame(
        time=frame.time,
        position=_point(frame.motion.position),
        velocity=_point(frame.motion.velocity),
        believed=_point(frame.believed),
        heading=frame.heading,
        movers=tuple(
            BelievedMover(
                obstacle=name,
                position=_point(movers.position[j]),
                velocity=_point(movers.velocity[j]),
                deviation=float(deviation[j]),
                manoeuvring=float(movers.weight[MANOEUVRES, j]),
            )
            for j, name in enumerate(names)
            if movers.is_met[j]
        ),
        expected_free_energy=free_energy_of(decision.parts) if decision and is_inferred else None,
        is_braking=decision.is_braking if decision else False,
        is_new_way=decision.is_new_way if decision else False,
    )


def _error(run: Run, planned: PlanResult) -> float:
    trajectory = trajectory_of(planned)
    times = np.array([frame.time for frame in run.frames])
    wanted = np.stack([np.interp(times, trajectory.times, trajectory.positions[:, axis]) for axis in range(2)], axis=1)
    driven = np.array([frame.motion.position for frame in run.frames])
    return float(np.sqrt(((driven - wanted) ** 2).sum(axis=1).mean()))


def _not_begun(reason: str) -> ExecuteResult:
    return ExecuteResult(
        status="no_plan", reason=reason, frames=(), collisions=(), replans=0, brakings=0, min_clearance=None,
        clearance_time=None, nearest_obstacle=None, total_time=0.0, path_length=0.0, lower_bound=None,
        tracking_error=None,
    )  # fmt: skip


def _moving_only(world: Map) -> Map:
    return world.model_copy(update={"obstacles": tuple(o for o in world.obstacles if o.motion is not None)})


def _point(row: Array) -> tuple[float, float]:
    return float(row[0]), float(row[1])
