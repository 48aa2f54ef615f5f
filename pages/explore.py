"""The exploration page: one series taken apart before anything is forecast."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components.cards import card, chart_panel, graph, waiting_blocks
from components.exploration_tables import finding_sentence, outlier_table, period_table, summary_facts
from components.figures import exploration as charts
from components.figures.residuals import HEIGHT as LAGS_HEIGHT
from components.figures.residuals import lag_chart, quantile_chart
from components.forecast_tables import notes_list
from components.form import Form
from components.numbers import p_value
from compute.forecast.exploration.request import ExploreRequest
from compute.forecast.exploration.result import Correlogram, ExploreResult
from pages._information_links import drivers_of
from pages._job_layout import job_layout
from pages._job_records import Answer, Finished, JobPage, Sample, file_name_of
from services.jobs import ListedJob

dash.register_page(
    __name__,
    path="/explore",
    name="Explore",
    order=9,
    icon="explore",
    shortcut="x",
    title="Explore | Lookahead",
)

NAME = "explore"


def _answer(done: Finished, _other: Finished | None) -> Answer:
    result: ExploreResult = done.result
    return Answer(
        title=f"{result.name}, {len(result.values)} steps",
        sentence=finding_sentence(result),
        file_name=file_name_of(f"{result.name} explored"),
        graph="overview",
    )


def _describe(job: ListedJob) -> str:
    series = job.request.get("series", {})
    return str(series.get("column") or series.get("name", "series"))


def _draw(done: Finished, _other: Finished | None) -> Component:
    result: ExploreResult = done.result
    revision = done.job.id
    overview = charts.overview_chart(result, revision=revision)
    return html.Div(
        [
            notes_list(result.notes),
            graph(NAME, "overview", overview, charts.HEIGHT, f"{result.name} and what stands out in it", has_bar=True),
            card("In numbers", summary_facts(result), _below(outlier_table(result)), _forecast_link(done)),
            _parts(result, revision),
            _periods(result, revision),
            _errors(result, revision),
        ],
        className="la-stack",
    )


def _parts(result: ExploreResult, revision: str) -> Component | None:
    if result.decomposition is None:
        return None
    chart = charts.parts_chart(result, result.decomposition, revision=revision)
    return card(
        "Trend, season and remainder",
        graph(NAME, "parts", chart, charts.PARTS_HEIGHT, f"Trend, season and remainder of {result.name}"),
    )


def _periods(result: ExploreResult, revision: str) -> Component:
    panels = []
    if result.spectrum is not None:
        chart = charts.spectrum_chart(result.spectrum, revision=revision)
        panels.append(chart_panel(NAME, "spectrum", "Periodogram", chart, charts.SMALL_HEIGHT))
    panels += [] if result.correlogram is None else _lags(result.correlogram, revision)
    return card(
        "What repeats?", html.Div(panels, className="la-chart-grid") if panels else None, _below(period_table(result))
    )


def _lags(correlogram: Correlogram, revision: str) -> list[Component]:
    return [
        chart_panel(NAME, name, title, lag_chart(values, correlogram.confidence, title, revision=revision), LAGS_HEIGHT)
        for name, title, values in (
            ("acf", "Autocorrelation", correlogram.acf),
            ("pacf", "Partial autocorrelation", correlogram.pacf),
        )
        if values
    ]


def _errors(result: ExploreResult, revision: str) -> Component | None:
    if result.quantiles is None or result.one_step is None:
        return None
    chart = quantile_chart(result.quantiles.theoretical, result.quantiles.sample, "One-step errors", revision=revision)
    said = f"Errors of {result.one_step.description}, one step ahead. Were they Gaussian: Jarque-Bera "
    return card(
        "How do its surprises look?",
        dmc.Text(f"{said}{p_value(result.quantiles.jarque_bera_p)}.", size="sm", mb="md"),
        graph(NAME, "quantiles", chart, LAGS_HEIGHT, "One-step errors against Gaussian ones"),
    )


def _forecast_link(done: Finished) -> Component | None:
    series: dict[str, Any] = done.job.request["series"]
    if "dataset" not in series:
        return None
    query = f"dataset={series['dataset']}&column={series['column']}"
    drivers = drivers_of(series)
    return html.Div(
        [
            dcc.Link("Forecast this series", href=f"/forecast?{query}", className="la-link"),
            html.Span(" · "),
            dcc.Link("Compare models on it", href=f"/compare?{query}", className="la-link"),
            *(
                [html.Span(" · "), dcc.Link("Which series drive it?", href=drivers, className="la-link")]
                if drivers
                else []
            ),
        ],
        className="la-below la-links",
    )


def _below(part: Component | None) -> Component | None:
    return None if part is None else html.Div(part, className="la-below")


def _draw_waiting() -> Component:
    return waiting_blocks(charts.HEIGHT, 160, charts.PARTS_HEIGHT)


PAGE = JobPage(
    name=NAME,
    kind="explore",
    title="Explore",
    subtitle="Take one series apart before you forecast it: trend, season, periods, outliers and shifts of level.",
    form=Form(NAME, ExploreRequest, advanced=("robust", "confidence")),
    run_label="Explore",
    working_title="Exploring",
    empty_title="What is in this series?",
    empty_message="Choose a series. You see its trend and season, the periods that stand out, how it depends on its "
    "own past, and which values do not belong.",
    samples=(
        Sample("Airline passengers", {"series": {"dataset": "air-passengers", "column": "passengers"}}),
        Sample("Electric load", {"series": {"dataset": "electric-load", "column": "load_mw"}}),
    ),
    answer=_answer,
    draw=_draw,
    draw_waiting=_draw_waiting,
    describe=_describe,
)
layout = job_layout(PAGE)
