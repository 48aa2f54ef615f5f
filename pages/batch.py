"""The batch page: forecasts of many series at once, a dozen of them side by side, any of them large."""

import dash

from components.form import Form
from compute.forecast.batch.request import BatchForecastRequest
from pages._batch_series import KIND, NAME
from pages._batch_view import answer, describe, draw, draw_waiting
from pages._job_layout import job_layout
from pages._job_records import JobPage, Sample

dash.register_page(
    __name__,
    path="/batch",
    name="Batch",
    order=12,
    icon="batch",
    shortcut="b",
    title="Batch | Lookahead",
)

US_MACRO = {"series": {"dataset": "us-macro"}, "horizon": 8}
PAGE = JobPage(
    name=NAME,
    kind=KIND,
    title="Batch",
    subtitle="Forecast many series with one model; a series that fails tells why and fails no other.",
    form=Form(
        NAME,
        BatchForecastRequest,
        advanced=("levels", "intervals", "n_bootstrap", "bootstrap", "season_length", "seed", "accuracy"),
    ),
    run_label="Forecast all",
    working_title="Forecasting",
    empty_title="Forecast many series at once",
    empty_message="Choose a dataset: each of its number columns is a series, or each id in one of its columns. "
    "All are forecast with the model of your choice, and the width of their intervals is learned from all together.",
    samples=(
        Sample("Economy of the United States, 8 quarters", US_MACRO),
        Sample("The same, straight ahead", {**US_MACRO, "model": {"kind": "drift"}}),
    ),
    answer=answer,
    draw=draw,
    draw_waiting=draw_waiting,
    describe=describe,
)
layout = job_layout(PAGE)
