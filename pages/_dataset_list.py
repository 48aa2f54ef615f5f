"""The list of datasets: the uploader, the user's own, the bundled samples."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import dcc, html

from components.page_frame import page_heading
from components.sparkline import sparkline
from components.status import age, empty_state
from components.uploader import uploader
from components.words import count_words, frequency_words
from pages._dataset_ids import DatasetsId, dataset_href
from pages._dataset_series import number_columns, shape_of
from pages._workspace import workspace
from services.datasets.records import DatasetInfo

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
    made = "Repaired" if info.parent else "Uploaded"
    told = [f"{made} {age(info.created_at)}" if info.created_at else made]
    problems = sum(finding.severity != "info" for finding in info.findings)
    return ", ".join([*told, f"{count_words(problems, 'finding')} to look at"] if problems else told)
