"""Why there is no path: the closed chain of obstacles around the start or the goal, and its widest gap."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from compute.planning.route.gaps import closing_pair, crosses, middle, near_pairs
from compute.planning.route.terrain import Array, Index, Terrain

TOUCHING = 1e-9  # metres: gaps up to this are no passage for anything


@dataclass(frozen=True)
class Barrier:
    """A proof that start and goal are apart, to be checked link by link.

    Attributes
    ----------
    owners : places in the map of the obstacles of the chain, each once, -1 for the edge of the map
    width : of the widest passage between start and goal, metres; 0 where nothing passes
    between : owners of the two obstacles on either side of that passage
    position : the middle of it
    encloses : which of the two the chain goes round; "neither" where it needs the edge of the map
    outline : (n, 2) the chain as a closed polygon, from middle to nearest point to middle
    """

    owners: tuple[int, ...]
    width: float
    between: tuple[int, int]
    position: tuple[float, float]
    encloses: str
    outline: Array


def find_barrier(terrain: Terrain, start: Array, goal: Array) -> Barrier | None:
    """Return what parts start from goal, with the least widest gap of all such chains; None where nothing does."""
    pairs = near_pairs(terrain, start, goal)
    pairs = pairs[np.argsort(pairs[:, 3], kind="stable")]
    n = len(terrain.edges) + len(terrain.circles)
    closing, used = closing_pair(pairs, n)
    if closing < 0:
        return None
    members = pairs[:, :2].astype(np.int64)
    i, j = members[closing]
    links = [*_way(members[used], used, int(i), int(j)), (closing, int(i))]
    outline, owners = [], []
    here = int(i)
    for pair, there in links:
        points = pairs[pair, 4:].reshape(2, 2)
        outline += [middle(terrain, here), *(points if members[pair, 0] == here else points[::-1])]
        owners.append(_owner(terrain, here))
        here = there
    polygon = np.array(outline, dtype=np.float64)
    gap = max(float(pairs[closing, 3]), 0.0)
    position = pairs[closing, 4:].reshape(2, 2).mean(axis=0)
    return Barrier(
        owners=tuple(dict.fromkeys(owners)),
        width=gap if gap > TOUCHING else 0.0,
        between=(_owner(terrain, int(i)), _owner(terrain, int(j))),
        position=(float(position[0]), float(position[1])),
        encloses="neither" if -1 in owners else "goal" if _is_around(polygon, goal, terrain.bounds) else "start",
        outline=polygon,
    )


def _way(members: Index, used: Index, begin: int, end: int) -> list[tuple[int, int]]:
    """Return the pairs, each with the member it leads to, from one member to another along the joined pairs."""
    neighbours: dict[int, list[tuple[int, int]]] = {}
    for pair, (a, b) in zip(used.tolist(), members.tolist(), strict=True):
        neighbours.setdefault(a, []).append((pair, b))
        neighbours.setdefault(b, []).append((pair, a))
    came: dict[int, tuple[int, int]] = {begin: (-1, -1)}
    queue = deque([begin])
    while queue and end not in came:
        here = queue.popleft()
        for pair, there in neighbours.get(here, []):
            if there not in came:
                came[there] = (pair, here)
                queue.append(there)
    links = []
    here = end
    while here != begin:
        pair, before = came[here]
        links.append((pair, here))
        here = before
    return links[::-1]


def _owner(terrain: Terrain, member: int) -> int:
    m = len(terrain.edges)
    return int(terrain.edge_owner[member] if member < m else terrain.circle_owner[member - m])


def _is_around(polygon: Array, point: Array, bounds: Array) -> bool:
    """Return whether a closed polygon goes round a point: it crosses a line from there to far away oddly often."""
    far = np.array([bounds[2] + (bounds[2] - bounds[0]), bounds[3] + 0.7391 * (bounds[3] - bounds[1])])
    following = np.roll(polygon, -1, axis=0)
    legs = np.hstack([polygon, following])
    return sum(crosses(leg[0], leg[1], leg[2], leg[3], point, far) for leg in legs) % 2 == 1
