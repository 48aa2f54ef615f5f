"""The page of motion where a plan is driven: a scene in; what the robot saw, believed, chose and touched out."""

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
from components.scene import facts, run_layers
from components.scene.layers import thinned
from compute.planning.execution.request import ExecuteRequest
from compute.planning.execution.result import ExecuteResult
from pages._job_layout import job_layout
from pages._job_records import Answer, Finished, JobPage, file_name_of
from pages._motion_board import DRIVE, drawn, register_board, scene_words, stage, table_address, whole_keys
from pages._motion_samples import DRIVE_SAMPLES
from services.jobs import ListedJob

dash.register_page(
    __name__, path="/motion-run", name="Motion run", is_hidden=True, under="/motion", title="Motion run | Lookahead"
)

ENERGY = "energy-over-time"


def _answer(done: Finished, other: Finished | None) -> Answer:
    result: ExecuteResult = done.result
    sentence = " ".join([facts.sentence(result.reason), *_touched(result)]).strip()
    sentence = sentence or "It reached the goal and touched nothing."
    if other is not None:
        sentence += f" The other one, job {other.job.id[:6]}: {run_title(other.result)}."
    return Answer(title=run_title(result), sentence=sentence, file_name=file_name_of("motion run"), graph=ENERGY)


def run_title(result: ExecuteResult) -> str:
    """Return how a run ended, in a few words."""
    if result.status != "reached":
        return facts.ENDINGS[result.status]
    return f"At the goal after {significant(result.total_time, 3)} s and {significant(result.path_length, 4)} m"


def _touched(result: ExecuteResult) -> list[str]:
    return [
        f"It touched {each.obstacle} at {each.time:.2f} s; "
        + ("the robot was moving, so the fault is its own." if each.is_robots_fault else "the robot stood still.")
        for each in result.collisions
    ]


def _describe(job: ListedJob) -> str:
    return f"{scene_words(job.request.get('plan', {}))}, {job.request.get('mode', 'infer')}"


def _draw(done: Finished, other: Finished | None) -> Component:
    result: ExecuteResult = done.result
    request = ExecuteRequest.model_validate(done.job.request)
    layers = run_layers(done.job.id, request, result, table_address(done.job))
    if other is not None:
        layers = replace(layers, compared=thinned([frame.position for frame in other.result.frames]))
    parts = [notes_list(result.notes), card("In numbers", facts.run_facts(result)) if result.frames else None]
    if other is not None and other.result.frames:
        parts.append(card(f"In numbers: job {other.job.id[:6]}", facts.run_facts(other.result)))
    parts.append(_energy(result, done.job.id))
    return html.Div([drawn(DRIVE, layers), *(part for part in parts if part is not None)], className="la-stack")


def _energy(result: ExecuteResult, revision: str) -> Component | None:
    if not any(frame.expected_free_energy for frame in result.frames):
        return None
    chart = charts.energy_chart(result.frames, revision=revision)
    words = "Of the policy that was chosen at each moment, over the horizon."
    return card(
        "What did it expect?",
        dmc.Text(words, size="sm", mb="md"),
        graph(DRIVE, ENERGY, chart, charts.TIME_HEIGHT, "Expected free energy by part over time"),
        html.Div(facts.meanings_list(), className="la-below"),
    )


PAGE = JobPage(
    name=DRIVE,
    kind="motion_run",
    title="Motion",
    subtitle="Drive the robot in closed loop: it sees with noise, believes, and chooses again at every step.",
    form=Form(
        DRIVE,
        ExecuteRequest,
        advanced=("pose_noise", "replan_every", "seed"),
        first=("mode", "noise", "sensor_range", "time_limit", "plan"),
        whole=whole_keys("plan/"),
    ),
    run_label="Drive it",
    working_title="Driving",
    empty_title="Drive through this scene",
    empty_message="Draw on the board above and drive, or begin with a sample.",
    samples=DRIVE_SAMPLES,
    answer=_answer,
    draw=_draw,
    draw_waiting=lambda: waiting_blocks(120, 320),
    describe=_describe,
    stage=partial(stage, DRIVE, "plan/"),
)
layout = job_layout(PAGE)
register_board(PAGE, "plan/")
