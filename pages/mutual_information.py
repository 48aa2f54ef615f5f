"""The page of mutual information: how much one series tells about another at each lag, in any shape."""

import dash
from dash.development.base_component import Component

from compute.information.request import MutualInformationRequest
from pages._information_page import FURNACE, LOAD, led_to, measuring_page, name_of
from pages._information_view import answer_pair, draw_pair
from pages._job_layout import job_layout
from pages._job_records import Finished, Sample
from services.jobs import ListedJob

NAME = "mutual-information"
dash.register_page(__name__, **led_to(NAME))


def _draw(done: Finished, other: Finished | None) -> Component:
    return draw_pair(PAGE, done, other)


def _describe(job: ListedJob) -> str:
    return f"{name_of(job.request.get('x'))} and {name_of(job.request.get('y'))}"


PAGE = measuring_page(
    NAME,
    "mutual_information",
    MutualInformationRequest,
    {
        "title": "Mutual information",
        "subtitle": "Measure how much one series tells about another at each lag, in any shape of dependence.",
        "empty_title": "How much do two series share?",
        "empty_message": "Choose two series and the lags to look at. You see how much one tells about the other at "
        "each lag, in nats or bits, beside what chance would make: 0 where they are independent, whatever their shape.",
    },
    first=("x", "y", "lags"),
    advanced=("conditions",),
    samples=(
        Sample(
            "Gas and carbon monoxide",
            {
                "x": {"dataset": FURNACE, "column": "gas_m3h"},
                "y": {"dataset": FURNACE, "column": "co_ppm"},
                "lags": {"first": -5, "last": 10},
            },
        ),
        Sample(
            "Weather and electric load",
            {
                "x": {"dataset": LOAD, "column": "temperature_c"},
                "y": {"dataset": LOAD, "column": "load_mw"},
                "lags": {"first": -6, "last": 6},
                "n_permutations": 40,
            },
        ),
    ),
    answer=answer_pair,
    draw=_draw,
    describe=_describe,
)
layout = job_layout(PAGE)
