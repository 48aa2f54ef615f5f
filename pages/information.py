"""The page of information flow: which series drives which, and at what lag, by transfer entropy."""

import json
from typing import Any

import dash
from dash.development.base_component import Component

from components.form import Form
from compute.information.request import TransferEntropyRequest
from pages._information_network import answer_matrix, connect_network, draw_matrix
from pages._information_view import RARELY_CHANGED, answer_pair, draw_pair, draw_waiting, measure_switch
from pages._job_callbacks import register_callbacks
from pages._job_page import page_layout
from pages._job_records import Answer, Finished, JobPage, Sample
from services.jobs import ListedJob

dash.register_page(
    __name__,
    path="/information",
    name="Information flow",
    order=13,
    icon="information",
    shortcut="i",
    title="Information flow | Lookahead",
)

NAME = "information"
FURNACE = "imaginary-furnace"
MACRO = "us-macro"


def _answer(done: Finished, other: Finished | None) -> Answer:
    return answer_pair(done, other) if done.result.matrix is None else answer_matrix(done, other)


def _draw(done: Finished, other: Finished | None) -> Component:
    if done.result.matrix is not None:
        return draw_matrix(PAGE, done)
    return draw_pair(PAGE, done, other if other is not None and other.result.matrix is None else None)


def _describe(job: ListedJob) -> str:
    series: Any = job.request.get("series")
    if isinstance(series, dict):
        return f"every pair of {series.get('dataset')}"
    if series:
        return f"every pair of {len(series)} series"
    return f"{name_of(job.request.get('source'))} → {name_of(job.request.get('target'))}"


def name_of(reference: Any) -> str:
    """Return how a series of a request is called."""
    given = reference if isinstance(reference, dict) else {}
    return str(given.get("column") or given.get("name", "series"))


PAGE = JobPage(
    name=NAME,
    kind="transfer_entropy",
    title="Information flow",
    subtitle="Find which series drives which, and at what lag: what the past of one tells beyond the other's own past.",
    form=Form(
        NAME,
        TransferEntropyRequest,
        advanced=(
            "conditions",
            "source_history",
            "target_history",
            "delay",
            "embedding",
            "condition_on_others",
            *RARELY_CHANGED,
        ),
        first=("source", "target", "series", "lags", "estimator", "n_permutations", "differencing", "units"),
    ),
    run_label="Measure",
    working_title="Measuring",
    empty_title="Which series drives which?",
    empty_message="Choose a source and a target, or several series for every pair of them. You see at which lag the "
    "past of one tells about the next value of the other, beside what chance would make. A sample: an imaginary "
    "furnace, whose gas acts three minutes later, in a way that no correlation shows.",
    samples=(
        Sample(
            "Does the gas drive the carbon monoxide?",
            {
                "source": {"dataset": FURNACE, "column": "gas_m3h"},
                "target": {"dataset": FURNACE, "column": "co_ppm"},
            },
        ),
        Sample(
            "Who drives whom in the furnace?",
            {"series": {"dataset": FURNACE}, "lags": {"first": 1, "last": 6}},
        ),
        Sample(
            "Direct links only",
            {"series": {"dataset": FURNACE}, "lags": {"first": 1, "last": 6}, "condition_on_others": True},
        ),
        Sample(
            "Does consumption drive investment?",
            {
                "source": {"dataset": MACRO, "column": "consumption"},
                "target": {"dataset": MACRO, "column": "investment"},
                "lags": {"first": 1, "last": 8},
            },
        ),
    ),
    answer=_answer,
    draw=_draw,
    draw_waiting=draw_waiting,
    describe=_describe,
    stage=lambda: measure_switch(NAME),
)
register_callbacks(PAGE)
connect_network(NAME)


def layout(**query: str) -> Component:
    """Return the page for what its address asks for: `job`, `compare`, `run`, `fill`, or `dataset` for every pair."""
    if query.get("dataset") and not {"job", "run", "fill"} & query.keys():
        every = {"source": None, "target": None, "series": {"dataset": query["dataset"]}}
        return page_layout(PAGE, {"fill": json.dumps(every)})
    return page_layout(PAGE, query)
