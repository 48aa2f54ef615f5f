"""The trajectory page: a track in, its smoothed path and its continuation with ellipses out."""

import dash
import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.cards import card, chart_panel, graph, waiting_blocks
from components.figures import motion
from components.figures import trajectory as tracks
from components.forecast_tables import notes_list
from components.form import Form
from components.numbers import significant
from components.trajectory_tables import (
    absent_accuracy,
    accuracy_table,
    consistency_sentence,
    motion_facts,
    noise_table,
    skill_sentence,
)
from compute.trajectory.request import TrajectoryRequest
from compute.trajectory.result import TrajectoryResult
from pages._job_layout import job_layout
from pages._job_records import Answer, Finished, JobPage, Sample, file_name_of
from services.jobs import ListedJob

dash.register_page(
    __name__,
    path="/trajectory",
    name="Trajectory",
    order=14,
    icon="trajectory",
    shortcut="t",
    title="Trajectory | Lookahead",
)

TRACK = "track"
FLIGHT = {"dataset": "drone-flight", "columns": ["east_m", "north_m"]}
FLIGHT_IN_SPACE = {"dataset": "drone-flight", "columns": ["east_m", "north_m", "up_m"]}


def _answer(done: Finished, other: Finished | None) -> Answer:
    result: TrajectoryResult = done.result
    steps = len(result.predicted_times)
    ahead = "the next step" if steps == 1 else f"the next {steps} steps"
    seconds = significant(result.predicted_times[-1] - result.times[-1], 3)
    sentence = f"It moves at {significant(result.smoothed.speeds[-1], 3)} units/s and is followed for {seconds} s. "
    sentence += skill_sentence(result)
    if other is not None:
        sentence += f" Compared with {other.result.name}, job {other.job.id[:6]}."
    return Answer(
        title=f"{result.name}, {ahead}",
        sentence=sentence,
        file_name=file_name_of(f"{result.name} trajectory"),
        graph=TRACK,
    )


def _describe(job: ListedJob) -> str:
    track = job.request.get("track", {})
    name = track.get("dataset") or track.get("name", "track")
    columns = ", ".join(str(column) for column in track.get("columns", ()))
    return f"{name}{f' ({columns})' if columns else ''}, {job.request.get('horizon')} steps"


def _draw(done: Finished, other: Finished | None) -> Component:
    result: TrajectoryResult = done.result
    shown = tracks.ShownTrack(result.name, result)
    compared = tracks.ShownTrack(f"{other.result.name}, job {other.job.id[:6]}", other.result) if other else None
    chart = tracks.track_chart(shown, compared, revision=done.job.id)
    label = f"{result.name}: observed, smoothed and predicted positions"
    return html.Div(
        [
            notes_list(result.notes),
            graph("trajectory", TRACK, chart, tracks.HEIGHT, label, has_bar=True),
            _side(shown, compared, done.job.id),
            card("How accurate is it?", absent_accuracy(result.accuracy), accuracy_table(result)),
            _motion(result, done.job.id),
            card("The model", motion_facts(result), html.Div(noise_table(result), className="la-below")),
        ],
        className="la-stack",
    )


def _side(shown: tracks.ShownTrack, other: tracks.ShownTrack | None, revision: str) -> Component | None:
    if len(shown.result.axes) < 3:
        return None
    chart = tracks.track_chart(shown, other, plane=tracks.FROM_THE_SIDE, revision=revision)
    return card("From the side", graph("trajectory", "side", chart, tracks.SIDE_HEIGHT, "The track from the side"))


def _motion(result: TrajectoryResult, revision: str) -> Component:
    panels = (
        ("speed", "Speed", motion.speed_chart(result, revision=revision)),
        ("uncertainty", "Uncertainty of a coordinate", motion.uncertainty_chart(result, revision=revision)),
        ("innovations", "How surprising each position was", motion.surprise_chart(result, revision=revision)),
    )
    charts = [chart_panel("trajectory", name, title, chart, motion.HEIGHT) for name, title, chart in panels]
    return card(
        "How does it move?",
        dmc.Text(consistency_sentence(result.consistency), size="sm", mb="md"),
        html.Div(charts, className="la-chart-grid"),
    )


def _draw_waiting() -> Component:
    return waiting_blocks(tracks.HEIGHT, 190, 380)


PAGE = JobPage(
    name="trajectory",
    kind="trajectory",
    title="Trajectory",
    subtitle="Smooth a track of positions and look where it goes, with ellipses measured on the track itself.",
    form=Form("trajectory", TrajectoryRequest, advanced=("dt", "measurement_noise", "process_noise")),
    run_label="Follow the track",
    working_title="Following the track",
    empty_title="Follow something that moves",
    empty_message="Choose the columns with x and y (and z) in the request and run it, or begin with a sample: an "
    "imaginary drone over a field, with lost fixes and one echo.",
    samples=(
        Sample("Drone from above", {"track": FLIGHT, "gate": 99.99}),
        Sample("Drone in space", {"track": FLIGHT_IN_SPACE, "gate": 99.99, "horizon": 20}),
    ),
    answer=_answer,
    draw=_draw,
    draw_waiting=_draw_waiting,
    describe=_describe,
)
layout = job_layout(PAGE)
