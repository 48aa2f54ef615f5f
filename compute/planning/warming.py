"""Compiles the loops of planning by using them once on a small map, so that the first plan does not wait for it."""

from compute.job import ignore_progress
from compute.planning.execution.request import ExecuteRequest
from compute.planning.execution.run import execute
from compute.planning.motion_plan.request import PlanRequest
from compute.planning.motion_plan.run import plan_motion
from compute.planning.quick_route.warming import ROBOT
from compute.planning.quick_route.warming import warm_up as warm_routes
from compute.planning.scene import Circle, Goal, Grid, Map, Rectangle, Start, Track, Unknown

IS_LONG = True
"""It takes some 20 s of processor time: for a process of its own, before anybody loads what it compiled."""
MOVER = Circle(
    id="mover",
    center=(4.5, 0.5),
    radius=0.1,
    uncertainty=0.05,
    motion=Track(waypoints=((0, 4.5, 0.5), (8, 4.5, 3.5), (16, 4.5, 0.5)), loop=True),
)
SHAPES = (Circle(center=(2, 2), radius=0.5), Rectangle(center=(3.5, 0.5), size=(0.5, 1)), Grid(rows=("#",)), MOVER)
UNSEEN = Unknown(area=Circle(center=(5.5, 3.5), radius=0.3))
PLAN = PlanRequest(
    map=Map(width=6, height=4, obstacles=SHAPES, unknown=(UNSEEN,)),
    start=Start(position=(0.5, 2.5)),
    goal=Goal(position=(5.5, 1.5), tolerance=0.2),
    robot=ROBOT,
    n_policies=10,
    horizon=1.0,
    time_limit=20,
)


def _no_clock() -> float:
    return 0.0


def warm_up() -> None:
    """Find routes, plan a motion past a mover, and drive a second of it seeing as far as a sensor does."""
    warm_routes()
    plan_motion(PLAN, ignore_progress, _no_clock)
    execute(ExecuteRequest(plan=PLAN, time_limit=1, sensor_range=3.0), ignore_progress, _no_clock)
