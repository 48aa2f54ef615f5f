"""A motion past one pillar, held against the shortest way round a circle, which has a closed form."""

from math import acos, hypot, pi, sqrt
from time import perf_counter

from compute.benchmark.checks import as_check
from compute.benchmark.result import Check
from compute.benchmark.timers import WallTimer
from compute.benchmark.workload import SizeRange, Trial, Work, Workload
from compute.job import ignore_progress
from compute.planning.inference.rolling import roll_on
from compute.planning.motion_plan.request import PlanRequest
from compute.planning.motion_plan.result import PlanResult
from compute.planning.motion_plan.run import plan_motion
from compute.planning.scene import Circle, Goal, Map, Robot, Start
from compute.planning.tools import Scenes, Tools

SIZES = SizeRange(least=100, most=20_000, multiple=100, title="policies")
BYTES_PER_POLICY = 20_000.0
START, GOAL, PILLAR, PILLAR_RADIUS = (1.0, 4.0), (11.0, 4.0), (6.0, 4.0), 1.0
ROBOT = Robot(radius=0.3, max_velocity=2.0, max_acceleration=3.0)
TOLERANCE = 1e-6  # of a length
ROUNDING = 1e-6  # of speeds and distances


def planning_workload(device: str, seed: int) -> Workload:
    """Return a whole plan, its map made ready anew each time, that weighs so many policies."""
    tools = Tools(device, roll_on(device), Scenes(0))

    def prepare(size: int) -> Trial:
        request = PlanRequest(
            map=Map(width=12, height=8, obstacles=(Circle(id="pillar", center=PILLAR, radius=PILLAR_RADIUS),)),
            start=Start(position=START),
            goal=Goal(position=GOAL),
            robot=ROBOT,
            n_policies=size,
            seed=seed,
        )
        return Trial(
            call=lambda: plan_motion(request, ignore_progress, perf_counter, tools),
            check=check_plan,
            work=Work(float(size), "policies"),
        )

    return Workload(
        kind="motion_planning",
        variant="pillar",
        title="Motion plan past a pillar",
        device=device,
        sizes=SIZES,
        memory=lambda size: BYTES_PER_POLICY * size,
        prepare=prepare,
        timer=WallTimer(perf_counter),
    )


def check_plan(plan: PlanResult) -> Check:
    """Return whether the shortest way has the length of tangent, arc, tangent, and the motion keeps what it must."""
    shortest = shortest_length()
    error = abs((plan.lower_bound or 0.0) / shortest - 1)
    if not (plan.status == "reached" and _keeps_rules(plan) and plan.path_length >= shortest * (1 - TOLERANCE)):
        error = float("inf")
    return as_check(error, TOLERANCE, "the length of tangent, arc and tangent; distances and speeds at every sample")


def shortest_length() -> float:
    """Return 2 sqrt(d^2 - r^2) + r (pi - 2 acos(r / d)): round a circle half way, its radius with the robot's."""
    r, d = PILLAR_RADIUS + ROBOT.radius, PILLAR[0] - START[0]
    return 2 * sqrt(d**2 - r**2) + r * (pi - 2 * acos(r / d))


def _keeps_rules(plan: PlanResult) -> bool:
    """Return whether the robot begins and ends where it should, touches nothing and is never too quick."""
    first, last = plan.trajectory[0].position, plan.trajectory[-1].position
    clearances = [hypot(p.position[0] - PILLAR[0], p.position[1] - PILLAR[1]) for p in plan.trajectory]
    speeds = [hypot(point.velocity[0], point.velocity[1]) for point in plan.trajectory]
    return (
        hypot(first[0] - START[0], first[1] - START[1]) <= ROUNDING
        and hypot(last[0] - GOAL[0], last[1] - GOAL[1]) <= Goal(position=GOAL).tolerance + ROUNDING
        and min(clearances) >= PILLAR_RADIUS + ROBOT.radius - ROUNDING
        and max(speeds) <= ROBOT.max_velocity + ROUNDING
    )
