"""The batch page: forecasts of many series at once, a dozen of them side by side, any of them large."""

import re
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.batch_tables import batch_sentence, count, failures_list, honesty_table
from components.cards import card
from components.figures import forecast as fan
from components.forecast_tables import notes_list
from components.form import Form
from compute.forecast.batch.request import BatchForecastRequest
from compute.forecast.batch.result import BatchForecastResult
from pages._batch_series import PER_PAGE, chosen_chart, series_card, small_multiples
from pages._job_callbacks import register_callbacks
from pages._job_page import page_layout
from pages._job_records import Answer, Finished, JobPage, Sample
from pages._workspace import workspace
from services.jobs import ListedJob

dash.register_page(
    __name__,
    path="/batch",
    name="Batch",
    order=12,
    icon="batch",
    shortcut="b",
    title="Batch | Lookahead",
)

NAME = "batch"
PASTED = "Pasted series"


def _answer(done: Finished, other: Finished | None) -> Answer:
    result: BatchForecastResult = done.result
    sentence = batch_sentence(result.summary)
    if other is not None:
        sentence += f" The other batch: {batch_sentence(other.result.summary)}"
    subject = _subject(done.job.request)
    named = workspace().datasets.get(done.job.request["series"]["dataset"]) if subject != PASTED else None
    return Answer(
        title=f"{named.name if named else subject}: {count(result.summary.series)} series, "
        f"{result.summary.horizon} steps",
        sentence=sentence,
        file_name=re.sub(r"[^A-Za-z0-9]+", "-", f"batch of {subject}").strip("-").lower(),
        graph="fan",
    )


def _describe(job: ListedJob) -> str:
    model = str(job.request.get("model", {}).get("kind", "")).replace("_", " ")
    return f"{_subject(job.request)}, {job.request.get('horizon')} steps, {model}"


def _subject(request: Any) -> str:
    series = request.get("series")
    if not isinstance(series, dict):
        return PASTED
    return str(series.get("dataset", "series")).replace("-", " ")


def _draw(done: Finished, other: Finished | None) -> Component:
    result: BatchForecastResult = done.result
    honest = honesty_table(result.summary)
    failed = failures_list(result)
    return html.Div(
        [
            notes_list(result.notes),
            chosen_chart(done, other),
            small_multiples(done) if result.summary.done else None,
            card("Are the intervals honest?", honest) if honest is not None else None,
            card("What could not be forecast?", failed) if failed is not None else None,
            series_card(done),
        ],
        className="la-stack",
    )


def _draw_waiting() -> Component:
    return html.Div(
        [dmc.Skeleton(height=height, radius="lg") for height in (fan.HEIGHT, 60 * PER_PAGE, 320)], className="la-stack"
    )


PAGE = JobPage(
    name=NAME,
    kind="batch_forecast",
    title="Batch",
    subtitle="Forecast many series with one model; what fails is told, and fails nothing else.",
    form=Form(
        NAME,
        BatchForecastRequest,
        advanced=("levels", "intervals", "n_bootstrap", "season_length", "seed", "accuracy"),
    ),
    run_label="Forecast all",
    working_title="Forecasting",
    empty_title="Forecast many series at once",
    empty_message="Choose a dataset: each of its number columns is a series, or each id in one of its columns. "
    "Every series is forecast with the model of your choice; intervals learn their width from all of them together.",
    samples=(
        Sample("The economy of the United States, 8 quarters", {"series": {"dataset": "us-macro"}, "horizon": 8}),
        Sample("The same with drift", {"series": {"dataset": "us-macro"}, "horizon": 8, "model": {"kind": "drift"}}),
    ),
    answer=_answer,
    draw=_draw,
    draw_waiting=_draw_waiting,
    describe=_describe,
)
register_callbacks(PAGE)


def layout(**query: str) -> Component:
    """Return the page for what its address asks for: `job`, `compare`, `run`, or `dataset`."""
    return page_layout(PAGE, query)
