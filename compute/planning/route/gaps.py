"""How near edges and discs come to each other, and whether a chain of near ones goes round the start or the goal.

Obstacles with less than the robot's diameter between them are one wall for it. The robot's centre cannot leave a
place where such a wall closes: there is no path if and only if some closed chain of edges and discs, each nearer than
the diameter to the next, crosses the line from start to goal an odd number of times. A union-find that remembers the
parity of crossings finds it without any search, and with gaps in increasing order finds the widest passage.
"""

import math

import numpy as np

from compute.planning.compilation import kernel
from compute.planning.route.terrain import Array, Index, Terrain

Bridge = tuple[float, float, float, float, float]
"""Gap, and the nearest points (x, y) of the one and of the other."""


@kernel
def nearest_on_edge(px: float, py: float, edge: Array) -> tuple[float, float]:
    """Return the point of an edge that is nearest to (px, py)."""
    ax, ay, dx, dy = edge[0], edge[1], edge[2] - edge[0], edge[3] - edge[1]
    t = min(max(((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy), 0.0), 1.0)
    return ax + t * dx, ay + t * dy


@kernel
def middle(terrain: Terrain, k: int) -> tuple[float, float]:
    """Return the middle of member k of the terrain."""
    m = terrain.edges.shape[0]
    if k < m:
        edge = terrain.edges[k]
        return 0.5 * (edge[0] + edge[2]), 0.5 * (edge[1] + edge[3])
    return terrain.circles[k - m, 0], terrain.circles[k - m, 1]


@kernel
def bridge(terrain: Terrain, i: int, j: int) -> Bridge:
    """Return the gap between two members, i < j, and the nearest points."""
    m = terrain.edges.shape[0]
    if i >= m:
        ix, iy = middle(terrain, i)
        jx, jy = middle(terrain, j)
        d = math.hypot(jx - ix, jy - iy)
        a, b = (terrain.circles[i - m, 2] / d, terrain.circles[j - m, 2] / d) if d > 0 else (0.0, 0.0)
        gap = d * (1 - a - b)
        return gap, ix + a * (jx - ix), iy + a * (jy - iy), jx - b * (jx - ix), jy - b * (jy - iy)
    if j >= m:
        jx, jy = middle(terrain, j)
        px, py = nearest_on_edge(jx, jy, terrain.edges[i])
        d, radius = math.hypot(jx - px, jy - py), terrain.circles[j - m, 2]
        b = radius / d if d > 0 else 0.0
        return d - radius, px, py, jx - b * (jx - px), jy - b * (jy - py)
    e, f = terrain.edges[i], terrain.edges[j]
    dx, dy, ex, ey = e[2] - e[0], e[3] - e[1], f[2] - f[0], f[3] - f[1]
    across = dx * ey - dy * ex
    if across != 0.0:
        t = ((f[0] - e[0]) * ey - (f[1] - e[1]) * ex) / across
        u = ((f[0] - e[0]) * dy - (f[1] - e[1]) * dx) / across
        if 0.0 <= t <= 1.0 and 0.0 <= u <= 1.0:
            x, y = e[0] + t * dx, e[1] + t * dy
            return 0.0, x, y, x, y
    best, px, py, qx, qy = np.inf, 0.0, 0.0, 0.0, 0.0
    for end in range(2):
        ax, ay = e[2 * end], e[2 * end + 1]
        bx, by = nearest_on_edge(ax, ay, f)
        d = math.hypot(bx - ax, by - ay)
        if d < best:
            best, px, py, qx, qy = d, ax, ay, bx, by
        bx, by = f[2 * end], f[2 * end + 1]
        ax, ay = nearest_on_edge(bx, by, e)
        d = math.hypot(bx - ax, by - ay)
        if d < best:
            best, px, py, qx, qy = d, ax, ay, bx, by
    return best, px, py, qx, qy


@kernel
def crosses(ax: float, ay: float, bx: float, by: float, start: Array, goal: Array) -> int:
    """Return 1 where the line from a to b crosses that from start to goal, else 0; a point on it lies on its right."""
    dx, dy = goal[0] - start[0], goal[1] - start[1]
    side_a = dx * (ay - start[1]) - dy * (ax - start[0])
    side_b = dx * (by - start[1]) - dy * (bx - start[0])
    if (side_a > 0) == (side_b > 0):
        return 0
    t = side_a / (side_a - side_b)
    along = (ax + t * (bx - ax) - start[0]) * dx + (ay + t * (by - ay) - start[1]) * dy
    return 1 if 0 < along < dx * dx + dy * dy else 0


@kernel
def parity(terrain: Terrain, i: int, j: int, found: Bridge, start: Array, goal: Array) -> int:
    """Return how often, modulo 2, the way from the middle of i over the bridge to that of j crosses start to goal."""
    _, px, py, qx, qy = found
    ix, iy = middle(terrain, i)
    jx, jy = middle(terrain, j)
    n = crosses(ix, iy, px, py, start, goal)
    n += crosses(px, py, qx, qy, start, goal)
    n += crosses(qx, qy, jx, jy, start, goal)
    return n & 1


@kernel
def root(above: Index, odd: Index, k: int) -> tuple[int, int]:
    """Return the root of k and the parity of the way there, and shorten that way."""
    top, total = k, 0
    while above[top] != top:
        total ^= odd[top]
        top = above[top]
    node, left = k, total
    while above[node] != top and node != top:
        after, step = above[node], odd[node]
        above[node], odd[node] = top, left
        left ^= step
        node = after
    return top, total


@kernel
def joined(above: Index, odd: Index, i: int, j: int, between: int) -> int:
    """Join i and j by a way of some parity; return 0 if they were apart, 1 if joined alike, 2 if that closes oddly."""
    a, parity_a = root(above, odd, i)
    b, parity_b = root(above, odd, j)
    if a == b:
        return 2 if parity_a ^ parity_b ^ between else 1
    above[a], odd[a] = b, parity_a ^ parity_b ^ between
    return 0


@kernel
def sides(terrain: Terrain, start: Array, goal: Array) -> Index:
    """Return for each member on which side of the line through start and goal it lies: 1 left, -1 right, 0 on both."""
    m, k = terrain.edges.shape[0], terrain.circles.shape[0]
    found = np.zeros(m + k, dtype=np.int64)
    dx, dy = goal[0] - start[0], goal[1] - start[1]
    length = math.hypot(dx, dy)
    for i in range(m + k):
        if i < m:
            e = terrain.edges[i]
            a = dx * (e[1] - start[1]) - dy * (e[0] - start[0])
            b = dx * (e[3] - start[1]) - dy * (e[2] - start[0])
            low, high = min(a, b), max(a, b)
        else:
            c = terrain.circles[i - m]
            a = dx * (c[1] - start[1]) - dy * (c[0] - start[0])
            low, high = a - length * c[2], a + length * c[2]
        found[i] = 1 if low > 0 else -1 if high <= 0 else 0
    return found


@kernel
def is_separated(terrain: Terrain, start: Array, goal: Array) -> bool:
    """Return whether a closed chain of members, with gaps less than the robot's diameter, parts start and goal.

    Two members on one side of the line are joined without crossing it; where they hang together so already, their gap
    need not be measured.
    """
    n = terrain.edges.shape[0] + terrain.circles.shape[0]
    above, odd = np.arange(n), np.zeros(n, dtype=np.int64)
    limit = 2 * terrain.radius - terrain.slack
    side = sides(terrain, start, goal)
    for bucket in range(terrain.first.size - 1):
        for a in range(terrain.first[bucket], terrain.first[bucket + 1]):
            for b in range(terrain.first[bucket], a):
                i, j = terrain.members[b], terrain.members[a]
                is_plain = side[i] != 0 and side[i] == side[j]
                if is_plain:
                    root_i, parity_i = root(above, odd, i)
                    root_j, parity_j = root(above, odd, j)
                    if root_i == root_j and parity_i == parity_j:
                        continue
                found = bridge(terrain, i, j)
                if found[0] >= limit:
                    continue
                between = 0 if is_plain else parity(terrain, i, j, found, start, goal)
                if joined(above, odd, i, j, between) == 2:
                    return True
    return False


@kernel
def near_pairs(terrain: Terrain, start: Array, goal: Array) -> Array:
    """Return every pair nearer than the diameter, (n, 8): members, parity, gap, nearest points; some repeatedly."""
    limit = 2 * terrain.radius - terrain.slack
    pairs, n = np.empty((256, 8)), 0
    for bucket in range(terrain.first.size - 1):
        for a in range(terrain.first[bucket], terrain.first[bucket + 1]):
            for b in range(terrain.first[bucket], a):
                i, j = terrain.members[b], terrain.members[a]
                found = bridge(terrain, i, j)
                if found[0] >= limit:
                    continue
                if n == pairs.shape[0]:
                    pairs = np.concatenate((pairs, np.empty_like(pairs)))
                pairs[n, 0], pairs[n, 1], pairs[n, 2] = i, j, parity(terrain, i, j, found, start, goal)
                for column in range(5):
                    pairs[n, 3 + column] = found[column]
                n += 1
    return pairs[:n]


@kernel
def closing_pair(pairs: Array, n: int) -> tuple[int, Index]:
    """Return the first pair, in their order, that closes a chain oddly, and those before it that joined two chains.

    Parameters
    ----------
    pairs : (p, 8) as of `near_pairs`
    n : number of members
    """
    above, odd = np.arange(n), np.zeros(n, dtype=np.int64)
    used, count = np.empty(n, dtype=np.int64), 0
    for k in range(pairs.shape[0]):
        outcome = joined(above, odd, int(pairs[k, 0]), int(pairs[k, 1]), int(pairs[k, 2]))
        if outcome == 0:
            used[count] = k
            count += 1
        elif outcome == 2:
            return k, used[:count]
    return -1, used[:count]
