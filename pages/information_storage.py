"""The page of information storage: how uncertain a series is, and how much of its next value its own past tells."""

import dash
from dash import html
from dash.development.base_component import Component

from components import information_tables as tables
from components.cards import card, graph
from components.figures import information as charts
from components.forecast_tables import notes_list
from components.information_words import storage_sentence
from components.links import link_button
from components.numbers import significant
from compute.information.request import InformationStorageRequest
from compute.information.result import InformationStorageResult
from pages._information_links import drivers_of, known_target
from pages._information_page import FURNACE, SUNSPOTS, led_to, measuring_page, name_of
from pages._information_view import LAGS, computed_card, points_card, warnings_card
from pages._job_layout import job_layout
from pages._job_records import Answer, Finished, Sample, file_name_of
from services.jobs import ListedJob

NAME = "information-storage"
dash.register_page(__name__, **led_to(NAME))


def _answer(done: Finished, other: Finished | None) -> Answer:
    result: InformationStorageResult = done.result
    sentence = storage_sentence(result)
    if other is not None:
        sentence += f" In job {other.job.id[:6]}: {storage_sentence(other.result)}"
    title = f"What {result.name} remembers"
    return Answer(title=title, sentence=sentence, file_name=file_name_of(title), graph=LAGS, has_report=True)


def _draw(done: Finished, other: Finished | None) -> Component:
    result: InformationStorageResult = done.result
    is_comparable = other is not None and other.result.units == result.units
    chart = charts.lag_chart(
        result.by_history,
        result.best_history,
        f"Active information storage ({result.units})",
        axis="History (values)",
        mark="Chosen: history",
        other=other.result.by_history if other is not None and is_comparable else (),
        other_label=f"{other.result.name}, job {other.job.id[:6]}" if other is not None else "",
        revision=done.job.id,
    )
    shown = graph(PAGE.name, LAGS, chart, charts.HEIGHT, f"Information storage of {result.name}", has_bar=True)
    return html.Div(
        [
            warnings_card(PAGE, done),
            notes_list(result.notes),
            shown,
            _ways_on(done),
            card("How many past values are enough?", tables.embedding_table(result), html.P(_entropy_words(result))),
            points_card(PAGE, result.scatter, done.job.id),
            card("History by history", tables.history_table(result)),
            computed_card(result),
        ],
        className="la-stack",
    )


def _entropy_words(result: InformationStorageResult) -> str:
    counted = result.estimator in ("binned", "symbolic")
    unit = "" if counted else "; in the unit of the series, so that it may be below 0"
    return f"Entropy of a single value: {significant(result.entropy, 4)} {result.units}{unit}."


def _ways_on(done: Finished) -> Component | None:
    """Return what can be asked next: what drives the series, with the past values found here known."""
    result, series = done.result, done.job.request["series"]
    history = result.best_history
    beyond = f"What drives it beyond its last {'value' if history == 1 else f'{history} values'}?"
    ways = [
        (beyond, known_target(series, history, result.delay)),
        ("Which other columns drive it?", drivers_of(series)),
    ]
    links = [link_button(label, href, icon_name="information") for label, href in ways if href]
    return html.Div(links, className="la-links") if links else None


def _describe(job: ListedJob) -> str:
    return name_of(job.request.get("series"))


PAGE = measuring_page(
    NAME,
    "information_storage",
    InformationStorageRequest,
    {
        "title": "Active information storage",
        "subtitle": "Measure how much of the next value of a series its own past tells, and how many past values that "
        "takes.",
        "empty_title": "What does a series remember?",
        "empty_message": "Choose a series. You see how much its last value, its last two and so on tell of the next, "
        "beside what chance would make, and which past values describe best where it stands: those to take as known "
        "when you ask what drives it.",
    },
    first=("series", "max_history"),
    advanced=("delay", "max_delay"),
    samples=(
        Sample("What do sunspots remember?", {"series": {"dataset": SUNSPOTS, "column": "sunspots"}}),
        Sample("Does the gas of the furnace?", {"series": {"dataset": FURNACE, "column": "gas_m3h"}}),
    ),
    answer=_answer,
    draw=_draw,
    describe=_describe,
)
layout = job_layout(PAGE)
