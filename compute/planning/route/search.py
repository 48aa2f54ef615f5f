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
from compute.planning.route.shadows import SECTORS, cast_shadows, is_in_shadow, sight
from compute.planning.route.sight import is_clear
from compute.planning.route.tangents import (
    EDGE,
    FULL,
    STEP_BACK,
    at_point,
    is_averted,
    leaving_turn,
    leg_to,
    on_arc,
    turn_to,
)
from compute.planning.route.terrain import Array, Index

SAME = 1e-12  # of a length: labels closer than this are equal
EVER = 1 << 60  # lines of sight
HASTES = (1.5, 1.1, 1.0)  # weights of searches: each finds a way at most so many times too long, to bound the next
CLUTTER = 10_000  # arcs from which on it is worth its time to know first how far one can see
MANY = 50  # expansions of the first; after fewer the last comes next


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

    Hasty searches for any good way come first: what cannot be shorter than that is not looked at in the last, which is
    2 to 5 times quicker for it.

    Parameters
    ----------
    penalties : (2 n,) added where a node is entered
    direct : added to the straight line from start to goal
    """
    explored = explore(roadmap, start, goal, penalties, direct, HASTES[0], np.inf, EVER)
    expansions = explored.expansions
    for weight in HASTES[1:]:
        if explored.cost == np.inf or (explored.last < 0 and direct <= 0):
            break
        if weight > 1.0 and expansions < MANY:
            continue
        limit = explored.cost + 1e-9 * (1.0 + explored.cost)
        better = explore(roadmap, start, goal, penalties, direct, weight, limit, EVER)
        expansions += better.expansions
        if better.cost < np.inf:
            explored = better
    if explored.cost == np.inf:
        return Found(np.inf, np.empty(0, dtype=np.int64), np.empty((0, 2)), expansions)
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
    return Found(explored.cost, nodes, turns, expansions)


@kernel
def explore(
    roadmap: Roadmap,
    start: Array,
    goal: Array,
    penalties: Array,
    direct: float,
    weight: float,
    limit: float,
    patience: int,
) -> Explored:
    """Return all labels that a search made; where `goal` is empty, the shortest ways from `start` to every arc.

    Parameters
    ----------
    weight : 1 for the shortest; with more the first way found is returned, at most so many times longer
    limit : ways that cost as much are of no interest
    patience : lines of sight to be looked at, about, before the search ends where it is, the shortest ways first
    """
    arcs, middles, tiles, first, terrain = roadmap.arcs, roadmap.middles, roadmap.tiles, roadmap.first, roadmap.terrain
    heads = np.full(2 * arcs.shape[0], -1, dtype=np.int64)  # the newest label of each node
    room = 1024
    labels = np.empty((room, 3))
    links = np.empty((room, 3), dtype=np.int64)  # node, parent, the next older label of the node
    costs, items = np.empty(room), np.empty(room, dtype=np.int64)
    size, count, expansions, looks = 0, 0, 0, 0
    is_cluttered, farthest = arcs.shape[0] > CLUTTER, np.inf
    limits = np.full(SECTORS, np.inf)
    seen = np.zeros(terrain.edges.shape[0] + terrain.circles.shape[0] if is_cluttered else 0, dtype=np.int64)
    best, last, left_at = limit, -1, 0.0
    has_goal = goal.size > 0
    gx, gy = (goal[0], goal[1]) if has_goal else (0.0, 0.0)
    current, place, length = -1, at_point(start[0], start[1]), 0.0
    while True:
        expansions += 1
        if has_goal:
            leg = leg_to(place, gx - place.x, gy - place.y, 0.0, 1.0)
            leaving = leaving_turn(place, leg)
            cost = length + place.rho * (leaving - place.turn) + leg.length + (direct if current < 0 else 0.0)
            if leg.length >= 0 and leaving >= 0 and cost < best and is_clear(terrain, leg.x, leg.y, gx, gy):
                best, last, left_at = cost, current, leaving
        if is_cluttered:
            farthest = cast_shadows(terrain, place, limits, seen, expansions)
        for tile in range(tiles.shape[0]):
            dx, dy, reach = tiles[tile, 0] - place.x, tiles[tile, 1] - place.y, tiles[tile, 2]
            in_sight = farthest + reach + place.rho
            if dx * dx + dy * dy > in_sight * in_sight:
                continue
            ahead = max(math.sqrt(dx * dx + dy * dy) - reach - place.rho, 0.0)
            rest = max(math.hypot(gx - tiles[tile, 0], gy - tiles[tile, 1]) - reach, 0.0) if has_goal else 0.0
            if length + ahead + rest >= best or is_averted(place, dx, dy, reach):
                continue
            if is_cluttered and is_in_shadow(place, dx, dy, reach, limits):
                continue
            for target in range(2 * first[tile], 2 * first[tile + 1]):
                j, is_clockwise = target >> 1, target & 1
                sense, rho = 1.0 - 2.0 * is_clockwise, arcs[j, 2]
                leg = leg_to(place, arcs[j, 0] - place.x, arcs[j, 1] - place.y, rho, sense)
                if leg.length < 0 or j == place.arc:
                    continue
                wx, wy = sense * leg.uy, -sense * leg.ux
                if wx * middles[j, 0] + wy * middles[j, 1] < middles[j, 2] - EDGE:
                    continue
                leaving = leaving_turn(place, leg)
                if leaving < 0:
                    continue
                cost = length + place.rho * (leaving - place.turn) + leg.length + penalties[target]
                qx, qy = arcs[j, 0] + rho * wx, arcs[j, 1] + rho * wy
                rest = math.sqrt((gx - qx) * (gx - qx) + (gy - qy) * (gy - qy)) if has_goal else 0.0
                if cost + rest >= best:
                    continue
                if is_cluttered and leg.length > sight(leg.ux, leg.uy, limits):
                    continue
                turn = turn_to(arcs[j], is_clockwise, wx, wy)
                if is_beaten(labels, links, heads[target], -1, turn, cost + SAME, rho, arcs[j, 4] >= FULL):
                    continue
                looks += 1
                if not is_clear(terrain, leg.x, leg.y, qx, qy):
                    continue
                if count == room:
                    labels = np.concatenate((labels, np.empty_like(labels)))
                    links = np.concatenate((links, np.empty_like(links)))
                    costs, items = np.concatenate((costs, costs)), np.concatenate((items, items))
                    room *= 2
                labels[count, 0], labels[count, 1], labels[count, 2] = turn, cost, leaving
                links[count, 0], links[count, 1], links[count, 2] = target, current, heads[target]
                heads[target] = count
                size = push(costs, items, size, cost + weight * rest, count)
                count += 1
        current = -1
        while size > 0 and current < 0 and (costs[0] < best if weight == 1.0 else best == limit):
            candidate = items[0]
            size = pop(costs, items, size)
            node = links[candidate, 0]
            turn, length = labels[candidate, 0], labels[candidate, 1]
            is_full = arcs[node >> 1, 4] >= FULL
            # one that was made later may beat it by now
            if not is_beaten(labels, links, heads[node], candidate, turn, length - SAME, arcs[node >> 1, 2], is_full):
                current = candidate
        if current < 0 or looks > patience:
            break
        place = on_arc(arcs, middles, links[current, 0], labels[current, 0])
    cost = np.inf if best == limit else best
    return Explored(links[:count, 0].copy(), labels[:count], links[:count, 1].copy(), cost, last, left_at, expansions)


@kernel
def is_beaten(
    labels: Array, links: Index, head: int, but: int, turn: float, cost: float, rho: float, is_full: bool
) -> bool:
    """Return whether a label in the list that begins at `head`, other than `but`, reaches `turn` for at most `cost`."""
    k = head
    while k >= 0:
        ahead = turn - labels[k, 0]
        if is_full:
            ahead %= FULL
        if k != but and ahead >= -STEP_BACK and labels[k, 1] + rho * ahead <= cost:
            return True
        k = links[k, 2]
    return False
