"""The front door: the shortest path of a disc, others that go round differently, or why there is none."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from compute.planning.geometry.surroundings import EVERY_HEIGHT, Surroundings, surroundings
from compute.planning.route.alternatives import find_alternatives
from compute.planning.route.barrier import Barrier, find_barrier
from compute.planning.route.gaps import is_separated
from compute.planning.route.path import Path, path_of
from compute.planning.route.roadmap import Roadmap, build_roadmap
from compute.planning.route.search import search
from compute.planning.route.terrain import Array
from compute.planning.scene import Map

SAME_PLACE = 1e-9  # metres

Status = Literal["found", "start_blocked", "goal_blocked", "no_path", "undecided"]


@dataclass(frozen=True)
class Ground:
    """A map made ready for many routes of one disc: the work that does not depend on where from and to.

    Attributes
    ----------
    world : the map
    radius : of the disc
    around : what is in the way at the robot's heights
    roadmap : the arcs on which paths turn
    """

    world: Map
    radius: float
    around: Surroundings
    roadmap: Roadmap


@dataclass(frozen=True)
class Route:
    """What is known of the ways from start to goal among obstacles at rest.

    Attributes
    ----------
    status : "undecided" only where a passage is as wide as the robot to nine digits
    reason : a sentence, empty where a path was found
    path : the shortest, exactly
    alternatives : other locally shortest paths, each round obstacles in another way, shorter first
    blockers : places in the map of the obstacles that are to blame, -1 for its edge
    barrier : the proof that there is no path
    """

    status: Status
    reason: str = ""
    path: Path | None = None
    alternatives: tuple[Path, ...] = ()
    blockers: tuple[int, ...] = ()
    barrier: Barrier | None = None


def prepare_ground(world: Map, radius: float, heights: tuple[float, float] = EVERY_HEIGHT) -> Ground:
    """Return a map ready for routes of a disc; obstacles wholly below or above `heights`, or moving, do not count."""
    around = surroundings(world, heights)
    return Ground(world, radius, around, build_roadmap(around, radius))


def with_radius(ground: Ground, radius: float) -> Ground:
    """Return the same ground for another radius."""
    return replace(ground, radius=radius, roadmap=build_roadmap(ground.around, radius))


def find_route(ground: Ground, start: Array, goal: Array, n_alternatives: int = 0) -> Route:
    """Return the shortest path from start to goal, (2,) each, and up to so many alternatives, or why there is none."""
    start, goal = np.asarray(start, dtype=np.float64)[:2], np.asarray(goal, dtype=np.float64)[:2]
    for which, place in (("start", start), ("goal", goal)):
        blocked = _blocked(ground, which, place)
        if blocked is not None:
            return blocked
    if np.hypot(*(goal - start)) <= SAME_PLACE:
        return Route("found", path=Path(np.array([[0.0, *start, *goal, 0.0]])))
    roadmap = ground.roadmap
    if is_separated(roadmap.terrain, start, goal):  # before a search that would look everywhere
        barrier = find_barrier(roadmap.terrain, start, goal)
        if barrier is not None:
            return Route("no_path", _enclosed(ground, barrier), blockers=barrier.owners, barrier=barrier)
    found = search(roadmap, start, goal, np.zeros(2 * len(roadmap.arcs)), 0.0)
    if not np.isfinite(found.cost):
        return Route("undecided", _undecided(ground))
    path = path_of(roadmap, found, start, goal)
    return Route("found", path=path, alternatives=find_alternatives(roadmap, found, start, goal, n_alternatives))


def start_among_movers(ground: Ground, start: Array) -> Route | None:
    """Return why a start, (2,), is blocked by what stands or by where something begins to move; None where it is free.

    `find_route` looks at what is at rest only.
    """
    return _blocked(ground, "start", np.asarray(start, dtype=np.float64)[:2], np.zeros(1))


def _blocked(ground: Ground, which: str, place: Array, times: Array | None = None) -> Route | None:
    distances, owners = ground.around.nearest(place[None], times)
    distance, owner = float(distances[0]), int(owners[0])
    if distance >= ground.radius - ground.roadmap.terrain.slack:
        return None
    name = ground.world.name_of(owner)
    name += " as it begins to move" if times is not None and owner >= 0 and ground.world.obstacles[owner].motion else ""
    where = f"the {which} ({place[0]:g}, {place[1]:g})"
    if distance < 0:
        fact = f"{where} lies outside the map" if owner < 0 else f"{where} lies inside {name}"
    else:
        fact = f"{where} is {distance:.4g} m from {name}, nearer than the robot's radius of {ground.radius:g} m"
    short = ground.radius - distance
    reason = f"{fact}; move it by at least {short:.3g} m, or the obstacle"
    return Route("start_blocked" if which == "start" else "goal_blocked", reason, blockers=(owner,))


def _enclosed(ground: Ground, barrier: Barrier) -> str:
    names = _listed([ground.world.name_of(owner) for owner in barrier.owners])
    if barrier.encloses == "neither":
        fact = f"start and goal are separated by {names}"
    else:
        fact = f"the {barrier.encloses} is enclosed by {names}"
    if barrier.width <= 0:
        return f"{fact}, without a gap; open a passage {2 * ground.radius:g} m wide"
    a, b = (ground.world.name_of(owner) for owner in barrier.between)
    sides = f"between {a} and {b}" if a != b else f"in {a}"
    return (
        f"{fact}; the widest passage is {barrier.width:.6g} m wide, {sides} at ({barrier.position[0]:.4g}, "
        f"{barrier.position[1]:.4g}), and the robot needs {2 * ground.radius:g} m: widen it, or take a smaller robot"
    )


def _undecided(ground: Ground) -> str:
    return (
        f"a passage is as wide as the robot, {2 * ground.radius:g} m, to nine digits, and whether it fits is beyond "
        "rounding; change the radius a little"
    )


def _listed(names: list[str]) -> str:
    shown = names if len(names) <= 5 else [*names[:4], f"{len(names) - 4} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
