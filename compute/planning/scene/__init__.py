"""Scenes: obstacles, map, robot, start and goal, as a request writes them. Light: what computes is elsewhere."""

from compute.planning.scene.motion import ConstantVelocity, Motion, Track
from compute.planning.scene.obstacles import AnyObstacle, Circle, Grid, Polygon, Rectangle
from compute.planning.scene.unknown import Unknown
from compute.planning.scene.world import Goal, Map, Robot, Start

__all__ = [
    "AnyObstacle",
    "Circle",
    "ConstantVelocity",
    "Goal",
    "Grid",
    "Map",
    "Motion",
    "Polygon",
    "Rectangle",
    "Robot",
    "Start",
    "Track",
    "Unknown",
]
