"""How a route that was not found is told: by the status of a plan, and by the chain that parts start from goal."""

from compute.planning.motion_plan.result import PlanStatus, Proof
from compute.planning.route import Barrier
from compute.planning.scene import Map

STATUSES: dict[str, PlanStatus] = {
    "start_blocked": "start_blocked",
    "goal_blocked": "goal_blocked",
    "no_path": "no_path",
    "cannot_stop": "start_blocked",
    "undecided": "timeout",
}


def proof_of(barrier: Barrier, world: Map) -> Proof:
    """Return the chain with the names that its obstacles have in the map."""
    return Proof(
        obstacles=tuple(world.name_of(owner) for owner in barrier.owners),
        width=barrier.width,
        position=(float(barrier.position[0]), float(barrier.position[1])),
        outline=tuple((float(x), float(y)) for x, y in barrier.outline),
    )
