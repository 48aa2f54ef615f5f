"""Plans and runs in words, figures and tables: why one was chosen, why there is none, what was touched."""

from collections.abc import Sequence
from typing import Final

from dash import html
from dash.development.base_component import Component

from components.facts import facts_list
from components.figures.motion_energy import MEANINGS, PARTS, TITLES, signed
from components.numbers import percent, significant
from components.scene.plan_layers import policies_per_second
from components.tables import Column, table
from compute.planning.execution.result import ExecuteResult
from compute.planning.motion_plan.result import Candidate, FreeEnergy, PlanResult

CANDIDATES: Final = {
    "shortest": "Along the shortest path, as fast as allowed",
    "timed": "Searched in time: waits and passes behind",
    "inferred": "Chosen step by step by active inference",
}
FAILURES: Final = {
    "no_path": "There is no way",
    "start_blocked": "The start is blocked",
    "goal_blocked": "The goal is blocked",
    "timeout": "No motion was found",
}
ENDINGS: Final = {"collision": "It touched something", "timeout": "It did not arrive", "no_plan": "It did not begin"}
DEFINITIONS: Final = {
    "length": "Of the motion, in the plane.",
    "lower_bound": "The exact shortest way among what stands still: no motion is shorter.",
    "time": "From the start to rest at the goal.",
    "clearance": "The least distance between the robot's edge and anything, along the whole motion, found by a "
    "validator that shares nothing with the planner.",
    "probability": "The share of drawn worlds, the uncertain obstacles displaced in each, where the motion "
    "touches one.",
    "rate": "How many were rolled out and weighed in a second of this plan's time.",
    "validated": "Checked in continuous time between samples too, with the limits of the robot.",
    "searches": "How often the way was searched again.",
    "braking": "How often the choice was overruled, because after it the robot could not have stopped in time.",
    "tracking": "Root mean square distance from the plan that was tracked.",
}


def plan_facts(result: PlanResult) -> html.Dl:
    """Return the figures of a plan."""
    bound = result.lower_bound
    longer = f", {percent(result.path_length / bound - 1, 2)} above it" if bound else ""
    facts = [
        ("Length", f"{significant(result.path_length, 5)} m", "length"),
        ("Lower bound", f"{significant(bound, 5)} m{longer}" if bound else "unknown", "lower_bound"),
        ("Time", f"{significant(result.total_time, 4)} s", "time"),
        ("Clearance", _clearance(result), "clearance"),
        ("Validated", "yes" if result.is_collision_free and not result.violations else "no", "validated"),
    ]
    if result.collision_probability is not None:
        facts.append(("Collision probability", percent(result.collision_probability, 2), "probability"))
    rate = policies_per_second(result)
    if rate is not None:
        facts.append(("Policies", f"{result.policies_weighed} at {significant(rate, 3)} per second", "rate"))
    return facts_list(facts, DEFINITIONS)


def run_facts(result: ExecuteResult) -> html.Dl:
    """Return the figures of a run."""
    gap = result.min_clearance
    facts = [
        ("Driven", f"{significant(result.path_length, 5)} m", "length"),
        ("Lower bound", f"{significant(result.lower_bound, 5)} m" if result.lower_bound else "unknown", "lower_bound"),
        ("Time", f"{significant(result.total_time, 4)} s", "time"),
        ("Clearance", "unknown" if gap is None else f"{significant(gap, 3)} m", "clearance"),
        ("Searches of the way", str(result.replans), "searches"),
        ("Overruled by the shield", str(result.brakings), "braking"),
    ]  # fmt: skip
    if result.tracking_error is not None:
        facts.append(("Off the plan", f"{significant(result.tracking_error, 3)} m", "tracking"))
    return facts_list(facts, DEFINITIONS)


def energy_facts(energy: FreeEnergy) -> html.Dl:
    """Return the expected free energy of a motion by its parts, each with its definition."""
    parts = [(TITLES[part], f"{significant(signed(energy, part), 4)} nats", part) for part in PARTS]
    return facts_list([("Total", f"{significant(energy.total, 4)} nats", "total"), *parts], MEANINGS)


def meanings_list() -> html.Dl:
    """Return what the parts of the expected free energy mean."""
    pairs = [(TITLES[part], MEANINGS[part]) for part in PARTS]
    return html.Dl([html.Div([html.Dt(title), html.Dd(meaning)]) for title, meaning in pairs], className="la-meanings")


def candidates_table(candidates: Sequence[Candidate]) -> Component:
    """Return the whole motions that were considered, and why the others were not chosen."""
    columns = (
        Column("Motion"),
        Column("Time (s)", is_number=True),
        Column("G (nats)", is_number=True, help=MEANINGS["total"]),
        Column("Touches nothing"),
        Column("Outcome"),
    )
    rows = [
        [
            CANDIDATES[each.kind],
            each.duration,
            each.expected_free_energy,
            "yes" if each.is_collision_free else "no",
            "Chosen" if each.is_chosen else each.reason,
        ]
        for each in candidates
    ]
    return table("Motions that were considered", columns, rows)


def stages_table(stages: dict[str, float]) -> Component:
    """Return what the planning time went into."""
    columns = (Column("Stage"), Column("Time (ms)", is_number=True))
    return table("Planning time by stage", columns, [[name.capitalize(), round(ms, 2)] for name, ms in stages.items()])


def proof_words(result: PlanResult) -> list[str]:
    """Return why there is no way, with what proves it."""
    said = [sentence(result.reason)]
    proof = result.proof
    if proof is not None:
        chain = ", ".join(proof.obstacles)
        where = f"({significant(proof.position[0], 4)}, {significant(proof.position[1], 4)})"
        gap = (
            f"Its widest gap is {significant(proof.width, 4)} m, at {where}."
            if proof.width > 0
            else f"Nothing passes it; it is closest at {where}."
        )
        said.append(f"What parts start from goal: {chain}. {gap} It is hatched on the board.")
    return said


def sentence(words: str) -> str:
    """Return words as a sentence."""
    return words[:1].upper() + words[1:].rstrip(".") + "." if words else ""


def _clearance(result: PlanResult) -> str:
    at = result.clearance_at
    if result.min_clearance is None or at is None:
        return "unbounded: nothing is near"
    near = f" from {result.nearest_obstacle}" if result.nearest_obstacle else ""
    where = f"({significant(at.position[0], 3)}, {significant(at.position[1], 3)})"
    return f"{significant(result.min_clearance, 3)} m{near} at {where}, after {at.time:.2f} s"
