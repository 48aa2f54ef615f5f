"""The page of information flow: which series drives which, and at what lag, by transfer entropy."""

import json
from typing import Any

import dash
from dash.development.base_component import Component

from compute.information.request import TransferEntropyRequest
from pages._information_network import answer_matrix, connect_network, draw_matrix
from pages._information_page import FURNACE, MACRO, measuring_page, name_of
from pages._information_view import answer_pair, draw_pair
from pages._job_layout import Words, job_layout
from pages._job_records import Answer, Finished, Sample
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


PAGE = measuring_page(
    NAME,
    "transfer_entropy",
    TransferEntropyRequest,
    {
        "title": "Information flow",
        "subtitle": "Find which series drives which, and at what lag: what the past of one tells beyond the other's "
        "own past.",
        "empty_title": "Which series drives which?",
        "empty_message": "Choose a source and a target, or several series for every pair of them. You see at which lag "
        "the past of one tells about the next value of the other, beside what chance would make. A sample: an "
        "imaginary furnace, whose gas acts three minutes later, in a way that no correlation shows.",
    },
    first=("source", "target", "series", "lags"),
    advanced=("conditions", "source_history", "target_history", "delay", "embedding", "condition_on_others"),
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
    describe=_describe,
)
connect_network(NAME)


def _every_pair(words: Words) -> Words:
    """Return what an address asks for: a dataset alone means every pair of its series."""
    if words.get("dataset") and not {"job", "run", "fill"} & words.keys():
        return {"fill": json.dumps({"source": None, "target": None, "series": {"dataset": words["dataset"]}})}
    return words


layout = job_layout(PAGE, _every_pair)
