"""The motion page: a drawn scene in; a validated motion, why it was chosen, or the proof that there is none, out."""

from dataclasses import replace
from functools import partial

import dash
import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.cards import card, graph, waiting_blocks
from components.figures import motion_energy as charts
from components.forecast_tables import notes_list
from components.form import Form
from components.numbers import significant
from components.scene import facts, plan_layers
from components.scene.layers import thinned
from compute.planning.motion_plan.request import PlanRequest
from compute.planning.motion_plan.result import PlanResult
from pages._job_layout import job_layout
from pages._job_records import Answer, Finished, JobPage, file_name_of
from pages._motion_board import PLAN, drawn, register_board, scene_words, stage, table_address, whole_keys
from pages._motion_samples import PLAN_SAMPLES
from services.jobs import ListedJob

dash.register_page(
    __name__,
    path="/motion",
    name="Motion",
    order=14,
    icon="motion",
    shortcut="v",
    title="Motion | Lookahead",
)

ENERGY = "energy"


def _answer(done: Finished, other: Finished | None) -> Answer:
    result: PlanResult = done.result
    sentence = " ".join(facts.proof_words(result)) if result.status != "reached" else _found(result)
    if other is not None:
        sentence += f" The other one, job {other.job.id[:6]}: {plan_title(other.result)}."
    return Answer(title=plan_title(result), sentence=sentence, file_name=file_name_of("motion plan"), graph=ENERGY)


def plan_title(result: PlanResult) -> str:
    """Return what a plan came to, in a few words."""
    if result.status != "reached":
        return facts.FAILURES[result.status]
    return f"{significant(result.path_length, 4)} m in {significant(result.total_time, 3)} s"


def _found(result: PlanResult) -> str:
    chosen = next((each for each in result.candidates if each.is_chosen), None)
    how = f"{facts.CANDIDATES[chosen.kind]}. " if chosen is not None else ""
    bound = result.lower_bound
    above = f" {significant(100 * (result.path_length / bound - 1), 3)} % above the shortest way." if bound else ""
    checked = "It touches nothing, in continuous time." if result.is_collision_free else "It was not validated."
    return f"{how}{checked}{above}"


def _describe(job: ListedJob) -> str:
    return scene_words(job.request)


def _draw(done: Finished, other: Finished | None) -> Component:
    result: PlanResult = done.result
    request = PlanRequest.model_validate(done.job.request)
    layers = plan_layers(done.job.id, request, result, table_address(done.job))
    if other is not None:
        layers = replace(layers, compared=thinned(other.result.path))
    parts = [notes_list(result.notes), _why_none(result), _numbers(result), _other_numbers(other)]
    parts += _why_chosen(result, done.job.id)
    return html.Div([drawn(PLAN, layers), *(part for part in parts if part is not None)], className="la-stack")


def _why_none(result: PlanResult) -> Component | None:
    if result.status == "reached":
        return None
    return card(
        "Why is there no motion?", *(dmc.Text(words, size="sm", mb="xs") for words in facts.proof_words(result))
    )


def _numbers(result: PlanResult) -> Component:
    stages = html.Div(facts.stages_table(result.stages), className="la-below")
    return card("In numbers", facts.plan_facts(result) if result.status == "reached" else None, stages)


def _other_numbers(other: Finished | None) -> Component | None:
    if other is None or other.result.status != "reached":
        return None
    return card(f"In numbers: job {other.job.id[:6]}", facts.plan_facts(other.result))


def _why_chosen(result: PlanResult, revision: str) -> list[Component]:
    considered = (
        html.Div(facts.candidates_table(result.candidates), className="la-below") if result.candidates else None
    )
    if result.expected_free_energy is None:
        return [card("What was considered?", considered)] if considered else []
    energy = result.expected_free_energy
    chosen = card(
        "Why this motion?",
        dmc.Text("Of the motions that touch nothing, it has the least expected free energy, G.", size="sm", mb="md"),
        graph(
            PLAN, ENERGY, charts.parts_chart(energy, revision=revision), charts.HEIGHT, "Expected free energy by part"
        ),
        html.Div(facts.energy_facts(energy), className="la-below"),
        considered,
    )
    return [chosen, *([_weighed(result, revision)] if result.policies else [])]


def _weighed(result: PlanResult, revision: str) -> Component:
    shown, weighed = len(result.policies), result.policies_weighed
    said = (
        f"At the start {weighed} policies were weighed over the horizon; these are the {shown} most probable ones. "
        "Their parts count from the start over the horizon only, those above over the whole motion."
    )
    chart = charts.policies_chart(result.policies, revision=revision)
    height = charts.policies_height(result.policies)
    return card(
        "Which policies were weighed?",
        dmc.Text(said, size="sm", mb="md"),
        graph(PLAN, "policies", chart, height, "Expected free energy of the most probable policies by part"),
    )


PAGE = JobPage(
    name=PLAN,
    kind="motion_plan",
    title="Motion",
    subtitle="Draw walls and things that move, drag start and goal, and see the way, why it was chosen, and the robot "
    "drive it.",
    form=Form(
        PLAN,
        PlanRequest,
        advanced=("time_limit", "control_rate", "weights", "seed", *whole_keys("")),
        first=("robot", "horizon", "n_policies", "weights", "time_limit", "control_rate", "seed"),
        whole=whole_keys(""),
    ),
    run_label="Plan the motion",
    working_title="Planning the motion",
    empty_title="Plan a motion through this scene",
    empty_message="Draw on the board above and plan, or begin with a sample.",
    samples=PLAN_SAMPLES,
    answer=_answer,
    draw=_draw,
    draw_waiting=lambda: waiting_blocks(180, 340, 360),
    describe=_describe,
    stage=partial(stage, PLAN, ""),
)
layout = job_layout(PAGE)
register_board(PAGE, "")
