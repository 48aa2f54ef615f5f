"""The list of datasets: the uploader, the user's own, the bundled samples."""

from collections.abc import Sequence
from functools import lru_cache

import dash_mantine_components as dmc
import numpy as np
from dash import dcc, html

from components.figures.decimate import min_max_indices
from components.page_frame import page_heading
from components.sparkline import sparkline
from components.status import age, empty_state
from components.uploader import uploader
from components.words import count_words, frequency_words
from compute.schema import RequestError
from compute.series import DatasetColumn
from pages._dataset_ids import DatasetsId, dataset_href
from pages._workspace import workspace
from services.datasets.records import DatasetInfo

SPARKLINE_POINTS = 120
MAX_SHOWN = 200


def list_view() -> list[html.Div | html.Section | dmc.Group]:
    """Return what stands on `/datasets`."""
    datasets = workspace().datasets.page(limit=MAX_SHOWN)
    own = [info for info in datasets if not info.is_sample]
    samples = [info for info in datasets if info.is_sample]
    return [
        page_heading("Datasets", "Upload a table, see what the audit finds in it, repair it, forecast its columns."),
        uploader(DatasetsId.UPLOADED, limit_mib=workspace().settings.upload_limit_mib),
        _section("Yours", own) if own else _none_yet(),
        _section("Samples", samples),
    ]


def dataset_cards(datasets: Sequence[DatasetInfo]) -> html.Ul:
    """Return the datasets as cards that lead to them."""
    return html.Ul([html.Li(_card(info)) for info in datasets], className="la-datasets")


def number_columns(info: DatasetInfo) -> list[str]:
    """Return the names of the columns that hold numbers."""
    return [column.name for column in info.columns if column.kind == "number"]


@lru_cache(maxsize=512)  # an id names a content for ever
def shape_of(dataset_id: str, column: str) -> tuple[float | None, ...]:
    """Return the column thinned to what a sparkline shows, None where values are missing; empty when it is gone."""
    try:
        values = workspace().datasets.read_series(DatasetColumn(dataset=dataset_id, column=column)).values
    except RequestError:
        return ()  # deleted between the list and here
    kept = values[min_max_indices(values, SPARKLINE_POINTS)]
    return tuple(None if np.isnan(value) else float(value) for value in kept)


def _section(title: str, datasets: Sequence[DatasetInfo]) -> html.Section:
    return html.Section([dmc.Title(title, order=2, mb="sm"), dataset_cards(datasets)])


def _none_yet() -> html.Div:
    return empty_state(
        "No datasets of your own yet",
        "Upload a file above, or open a sample below: each leads to a forecast in one click.",
        icon_name="datasets",
    )


def _card(info: DatasetInfo) -> dcc.Link:
    numbers = number_columns(info)
    facts = [count_words(info.rows, "row"), count_words(len(info.columns), "column")]
    if info.time_column:
        facts.append(frequency_words(info.frequency))
    shape = shape_of(info.id, numbers[0]) if numbers else ()
    return dcc.Link(
        [
            html.Span(info.name, className="la-dataset-name"),
            html.Span(", ".join(facts), className="la-muted la-small"),
            sparkline(shape, f"Shape of {numbers[0]}") if shape else None,
            html.Span(_origin(info), className="la-muted la-small la-dataset-source"),
        ],
        href=dataset_href(info.id),
        className="la-dataset",
    )


def _origin(info: DatasetInfo) -> str:
    if info.is_sample:
        return ", ".join(filter(None, [info.source, info.licence]))
    made = f"{'Repaired' if info.parent else 'Uploaded'} {age(info.created_at)}" if info.created_at else ""
    problems = sum(finding.severity != "info" for finding in info.findings)
    return f"{made}, {count_words(problems, 'finding')} to look at" if problems else made
