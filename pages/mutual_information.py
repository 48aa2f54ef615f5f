"""The page of mutual information: how much one series tells about another at each lag, in any shape."""

import dash
from dash.development.base_component import Component

from components.form import Form
from compute.information.request import MutualInformationRequest
from pages._information_view import RARELY_CHANGED, answer_pair, draw_pair, draw_waiting, measure_switch
from pages._job_layout import job_layout
from pages._job_records import Finished, JobPage, Sample
from pages.information import FURNACE, name_of
from services.jobs import ListedJob

dash.register_page(
    __name__,
    path="/mutual-information",
    name="Mutual information",
    icon="mutual-information",
    is_hidden=True,  # the page of information flow leads here: both are one question, measured in two ways
    title="Mutual information | Lookahead",
)

NAME = "mutual-information"
LOAD = "electric-load"


def _draw(done: Finished, other: Finished | None) -> Component:
    return draw_pair(PAGE, done, other)


def _describe(job: ListedJob) -> str:
    return f"{name_of(job.request.get('x'))} and {name_of(job.request.get('y'))}"


PAGE = JobPage(
    name=NAME,
    kind="mutual_information",
    title="Mutual information",
    subtitle="Measure how much one series tells about another at each lag, in any shape of dependence.",
    form=Form(
        NAME,
        MutualInformationRequest,
        advanced=("conditions", *RARELY_CHANGED),
        first=("x", "y", "lags", "estimator", "n_permutations", "differencing", "units"),
    ),
    run_label="Measure",
    working_title="Measuring",
    empty_title="How much do two series share?",
    empty_message="Choose two series and the lags to look at. You see how much one tells about the other at each lag, "
    "in nats or bits, beside what chance would make: 0 where they are independent, whatever their shape.",
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
    draw_waiting=draw_waiting,
    describe=_describe,
    stage=lambda: measure_switch(NAME),
)
layout = job_layout(PAGE)
