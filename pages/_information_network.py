"""Every pair of several series: the map, the network with its threshold, and the way from it to a forecast."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html
from dash.development.base_component import Component

from components import information_tables as tables
from components import information_words as words
from components.cards import card, graph
from components.figures import information_network as charts
from components.forecast_tables import notes_list
from components.links import link_button
from components.numbers import significant
from components.words import count_words
from compute.information.result import Matrix, TransferEntropyResult
from pages._information_links import one_pair, regressors_link
from pages._information_view import computed_card, warnings_card
from pages._job_records import Answer, Finished, JobPage, file_name_of
from pages._workspace import workspace

MAP = "matrix"
NETWORK = "network"
STEPS = 100
MOST_TARGETS = 8  # those that are driven most; each address holds its series
MOST_REGRESSORS = 5  # more of them fit anything


def answer_matrix(done: Finished, other: Finished | None) -> Answer:
    """Say the result about all pairs in a sentence."""
    result: TransferEntropyResult = done.result
    assert result.matrix is not None
    sentence = words.matrix_sentence(result, result.matrix)
    if other is not None and other.result.matrix is not None:
        sentence += f" In job {other.job.id[:6]}: {words.matrix_sentence(other.result, other.result.matrix)}"
    title = f"Who drives whom among {len(result.matrix.names)} series"
    return Answer(
        title=title,
        sentence=sentence,
        file_name=file_name_of("transfer entropy network"),
        graph=NETWORK,
        has_report=True,
    )


def draw_matrix(page: JobPage, done: Finished) -> Component:
    """Return the result about all pairs: network, map and table."""
    result: TransferEntropyResult = done.result
    matrix = result.matrix
    assert matrix is not None
    heat = charts.matrix_chart(matrix, result.units, revision=done.job.id)
    return html.Div(
        [
            warnings_card(page, done),
            notes_list(result.notes),
            _network_card(page.name, result, matrix, done.job.id),
            card(
                "From whom to whom?",
                dmc.Text(_map_words(result, matrix), size="sm", mb="md"),
                graph(
                    page.name, MAP, heat, charts.matrix_height(len(matrix.names)), "Transfer entropy, source by target"
                ),
            ),
            card(
                "Link by link",
                tables.links_table(result, matrix),
                html.Div(tables.senders_table(result, matrix), className="la-below"),
            ),
            _regressors_card(result, matrix, done.job.request),
            computed_card(result),
        ],
        className="la-stack",
    )


def connect_network(page: str) -> None:
    """Let the threshold and the switch choose the arrows without asking the server."""
    clientside_callback(
        ClientsideFunction("information", "showLinks"),
        Output({"page": page, "graph": NETWORK}, "figure"),
        Output(_part(page, "readout"), "children"),
        Input(_part(page, "threshold"), "value"),
        Input(_part(page, "significant"), "checked"),
        State(_part(page, "arrows"), "data"),
        State({"page": page, "graph": NETWORK}, "figure"),
        prevent_initial_call=True,
    )


def _network_card(page: str, result: TransferEntropyResult, matrix: Matrix, revision: str) -> Component:
    arrows = charts.arrows_of(matrix, result.units)
    only = any(arrow.is_significant for arrow in arrows)
    shown = charts.shown_arrows(arrows, 0.0, only_significant=only)
    most = arrows[0].value if arrows else 1.0
    slider = dmc.Slider(
        id=_part(page, "threshold"),
        min=0,
        max=round(most, 4),
        step=round(most / STEPS, 6),
        value=0,
        label=None,
        updatemode="drag",
        thumbLabel=f"Least value shown, {result.units}",
    )
    ends = html.Div(
        [html.Span("All links"), html.Span(f"{significant(most, 3)} {result.units}, the strongest")],
        className="la-slider-ends la-muted la-small",
    )
    switch = dmc.Switch(
        id=_part(page, "significant"), checked=only, label="Significant only", disabled=not result.n_permutations
    )
    readout = html.P(
        f"{len(shown)} of {_counted(arrows)} shown.",
        id=_part(page, "readout"),
        className="la-readout",
        role="status",
    )
    stored = [
        {
            "value": arrow.value,
            "isSignificant": arrow.is_significant,
            "label": arrow.label,
            "annotation": arrow.annotation,
            "middle": arrow.middle,
        }
        for arrow in arrows
    ]
    counted = _counted(arrows)
    return card(
        "Who drives whom?",
        graph(
            page,
            NETWORK,
            charts.network_chart(matrix, shown, revision=revision),
            charts.NETWORK_HEIGHT,
            "Network of transfer entropy; the table below says the same",
            has_bar=True,
        ),
        readout,
        slider,
        ends,
        switch,
        dcc.Store(id=_part(page, "arrows"), data={"links": stored, "units": result.units, "counted": counted}),
    )


def _counted(arrows: Sequence[charts.Arrow]) -> str:
    """Return of what the shown arrows are a part."""
    if len(arrows) == charts.MOST_ARROWS:
        return f"the {charts.MOST_ARROWS} strongest links"
    return f"{count_words(len(arrows), 'link')} above 0"


def _map_words(result: TransferEntropyResult, matrix: Matrix) -> str:
    told = f"Each row is a source, each column a target, at the lag where the value is largest; in {result.units}."
    return f"{told} {charts.STAR}" if any(link.is_significant for link in words.links_of(matrix)) else told


def _regressors_card(result: TransferEntropyResult, matrix: Matrix, request: Mapping[str, Any]) -> Component | None:
    """Return the ways from what drives each series to a forecast of it; None where nothing significant does."""
    references = _references(matrix, request)
    known = [link for link in words.links_of(matrix) if link.is_significant and link.source in references]
    rows = []
    for target in list(dict.fromkeys(link.target for link in known if link.target in references))[:MOST_TARGETS]:
        found = [link for link in known if link.target == target][:MOST_REGRESSORS]
        href = regressors_link(references[target], [(references[each.source], each.lag or 1) for each in found])
        if href:
            said = ", ".join(f"{each.source} at lag {each.lag}" for each in found)
            look = one_pair(references[found[0].source], references[target])
            links = [
                link_button(f"Forecast {target}", href, icon_name="forecast"),
                link_button("Look at the strongest", look, icon_name="information") if look else None,
            ]
            rows.append(html.Li([html.Span([html.B(target), f": {said}"]), html.Div(links, className="la-links")]))
    if not rows:
        return None
    about = "What drives a series is known before it acts: forecasts take the series found, each at its lag."
    return card("Use as regressors", dmc.Text(about, size="sm", mb="md"), html.Ul(rows, className="la-drivers"))


def _references(matrix: Matrix, request: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return how a request names each series of the matrix."""
    series = request.get("series")
    if isinstance(series, Mapping):
        return {name: {"dataset": series["dataset"], "column": name} for name in _columns(series)}
    listed = list(series or ())
    return dict(zip(matrix.names, listed, strict=True)) if len(listed) == len(matrix.names) else {}


def _columns(series: Mapping[str, Any]) -> list[str]:
    if series.get("columns"):
        return list(series["columns"])
    info = workspace().datasets.get(series["dataset"])
    return [] if info is None else [column.name for column in info.columns if column.kind == "number"]


def _part(page: str, name: str) -> dict[str, str]:
    return {"page": page, "part": f"shown/{name}"}
