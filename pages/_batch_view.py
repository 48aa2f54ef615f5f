"""A finished batch in words and cards. The parts that can be paged through are in `_batch_series`."""

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.batch_tables import batch_sentence, count, failures_list, honesty_table
from components.cards import card
from components.figures import forecast as fan
from components.forecast_tables import notes_list
from compute.forecast.batch.result import BatchForecastResult
from pages._batch_series import chosen_chart, series_card, small_multiples
from pages._job_records import Answer, Finished, file_name_of
from pages._workspace import workspace
from services.jobs import ListedJob

PASTED = "Pasted series"
WAITING = (fan.HEIGHT, 720, 320)  # heights in px of what the result will be


def answer(done: Finished, other: Finished | None) -> Answer:
    """Return the batch in a title and a sentence."""
    result: BatchForecastResult = done.result
    sentence = batch_sentence(result.summary)
    if other is not None:
        sentence += f" The other batch: {batch_sentence(other.result.summary)}"
    subject = _subject(done.job.request)
    named = workspace().datasets.get(subject) if subject != PASTED else None
    name = named.name if named else subject
    return Answer(
        title=f"{name}: {count(result.summary.series)} series, {result.summary.horizon} steps",
        sentence=sentence,
        file_name=file_name_of(f"batch {name}"),
        graph="fan",
    )


def describe(job: ListedJob) -> str:
    """Return what tells a batch from others: its data, its horizon, its model."""
    model = str(job.request.get("model", {}).get("kind", "")).replace("_", " ")
    return f"{_subject(job.request)}, {job.request.get('horizon')} steps, {model}"


def draw(done: Finished, other: Finished | None) -> Component:
    """Return one series large, a dozen side by side, how honest intervals are, what failed, and every series."""
    result: BatchForecastResult = done.result
    honest = honesty_table(result.summary)
    failed = failures_list(result)
    return html.Div(
        [
            notes_list(result.notes),
            *([chosen_chart(done, other), small_multiples(done)] if result.summary.done else []),
            card("Are the intervals honest?", honest) if honest is not None else None,
            card("What could not be forecast?", failed) if failed is not None else None,
            series_card(done),
        ],
        className="la-stack",
    )


def draw_waiting() -> Component:
    """Return the room that the result will take."""
    return html.Div([dmc.Skeleton(height=height, radius="lg") for height in WAITING], className="la-stack")


def _subject(request: Any) -> str:
    series = request.get("series")
    return str(series.get("dataset", "series")) if isinstance(series, dict) else PASTED
