"""What is seen of information between series: one pair over lags here, every pair in `_information_network`."""

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components import information_tables as tables
from components import information_words as words
from components.cards import card, graph
from components.figures import information as charts
from components.forecast_tables import notes_list
from components.icons import icon
from components.links import link_button
from compute.information.result import InformationResult, MutualInformationResult, Scatter
from pages._information_links import MAX_LINK, mutual_pair, one_pair, regressors_link, storage_of
from pages._information_page import MEASURES
from pages._job_records import Answer, Finished, JobPage, file_name_of

LAGS = "lags"


def answer_pair(done: Finished, other: Finished | None) -> Answer:
    """Say the result about one pair in a sentence."""
    result: words.PairResult = done.result
    sentence = words.pair_sentence(result)
    if other is not None and getattr(other.result, "matrix", None) is None:
        sentence += f" In job {other.job.id[:6]}: {words.pair_sentence(other.result)}"
    title = words.pair_title(result)
    return Answer(title=title, sentence=sentence, file_name=file_name_of(title), graph=LAGS, has_report=True)


def draw_pair(page: JobPage, done: Finished, other: Finished | None) -> Component:
    """Return the result about one pair: lags, points at the best of them, the numbers, and what may mislead."""
    result: words.PairResult = done.result
    against = other.result.by_lag if other is not None and other.result.units == result.units else ()
    chart = charts.lag_chart(
        result.by_lag,
        result.best_lag,
        f"{MEASURES[page.name]} ({result.units})",
        other=against,
        other_label=f"{words.pair_title(other.result)}, job {other.job.id[:6]}" if other is not None else "",
        revision=done.job.id,
    )
    first, second = words.pair_names(result)
    return html.Div(
        [
            warnings_card(page, done),
            notes_list(result.notes),
            graph(
                page.name, LAGS, chart, charts.HEIGHT, f"{MEASURES[page.name]} of {first} and {second}", has_bar=True
            ),
            _ways_on(done),
            points_card(page, result.scatter, done.job.id),
            card("Lag by lag", tables.lag_table(result)),
            computed_card(result),
        ],
        className="la-stack",
    )


def warnings_card(page: JobPage, done: Finished) -> Component | None:
    """Return what may mislead, with the one click that may put it right; None where nothing does."""
    result: InformationResult = done.result
    if not result.warnings:
        return None
    shown: Component = dmc.Alert(
        [
            html.Ul([html.Li(each) for each in result.warnings], className="la-notes"),
            _remedies(page, done.job.request, result),
        ],
        title="This may mislead",
        color="orange",
        icon=icon("alert"),
    )
    return shown


def computed_card(result: InformationResult) -> Component:
    """Return how it was computed, and from what."""
    return card(
        "What was computed",
        tables.how_facts(result),
        html.Div(tables.series_table(result.series), className="la-below"),
    )


def points_card(page: JobPage, scatter: Scatter | None, revision: str) -> Component | None:
    """Return one series against the other at the best lag."""
    if scatter is None:
        return None
    few = f"{len(scatter.x):,} of {scatter.total:,} points are drawn, spread evenly in time."
    chart = charts.scatter_chart(scatter, revision=revision)
    return card(
        "How do they hang together there?",
        dmc.Text(few.replace(",", "\u202f", 2), size="sm", mb="md") if len(scatter.x) < scatter.total else None,
        graph(
            page.name,
            "scatter",
            chart,
            charts.SCATTER_HEIGHT,
            f"{scatter.y_name} against {scatter.x_name} at lag {scatter.lag}",
        ),
    )


def _remedies(page: JobPage, request: Mapping[str, Any], result: InformationResult) -> Component | None:
    """Return links that ask the same of changes, where a level wanders, or of as many surrogates as all pairs need."""
    ways: list[tuple[str, dict[str, Any]]] = []
    if not request.get("differencing") and any(each.is_stationary is False for each in result.series):
        ways.append(("Look at changes instead", {"differencing": True}))
    needed = words.needed_surrogates(result)
    if needed is not None:
        ways.append((f"Ask with {needed} surrogates", {"n_permutations": needed}))
    links = [(label, page.link({**request, **change})) for label, change in ways]
    buttons = [link_button(label, href, icon_name="refresh") for label, href in links if len(href) <= MAX_LINK]
    return html.Div(buttons, className="la-links la-below") if buttons else None


def _ways_on(done: Finished) -> Component | None:
    """Return what can be asked next about the pair."""
    result, request = done.result, done.job.request
    if isinstance(result, MutualInformationResult):
        x, y = request["x"], request["y"]
        ways = [(f"Does {result.x} drive {result.y}?", one_pair(x, y), "information")]
        if result.best_lag > 0:
            ways.insert(0, ("Use as regressor", regressors_link(y, [(x, result.best_lag)]), "forecast"))
    else:
        source, target = request["source"], request["target"]
        ways = [
            ("Use as regressor", regressors_link(target, [(source, result.best_lag or 0)]), "forecast"),
            (f"Does {result.target} drive {result.source}?", one_pair(target, source, **_kept(request)), "information"),
            ("How much do they share?", mutual_pair(source, target), "mutual-information"),
            (f"What does {result.target} remember?", storage_of(target), "information"),
        ]
    links = [link_button(label, href, icon_name=name) for label, href, name in ways if href]
    return html.Div(links, className="la-links") if links else None


def _kept(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the opposite question keeps of a request."""
    return {name: value for name, value in request.items() if name not in ("source", "target", "series")}
