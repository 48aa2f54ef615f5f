"""What a plan owes to parts of the map that are not known: what it may learn of them, and what it may meet in them.

A plan is made and validated among what is known; what else is there is only believed, patch by patch as wide as the
robot.
"""

import numpy as np

from compute.planning.geometry.distance import to_all
from compute.planning.geometry.shapes import Array, shapes_of
from compute.planning.geometry.surroundings import NOWHERE
from compute.planning.inference.cells import Cells
from compute.planning.inference.outlook import FARTHEST, informed
from compute.planning.inference.terrain import Terrain
from compute.planning.motion_plan.request import PlanRequest
from compute.planning.route import Ground
from compute.planning.timing.drive import Trajectory

WITHIN = 25.0  # m from the start that looks are weighed
STEPS = 2000  # of a motion, at which is asked whether it is in an area


def with_outlook(terrain: Terrain, ground: Ground, request: PlanRequest, start: Array) -> Terrain:
    """Return the terrain with the information that looks at unknown areas are expected to bring."""
    if not request.map.unknown:
        return terrain
    cells = Cells.before(ground.around, request.map.unknown, ground.radius)
    return informed(terrain, cells, ground.radius, start, WITHIN, FARTHEST)


def meeting_probability(trajectory: Trajectory, request: PlanRequest) -> float:
    """Return how probably something that is not known stands where the motion leads; 0 where all is known."""
    times = np.linspace(trajectory.times[0], trajectory.times[-1], STEPS)
    path = np.stack([np.interp(times, trajectory.times, trajectory.positions[:, axis]) for axis in range(2)], axis=1)
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    radius = request.robot.radius
    clear = 1.0
    for unknown in request.map.unknown:
        if unknown.renewal is not None:
            continue
        distance, _ = to_all(shapes_of([(0, unknown.area)]), NOWHERE, path)
        is_met = distance < radius
        patches = np.ceil(lengths[is_met[1:]].sum() / (2 * radius)) if is_met.any() else 0.0
        clear *= (1 - unknown.probability) ** max(patches, float(is_met.any()))
    return 1.0 - float(clear)
