"""Other locally shortest paths: each goes round obstacles in another way, for in one way there is only one such path.

What is already used is made dearer and the search repeated. Every path that a search returns is taut, so any two that
turn on different arcs are of different homotopy classes.
"""

from itertools import pairwise

import numpy as np

from compute.planning.route.path import Path, path_of
from compute.planning.route.roadmap import Roadmap
from compute.planning.route.search import Found, search
from compute.planning.route.terrain import Array

DEARER = 0.3  # of the length about a used arc
LONGEST = 2.0  # times the shortest: a longer way is no alternative
MOST_SHARED = 0.8  # of the length of an alternative may run where paths before it run
TRIES = 3  # searches for each alternative asked for


def find_alternatives(roadmap: Roadmap, best: Found, start: Array, goal: Array, n: int) -> tuple[Path, ...]:
    """Return up to `n` paths beside the best, the shorter first."""
    penalties, direct = np.zeros(2 * len(roadmap.arcs)), 0.0
    shortest = path_of(roadmap, best, start, goal)
    known = {tuple(best.nodes.tolist())}
    used = _legs(best)
    kept: list[Path] = []
    found = best
    for _ in range(TRIES * n):
        if len(kept) == n:
            break
        share = DEARER * path_of(roadmap, found, start, goal).length / max(len(found.nodes), 1)
        np.add.at(penalties, found.nodes, share)
        direct += DEARER * shortest.length if not len(found.nodes) else 0.0
        found = search(roadmap, start, goal, penalties, direct)
        path = path_of(roadmap, found, start, goal)
        if path.length > LONGEST * shortest.length or tuple(found.nodes.tolist()) in known:
            continue
        known.add(tuple(found.nodes.tolist()))
        if _shared(roadmap, found, used, start, goal) <= MOST_SHARED:
            kept.append(path)
            used |= _legs(found)
    return tuple(sorted(kept, key=lambda path: path.length))


def _legs(found: Found) -> set[tuple[int, int]]:
    """Return the straight parts of a way as pairs of nodes; -1 is the start, -2 the goal."""
    stops = [-1, *found.nodes.tolist(), -2]
    return set(pairwise(stops))


def _shared(roadmap: Roadmap, found: Found, used: set[tuple[int, int]], start: Array, goal: Array) -> float:
    """Return the share of a way's straight length that is used already."""
    places = np.concatenate([start[None], roadmap.arcs[found.nodes >> 1, :2], goal[None]])
    lengths = np.linalg.norm(np.diff(places, axis=0), axis=1)
    stops = [-1, *found.nodes.tolist(), -2]
    is_used = [leg in used for leg in pairwise(stops)]
    return float(lengths[is_used].sum() / max(lengths.sum(), 1e-12))
