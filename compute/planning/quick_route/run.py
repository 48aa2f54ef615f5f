"""The front door: a route on a ground that is kept from one question to the next, and its clearance."""

import hashlib
from collections.abc import Callable

import numpy as np

from compute.planning.geometry.known import known_part
from compute.planning.geometry.space import heights_taken, in_space
from compute.planning.motion_plan.proving import STATUSES, proof_of
from compute.planning.quick_route.request import RouteRequest
from compute.planning.quick_route.result import OtherRoute, RouteResult
from compute.planning.recent import Recent
from compute.planning.route import Ground, Path, Route, find_route, prepare_ground
from compute.planning.route.terrain import Array
from compute.planning.scene.units import Point
from compute.planning.validation import validate_path

KEPT_GROUNDS = 8
QUICK_S = 0.005  # of a search: with others it stays within what an eye takes for at once
SMOOTH = 0.005  # m that the points of a way may leave it
Clock = Callable[[], float]


class Grounds:
    """The grounds that were made ready last, by what they are of."""

    def __init__(self, most: int = KEPT_GROUNDS) -> None:
        self._kept: Recent[tuple[bytes, float, float, float], Ground] = Recent(most)

    def of(self, request: RouteRequest, map_key: bytes | None = None) -> Ground:
        """Return the map of a request made ready for its robot; `map_key` names the map by its content, if known."""
        name = map_key or hashlib.blake2b(request.map.model_dump_json().encode(), digest_size=16).digest()
        heights, radius = heights_taken(request.robot, request.start, request.goal), request.robot.radius
        return self._kept.keep((name, radius, *heights), lambda: prepare_ground(request.map, radius, heights))


def quick_route(request: RouteRequest, grounds: Grounds, clock: Clock, map_key: bytes | None = None) -> RouteResult:
    """Return the exact shortest way from start to goal among what is known of the map, or why there is none."""
    began = clock()
    request = request.model_copy(update={"map": known_part(request.map)})
    ground = grounds.of(request, map_key)
    start, goal = in_space(request.start.position), in_space(request.goal.position)
    route = _route(ground, start, goal, request.n_alternatives, clock)
    heights = heights_taken(request.robot, request.start, request.goal)
    clearance, length = None, None
    if route.path is not None:
        clearance = validate_path(request.map, request.robot.radius, route.path.pieces, heights).gap
        length = route.path.length
    return RouteResult(
        status="reached" if route.path is not None else STATUSES[route.status],
        reason=route.reason,
        path=_line(route.path) if route.path is not None else (),
        length=length,
        lower_bound=length,
        alternatives=tuple(OtherRoute(path=_line(path), length=path.length) for path in route.alternatives),
        min_clearance=clearance,
        proof=None if route.barrier is None else proof_of(route.barrier, request.map),
        planning_time_ms=1e3 * (clock() - began),
    )


def _route(ground: Ground, start: Array, goal: Array, n_alternatives: int, clock: Clock) -> Route:
    """Return the route; with others only where they are found about as quickly, for each takes up to three searches."""
    began = clock()
    route = find_route(ground, start, goal)
    if route.path is None or not n_alternatives or clock() - began > QUICK_S:
        return route
    return find_route(ground, start, goal, n_alternatives)


def _line(path: Path) -> tuple[Point, ...]:
    points: tuple[Point, ...] = tuple(map(tuple, np.asarray(path.polyline(SMOOTH)).tolist()))
    return points
