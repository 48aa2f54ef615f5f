"""The estimators page: which estimates of return and risk foretell periods that they have not seen."""

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from components.cards import card, graph, waiting_blocks
from components.estimator_tables import estimators_sentence, estimators_table, pair_title
from components.figures.estimators import HEIGHT, estimators_chart
from components.forecast_tables import notes_list
from components.form import Form
from components.words import count_words
from compute.portfolio.comparison.request import EstimatorsRequest
from compute.portfolio.comparison.result import EstimatorsResult
from pages._job_layout import job_layout
from pages._job_records import Answer, Finished, JobPage, Sample, file_name_of
from services.jobs import ListedJob

dash.register_page(
    __name__,
    path="/estimators",
    name="Estimators",
    order=18,
    icon="estimators",
    shortcut="e",
    title="Estimators | Lookahead",
)

NAME = "estimators"
FUNDS = {"dataset": "imaginary-funds"}


def _answer(done: Finished, other: Finished | None) -> Answer:
    result: EstimatorsResult = done.result
    sentence = estimators_sentence(result)
    if other is not None:
        sentence += f" In job {other.job.id[:6]}: {estimators_sentence(other.result)}"
    return Answer(
        title=f"{count_words(len(result.scores), 'pair')} of estimators on {count_words(len(result.folds), 'fold')}",
        sentence=sentence,
        file_name=file_name_of("estimators compared"),
        graph="scores",
    )


def _describe(job: ListedJob) -> str:
    assets: Any = job.request.get("assets", {})
    return f"estimators on {assets.get('dataset') or 'given assets'}"


def _draw(done: Finished, _other: Finished | None) -> Component:
    result: EstimatorsResult = done.result
    chart = estimators_chart(result, pair_title, revision=done.job.id)
    return html.Div(
        [
            notes_list(result.notes),
            card("Which foretell best?", estimators_table(result), _missing(result)),
            graph(NAME, "scores", chart, HEIGHT, "Realised volatility and Sharpe ratio with errors", has_bar=True),
        ],
        className="la-stack",
    )


def _missing(result: EstimatorsResult) -> Component | None:
    reasons = [html.Li(f"{pair_title(score)}: {score.reason}") for score in result.scores if score.reason]
    return html.Div(html.Ul(reasons, className="la-notes"), className="la-below") if reasons else None


def _draw_waiting() -> Component:
    return waiting_blocks(420, HEIGHT)


PAGE = JobPage(
    name=NAME,
    kind="estimators",
    title="Estimators",
    subtitle="Find out which estimates of return and risk foretell periods that they have not seen.",
    form=Form(
        NAME,
        EstimatorsRequest,
        advanced=("training", "window", "purge", "embargo", "constraints", "risk_free_rate"),
    ),
    run_label="Compare",
    working_title="Comparing estimators",
    empty_title="Which estimates deserve trust?",
    empty_message="Choose assets and estimators. Each pair learns from a part of the history and is judged by another: "
    "how likely it held what came, how risky its least-variance portfolio was, and what its best ratio earned.",
    samples=(
        Sample("Three means, five covariances", {"assets": FUNDS, "folds": 8}),
        Sample("By cross-validation, purged", {"assets": FUNDS, "folds": 6, "training": "both_sides", "purge": 5}),
    ),
    answer=_answer,
    draw=_draw,
    draw_waiting=_draw_waiting,
    describe=_describe,
)
layout = job_layout(PAGE)
