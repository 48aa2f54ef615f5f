"""Shortest paths of a disc among what is at rest, and proofs that there is none."""

from compute.planning.route.barrier import Barrier
from compute.planning.route.path import Path
from compute.planning.route.plan import Ground, Route, find_route, prepare_ground, start_among_movers, with_radius

__all__ = ["Barrier", "Ground", "Path", "Route", "find_route", "prepare_ground", "start_among_movers", "with_radius"]
