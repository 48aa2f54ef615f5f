"""The forecast page: a series in, a fan chart with measured accuracy out."""

import dash
import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.anomaly_tables import anomaly_sentence, anomaly_table, replacement_table
from components.cards import card, chart_panel, graph, waiting_blocks
from components.figures import forecast as fan
from components.figures import residuals
from components.forecast_tables import (
    accuracy_table,
    baseline_rows,
    diagnostics_sentence,
    fit_facts,
    notes_list,
    parameter_table,
    skill_sentence,
)
from components.form import Form
from components.links import link_button
from components.model_names import short_name
from components.numbers import step_words
from compute.forecast.request import ForecastRequest
from compute.forecast.result import ForecastResult
from pages._information_links import drivers_of
from pages._job_layout import job_layout
from pages._job_records import Answer, Finished, JobPage, Sample, file_name_of
from pages._what_if import futures_label, register_what_if, what_if_card, what_if_sentence
from services.jobs import ListedJob

dash.register_page(
    __name__,
    path="/forecast",
    name="Forecast",
    order=10,
    icon="forecast",
    shortcut="f",
    title="Forecast | Lookahead",
)

FAN = "fan"
AIR_PASSENGERS = {"dataset": "air-passengers", "column": "passengers"}
COLD_DAY = {
    "series": {"dataset": "electric-load", "column": "load_mw"},
    "horizon": 24,
    "model": {"kind": "arima", "p": 2, "d": 0, "q": 1, "P": 0, "D": 1, "Q": 1},
    "regressors": [
        {
            "series": {"dataset": "electric-load", "column": "temperature_c"},
            "future": [-5.0] * 24,
        }
    ],
}
AIRLINE_MODEL = {"kind": "arima", "p": 0, "d": 1, "q": 1, "P": 0, "D": 1, "Q": 1}  # Box and Jenkins (1976)


def _answer(done: Finished, other: Finished | None) -> Answer:
    result: ForecastResult = done.result
    steps = len(result.mean)
    step = step_words(result.frequency)
    ahead = f"the next {step}" if steps == 1 else f"the next {steps} {_plural(step)}"
    sentence = f"{_name(result)}. {skill_sentence(result)}"
    if other is not None:
        sentence += f" Compared with {_label(other, done)} of {other.result.name}."
        sentence += what_if_sentence(result, other.result)
    return Answer(
        title=f"{result.name}, {ahead}",
        sentence=sentence,
        file_name=file_name_of(f"{result.name} {result.model.kind} forecast"),
        graph=FAN,
    )


def _plural(step: str) -> str:
    return f"steps of {step}" if step[0].isdigit() else f"{step}s"


def _describe(job: ListedJob) -> str:
    series = job.request.get("series", {})
    name = series.get("column") or series.get("name", "series")
    model = job.request.get("model", {})
    orders = [str(model.get(order, 0)) for order in "pdqPDQ"]
    kind = str(model.get("kind", "")).replace("_", " ")
    if kind == "arima":
        seasonal = f"({','.join(orders[3:])})" if any(order != "0" for order in orders[3:]) else ""
        kind = f"ARIMA({','.join(orders[:3])}){seasonal}"
    return f"{kind} of {name}, {job.request.get('horizon')} steps"


def _draw(done: Finished, other: Finished | None) -> Component:
    result: ForecastResult = done.result
    compared = fan.Shown(_label(other, done), other.result) if other is not None else None
    shown = fan.Shown(_label(done, other), result, result.replaced, result.anomalies)
    chart = fan.fan_chart(shown, compared, revision=done.job.id)
    return html.Div(
        [
            notes_list(result.notes),
            graph(
                "forecast", FAN, chart, fan.HEIGHT, f"Forecast of {result.name} with prediction intervals", has_bar=True
            ),
            _ways_on(done),
            what_if_card(PAGE, result, done.job.id),
            _accuracy(done, other),
            _history(result),
            _residuals(result, done.job.id),
            _parameters(result),
        ],
        className="la-stack",
    )


def _ways_on(done: Finished) -> Component | None:
    """Return what can be asked next about the series; None where nothing else is known that could drive it."""
    href = drivers_of(done.job.request["series"])
    if href is None:
        return None
    return html.Div(link_button("Which series drive this one?", href, icon_name="information"), className="la-links")


def _history(result: ForecastResult) -> Component | None:
    """Return what stands out in the past, or None where the model has no word on it."""
    anomalies = result.anomalies
    if anomalies is None and not result.replaced:
        return None
    replaced = replacement_table(result.replaced, result.name)
    listed = None if anomalies is None else anomaly_table(anomalies, result.name)
    return card(
        "What did it not expect?",
        None if anomalies is None else dmc.Text(anomaly_sentence(anomalies), size="sm", mb="md"),
        replaced,
        html.Div(listed, className="la-below" if replaced else None) if listed else None,
    )


def _label(one: Finished | None, other: Finished | None) -> str:
    """Return what tells two results apart: the model, and the series or the job where the model does not."""
    if one is None:
        return ""
    result = one.result
    name = _name(result)
    if other is None or name != _name(other.result):
        return name
    if result.name != other.result.name:
        return f"{name}, {result.name}"
    return futures_label(result, other.result) or f"{name}, job {one.job.id[:6]}"


def _name(result: ForecastResult) -> str:
    return short_name(result.model.kind, result.model.description)


def _accuracy(done: Finished, other: Finished | None) -> Component:
    result: ForecastResult = done.result
    rows = [(_label(done, other), result.accuracy), *baseline_rows(result)]
    if other is not None:
        rows.insert(1, (_label(other, done), other.result.accuracy))
    reason = result.accuracy.reason if result.accuracy.mae is None else None
    return card(
        "How accurate is it?",
        dmc.Text(f"Not measured: {reason}.", size="sm", mb="sm") if reason else None,
        accuracy_table(rows, result.name),
    )


def _residuals(result: ForecastResult, revision: str) -> Component:
    found = result.diagnostics
    gaussian, sample = residuals.residual_quantiles(result)
    panels = (
        ("residuals", "Residuals over time", residuals.residual_chart(result, revision=revision)),
        ("acf", "Autocorrelation of residuals", residuals.autocorrelation_chart(found, revision=revision)),
        (
            "pacf",
            "Partial autocorrelation of residuals",
            residuals.lag_chart(found.pacf, found.confidence, "Partial autocorrelation", revision=revision),
        ),
        ("distribution", "Distribution of residuals", residuals.distribution_chart(result, revision=revision)),
        (
            "quantiles",
            "Quantiles against Gaussian ones",
            residuals.quantile_chart(gaussian, sample, "Residuals", revision=revision),
        ),
    )
    charts = [chart_panel("forecast", name, title, chart, residuals.HEIGHT) for name, title, chart in panels]
    return card(
        "What did it leave unexplained?",
        dmc.Text(diagnostics_sentence(result.diagnostics), size="sm", mb="md"),
        html.Div(charts, className="la-chart-grid"),
    )


def _parameters(result: ForecastResult) -> Component | None:
    model = result.model
    has_parameters = bool(model.parameters)
    return card(
        "The fitted model",
        dmc.Text(model.description, size="sm", mb="md"),
        fit_facts(model, result.networks),
        html.Div(parameter_table(model), className="la-below") if has_parameters else None,
    )


def _draw_waiting() -> Component:
    return waiting_blocks(fan.HEIGHT, 190, 380)


PAGE = JobPage(
    name="forecast",
    kind="forecast",
    title="Forecast",
    subtitle="Look ahead in one series, with intervals whose accuracy is measured on the series itself.",
    form=Form("forecast", ForecastRequest, advanced=("intervals", "n_bootstrap", "bootstrap", "season_length", "seed")),
    run_label="Run forecast",
    working_title="Forecasting",
    empty_title="Ask for a forecast",
    empty_message="Choose a series and a model in the request and run it, or begin with a sample: monthly airline "
    "passengers from 1949 to 1960, a classic with a trend and a growing season.",
    samples=(
        Sample(
            "Seasonal ARIMA, 24 months",
            {"series": AIR_PASSENGERS, "horizon": 24, "model": AIRLINE_MODEL},
        ),
        Sample("Seasonal naive", {"series": AIR_PASSENGERS, "horizon": 24, "model": {"kind": "seasonal_naive"}}),
        Sample("Electric load, if it is 5 degrees below zero", COLD_DAY),
    ),
    answer=_answer,
    draw=_draw,
    draw_waiting=_draw_waiting,
    describe=_describe,
)
layout = job_layout(PAGE)
register_what_if(PAGE)
