"""Plans and runs as tables for spreadsheets, metres and seconds. Which kind of job has which table is in `export`."""

from collections.abc import Iterator, Sequence

from compute.planning.execution.result import ExecuteResult
from compute.planning.motion_plan.result import FreeEnergy, PlanResult
from services.csv_text import Cell

AXES = ("x", "y", "z")
NATS = ("total", "risk", "ambiguity", "novelty", "collision", "control")


def plan_rows(result: PlanResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per sample of the trajectory; the header alone where there is no plan."""
    yield ["time_s", *AXES, *(f"velocity_{axis}" for axis in AXES)]
    for point in result.trajectory:
        yield [point.time, *point.position, *point.velocity]


def path_rows(result: PlanResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per point of the way that is driven (way 0) and of the others round obstacles."""
    yield ["way", "x", "y"]
    for number, way in enumerate((result.path, *result.alternatives)):
        for point in way:
            yield [number, *point]


def policy_rows(result: PlanResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per policy that is told, the most probable first: its expected free energy in nats."""
    yield ["policy", "probability", *(f"free_energy_{part}" for part in NATS)]
    for number, policy in enumerate(result.policies, 1):
        yield [number, policy.probability, *_nats(policy.expected_free_energy)]


def run_rows(result: ExecuteResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per moment of a run: true and believed state, and what was chosen next, in nats."""
    names = ["time_s", "x", "y", "velocity_x", "velocity_y", "believed_x", "believed_y", "heading_rad"]
    yield [*names, "is_braking", "is_new_way", *(f"free_energy_{part}" for part in NATS)]
    for frame in result.frames:
        state = [frame.time, *frame.position, *frame.velocity, *frame.believed, frame.heading]
        yield [*state, int(frame.is_braking), int(frame.is_new_way), *_nats(frame.expected_free_energy)]


def mover_rows(result: ExecuteResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per moment and mover: what the robot believed of it."""
    yield ["time_s", "obstacle", "x", "y", "velocity_x", "velocity_y", "deviation_m", "probability_manoeuvring"]
    for frame in result.frames:
        for mover in frame.movers:
            yield [frame.time, mover.obstacle, *mover.position, *mover.velocity, mover.deviation, mover.manoeuvring]


def collision_rows(result: ExecuteResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per collision."""
    yield ["time_s", "obstacle", "is_robots_fault"]
    for collision in result.collisions:
        yield [collision.time, collision.obstacle, int(collision.is_robots_fault)]


def _nats(energy: FreeEnergy | None) -> list[Cell]:
    return [None if energy is None else getattr(energy, part) for part in NATS]
