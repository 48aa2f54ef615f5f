"""How a path goes on from where it is: along its arc, and off it on a tangent to another arc or to a point.

Sense: +1 anticlockwise, the circle on the left of the path; -1 clockwise. A path in direction u leaves a circle at the
place that lies from the centre in the direction (sense u_y, -sense u_x).
"""

import math
from typing import NamedTuple

from compute.planning.compilation import kernel
from compute.planning.route.terrain import Array

EDGE = 1e-12  # of a cosine: an arc includes its ends
STEP_BACK = 1e-9  # radians that rounding may turn a path back
FULL = 2 * math.pi


class Place(NamedTuple):
    """Where a path arrived on an arc, or the point at which it begins (radius 0, arc -1).

    Attributes
    ----------
    arc, x, y, rho, sense : the arc, its centre, its radius, and which way round
    turn, width : how far along the arc, in that sense, it arrived, and how far the arc goes, in radians
    ax, ay, ex, ey : directions from the centre to where it arrived and to where the arc ends
    mx, my, half : direction to the middle of the arc, and the cosine of half its width
    """

    arc: int
    x: float
    y: float
    rho: float
    sense: float
    turn: float
    width: float
    ax: float
    ay: float
    ex: float
    ey: float
    mx: float
    my: float
    half: float


class Leg(NamedTuple):
    """A straight way off an arc.

    Attributes
    ----------
    length : metres; negative where there is none
    x, y : where it begins
    ux, uy : its direction
    """

    length: float
    x: float
    y: float
    ux: float
    uy: float


@kernel
def at_point(x: float, y: float) -> Place:
    """Return the place of a path that begins at a point."""
    return Place(-1, x, y, 0.0, 1.0, 0.0, FULL, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, -2.0)


@kernel
def on_arc(arcs: Array, middles: Array, node: int, turn: float) -> Place:
    """Return the place of a path that arrived at `turn` on a node: twice the arc, plus one when clockwise."""
    arc = node >> 1
    begin, width, sense = arcs[arc, 3], arcs[arc, 4], 1.0 - 2.0 * (node & 1)
    arrived = begin + (turn if sense > 0 else width - turn)
    end = begin + (width if sense > 0 else 0.0)
    return Place(
        arc, arcs[arc, 0], arcs[arc, 1], arcs[arc, 2], sense, turn, width, math.cos(arrived), math.sin(arrived),
        math.cos(end), math.sin(end), middles[arc, 0], middles[arc, 1], middles[arc, 2] - EDGE,
    )  # fmt: skip


@kernel
def is_averted(place: Place, dx: float, dy: float, reach: float) -> bool:
    """Return whether no way off the arc meets the disc of radius `reach` at (dx, dy) from the centre.

    Ways off an arc of less than a half turn lie on the centre's side of the line on which it was reached, and not on
    that side of the last line off it, but for a strip as wide as the circle.
    """
    if place.width > math.pi:
        return False
    toward_first, toward_last = place.ax * dx + place.ay * dy, place.ex * dx + place.ey * dy
    return toward_first - place.rho > reach or -toward_last - place.rho > reach


@kernel
def leg_to(place: Place, dx: float, dy: float, rho: float, sense: float) -> Leg:
    """Return the way to the circle of radius `rho` at (dx, dy) from the centre, which it reaches turning in `sense`.

    With radius 0 it is the way to a point. Whether it is left in time on a long arc is for `leaving_turn` to say.
    """
    squared = dx * dx + dy * dy
    offset = sense * rho - place.sense * place.rho
    length = squared - offset * offset
    if length < 0.0 or squared < 1e-24:
        return Leg(-1.0, 0.0, 0.0, 0.0, 0.0)
    length = math.sqrt(length)
    ux, uy = (length * dx + offset * dy) / squared, (length * dy - offset * dx) / squared
    vx, vy = place.sense * uy, -place.sense * ux
    if vx * place.mx + vy * place.my < place.half:
        return Leg(-1.0, 0.0, 0.0, 0.0, 0.0)
    if place.width <= math.pi and place.sense * (place.ax * vy - place.ay * vx) < -STEP_BACK:
        return Leg(-1.0, 0.0, 0.0, 0.0, 0.0)
    return Leg(length, place.x + place.rho * vx, place.y + place.rho * vy, ux, uy)


@kernel
def leaving_turn(place: Place, leg: Leg) -> float:
    """Return how far along the arc a leg leaves it, in radians; negative where it would have to turn back for it."""
    if place.arc < 0:
        return 0.0
    vx, vy = place.sense * leg.uy, -place.sense * leg.ux
    more = math.atan2(place.sense * (place.ax * vy - place.ay * vx), place.ax * vx + place.ay * vy)
    if more < 0.0:
        more = more + FULL if more < -STEP_BACK else 0.0
    leaving = place.turn + more
    return leaving if place.width >= FULL or leaving <= place.width + STEP_BACK else -1.0


@kernel
def turn_to(arc: Array, is_clockwise: int, vx: float, vy: float) -> float:
    """Return how far along an arc, in its sense of turning, the direction (vx, vy) from its centre lies."""
    width: float = arc[4]
    turn: float = (math.atan2(vy, vx) - arc[3]) % FULL
    if turn > width:
        turn = width if turn - width < FULL - turn else 0.0
    return width - turn if is_clockwise == 1 else turn
