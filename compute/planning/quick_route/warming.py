"""Compiles the loops of routes by finding some on a small map, so that the first who asks does not wait for it."""

from compute.planning.quick_route.request import RouteRequest
from compute.planning.quick_route.run import Grounds, quick_route
from compute.planning.scene import Circle, Goal, Grid, Map, Polygon, Rectangle, Robot, Start

ROBOT = Robot(radius=0.2, max_velocity=1, max_acceleration=1)


def warm_up() -> None:
    """Find a way with another one beside it, and prove that there is none, among shapes of every kind."""
    shapes = (
        Circle(center=(2, 2), radius=0.5),
        Rectangle(center=(4, 1), size=(0.5, 1)),
        Polygon(vertices=((3, 3), (3.5, 3), (3.2, 3.5))),
        Grid(rows=("#",)),
    )
    grounds = Grounds()
    for obstacles in (shapes, (Rectangle(center=(3, 2), size=(0.2, 4.5)),)):
        request = RouteRequest(
            map=Map(width=6, height=4, obstacles=obstacles),
            start=Start(position=(0.5, 2.5)),
            goal=Goal(position=(5.5, 1.5)),
            robot=ROBOT,
        )
        quick_route(request, grounds, lambda: 0.0)
