"""The shortest way of a disc among obstacles at rest: A* over arcs, exact.

A label says: on this arc, turning this way, at this angle, after this length. From it the path follows the arc on and
leaves along a tangent to another arc or to the goal. Labels of one arc and one sense of turning differ by where they
arrive; one that another can follow along the arc for less is dropped. The straight line to the goal bounds what is
left, so the first way to the goal that nothing open can beat is the shortest. Nothing is rounded to cells or chords.
"""

import math
from typing import NamedTuple

import numpy as np

from compute.planning.compilation import kernel
from compute.planning.route.heap import pop, push
from compute.planning.route.roadmap import Roadmap
from compute.planning.route.sight import is_clear
from compute.planning.route.terrain import Array, Index

EDGE = 1e-12  # of a cosine: an arc includes its ends
SAME = 1e-12  # of a length: labels closer than this are equal
FULL = 2 * math.pi


class Found(NamedTuple):
    """What a search came to.

    Attributes
    ----------
    cost : length and penalties of the way to the goal, infinite where there is none
    nodes : (k,) the arcs it turns on: twice the arc, plus one when clockwise
    turns : (k, 2) how far along the arc, in its sense of turning, it arrives and leaves, in radians
    expansions : how many labels were looked at
    """

    cost: float
    nodes: Index
    turns: Array
    expansions: int


@kernel
def turn_to(arc: Array, is_clockwise: int, vx: float, vy: float) -> float:
    """Return how far along an arc, in its sense of turning, the direction (vx, vy) from its centre lies."""
    width: float = arc[4]
    turn: float = (math.atan2(vy, vx) - arc[3]) % FULL
    if turn > width:
        turn = width if turn - width < FULL - turn else 0.0
    return width - turn if is_clockwise == 1 else turn


@kernel
def is_beaten(
    labels: Array, following: Index, head: int, turn: float, length: float, rho: float, is_full: bool
) -> bool:
    """Return whether a label of the list that begins at `head` reaches `turn` by less than `length`."""
    k = head
    while k >= 0:
        ahead = turn - labels[k, 0]
        if is_full:
            ahead %= FULL
        if ahead >= -1e-9 and labels[k, 1] + rho * ahead <= length + SAME:
            return True
        k = following[k]
    return False


class Explored(NamedTuple):
    """All labels of a search.

    Attributes
    ----------
    nodes : (n,) the arc of each label and its sense, as in `Found`
    labels : (n, 3) how far along its arc it arrives, the cost up to there, how far along its arc the parent is left
    parents : (n,) the label before it, -1 for the start
    cost : of the way to the goal, infinite where there is none
    last : the label from which the goal is reached, -1 for the start
    left_at : how far along its arc that one is left
    expansions : how many labels were looked at
    """

    nodes: Index
    labels: Array
    parents: Index
    cost: float
    last: int
    left_at: float
    expansions: int


@kernel
def search(roadmap: Roadmap, start: Array, goal: Array, penalties: Array, direct: float) -> Found:
    """Return the shortest way from `start` to `goal`, (2,) each, both in free space.

    Parameters
    ----------
    penalties : (2 n,) added where a node is entered
    direct : added to the straight line from start to goal
    """
    explored = explore(roadmap, start, goal, penalties, direct)
    if explored.cost == np.inf:
        return Found(np.inf, np.empty(0, dtype=np.int64), np.empty((0, 2)), explored.expansions)
    steps, k = 0, explored.last
    while k >= 0:
        steps += 1
        k = explored.parents[k]
    nodes, turns = np.empty(steps, dtype=np.int64), np.empty((steps, 2))
    k, leaving = explored.last, explored.left_at
    for place in range(steps - 1, -1, -1):
        nodes[place], turns[place, 0], turns[place, 1] = explored.nodes[k], explored.labels[k, 0], leaving
        leaving = explored.labels[k, 2]
        k = explored.parents[k]
    return Found(explored.cost, nodes, turns, explored.expansions)


@kernel
def explore(roadmap: Roadmap, start: Array, goal: Array, penalties: Array, direct: float) -> Explored:
    """Return all labels that a search made; where `goal` is empty, the shortest ways from `start` to every arc."""
    arcs, middles, tiles, first, terrain = roadmap.arcs, roadmap.middles, roadmap.tiles, roadmap.first, roadmap.terrain
    n_arcs = arcs.shape[0]
    heads = np.full(2 * n_arcs, -1, dtype=np.int64)
    room = 1024
    labels = np.empty((room, 3))  # turn, length, turn at which the parent was left
    node_of, parent, following = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    costs, items = np.empty(room), np.empty(room, dtype=np.int64)
    size, count, expansions = 0, 0, 0
    best, last, left_at = np.inf, -1, 0.0
    has_goal = goal.size > 0
    gx, gy = (goal[0], goal[1]) if has_goal else (0.0, 0.0)
    current = -1
    while True:
        if current >= 0:
            node, turn, length = node_of[current], labels[current, 0], labels[current, 1]
            arc, sign = node >> 1, 1.0 - 2.0 * (node & 1)
            cx, cy, rho, width = arcs[arc, 0], arcs[arc, 1], arcs[arc, 2], arcs[arc, 4]
            angle = arcs[arc, 3] + (turn if sign > 0 else width - turn)
            ax, ay = math.cos(angle), math.sin(angle)
            angle = arcs[arc, 3] + (width if sign > 0 else 0.0)
            ex, ey = math.cos(angle), math.sin(angle)
            mx, my, half = middles[arc, 0], middles[arc, 1], middles[arc, 2] - EDGE
            is_narrow, is_full = width <= math.pi, width >= FULL
        else:
            node, turn, length, arc, sign = -1, 0.0, 0.0, -1, 1.0
            cx, cy, rho, width = start[0], start[1], 0.0, FULL
            ax, ay, ex, ey, mx, my, half, is_narrow, is_full = 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, -2.0, False, True
        expansions += 1
        for tile in range(-1 if has_goal else 0, tiles.shape[0]):
            if tile >= 0:
                dx, dy, reach = tiles[tile, 0] - cx, tiles[tile, 1] - cy, tiles[tile, 2]
                if is_narrow:  # left of the line on which it arrived, and not left of the one on which it leaves last
                    if -(ax * dx + ay * dy) + rho < -reach:
                        continue
                    if -(ex * dx + ey * dy) + rho > reach + 2 * rho:
                        continue
                ahead = max(math.sqrt(dx * dx + dy * dy) - reach - rho, 0.0)
                rest = max(math.hypot(gx - tiles[tile, 0], gy - tiles[tile, 1]) - reach, 0.0) if has_goal else 0.0
                if length + ahead + rest >= best:
                    continue
                begin, end = first[tile], first[tile + 1]
            else:
                begin, end = -1, 0
            for j in range(begin, end):
                if j < 0:
                    dx, dy, rho2 = gx - cx, gy - cy, 0.0
                else:
                    if j == arc:
                        continue
                    dx, dy, rho2 = arcs[j, 0] - cx, arcs[j, 1] - cy, arcs[j, 2]
                squared = dx * dx + dy * dy
                for sense in range(2 if j >= 0 else 1):
                    sign2 = 1.0 - 2.0 * sense
                    k = sign2 * rho2 - sign * rho
                    way = squared - k * k
                    if way < 0.0 or squared < 1e-24:
                        continue
                    way = math.sqrt(way)
                    ux, uy = (way * dx + k * dy) / squared, (way * dy - k * dx) / squared
                    vx, vy = sign * uy, -sign * ux
                    if vx * mx + vy * my < half:
                        continue
                    wx, wy = sign2 * uy, -sign2 * ux
                    if j >= 0 and wx * middles[j, 0] + wy * middles[j, 1] < middles[j, 2] - EDGE:
                        continue
                    leaving = turn
                    if arc >= 0:
                        across = sign * (ax * vy - ay * vx)
                        if is_narrow and across < -1e-9:
                            continue
                        more = math.atan2(across, ax * vx + ay * vy)
                        if more < 0.0:
                            more = more + FULL if more < -1e-9 else 0.0
                        leaving = turn + more
                        if not is_full and leaving > width + 1e-9:
                            continue
                    reached = length + rho * (leaving - turn) + way
                    qx, qy = cx + dx + rho2 * wx, cy + dy + rho2 * wy
                    if j < 0:
                        if arc < 0:
                            reached += direct
                        if reached < best and is_clear(terrain, cx + rho * vx, cy + rho * vy, qx, qy):
                            best, last, left_at = reached, current, leaving
                        continue
                    reached += penalties[2 * j + sense]
                    rest = math.sqrt((gx - qx) * (gx - qx) + (gy - qy) * (gy - qy)) if has_goal else 0.0
                    if reached + rest >= best:
                        continue
                    arriving = turn_to(arcs[j], sense, wx, wy)
                    target = 2 * j + sense
                    if is_beaten(labels, following, heads[target], arriving, reached, rho2, arcs[j, 4] >= FULL):
                        continue
                    if not is_clear(terrain, cx + rho * vx, cy + rho * vy, qx, qy):
                        continue
                    if count == room:
                        labels = np.concatenate((labels, np.empty_like(labels)))
                        node_of = np.concatenate((node_of, np.empty_like(node_of)))
                        parent = np.concatenate((parent, np.empty_like(parent)))
                        following = np.concatenate((following, np.empty_like(following)))
                        costs = np.concatenate((costs, np.empty_like(costs)))
                        items = np.concatenate((items, np.empty_like(items)))
                        room *= 2
                    labels[count, 0], labels[count, 1], labels[count, 2] = arriving, reached, leaving
                    node_of[count], parent[count], following[count] = target, current, heads[target]
                    heads[target] = count
                    size = push(costs, items, size, reached + rest, count)
                    count += 1
        current = -1
        while size > 0 and costs[0] < best:
            candidate = items[0]
            size = pop(costs, items, size)
            node = node_of[candidate]
            # a label made later may beat it: those before it in the list are the later ones
            is_old, k = False, heads[node]
            while k >= 0 and not is_old:
                if k != candidate:
                    ahead = labels[candidate, 0] - labels[k, 0]
                    if arcs[node >> 1, 4] >= FULL:
                        ahead %= FULL
                    if ahead >= -1e-9:
                        value = labels[k, 1] + arcs[node >> 1, 2] * ahead
                        is_old = value < labels[candidate, 1] - SAME
                k = following[k]
            if not is_old:
                current = candidate
                break
        if current < 0:
            break
    return Explored(node_of[:count], labels[:count], parent[:count], best, last, left_at, expansions)
