"""Choosing a series, a track or many series: the options that turn a form's dataset and column fields into pickers.

Which datasets there are, the page asks its services.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from components.form.fields import Field, RowsField, UnionField
from components.form.form import Form
from components.form.pickers import Component, Options
from components.form.values import row_count
from components.icons import icon
from components.tables import shown_number


@dataclass(frozen=True)
class DatasetChoice:
    """A dataset that can be picked, with its number columns and those of text, which may tell series apart."""

    id: str
    name: str
    rows: int
    columns: tuple[str, ...]
    is_sample: bool = False
    texts: tuple[str, ...] = ()


def series_keys(form: Form, rows: int = 0) -> tuple[str, ...]:
    """Return the keys of the form's fields that take a series: those that offer a dataset's column.

    `rows` says of how many rows of each list those inside are wanted too.
    """
    wanted = {"dataset", "column"}
    inside = (member for field in form.fields if isinstance(field, RowsField) for member in _row_members(field, rows))
    return (*_keys_with(form, wanted), *(each.key for each in inside if _offers(each, wanted, "dataset")))


def track_keys(form: Form) -> tuple[str, ...]:
    """Return the keys of the form's fields that take a track: several columns of a dataset, and its times."""
    return _keys_with(form, {"dataset", "columns", "time_column"})


def collection_keys(form: Form) -> tuple[str, ...]:
    """Return the keys of the form's fields that take many series: columns of a dataset, or its rows told by an id."""
    return _keys_with(form, {"dataset", "columns"}, tag="columns")


def _keys_with(form: Form, members: set[str], tag: str = "dataset") -> tuple[str, ...]:
    return tuple(field.key for field in form.fields if _offers(field, members, tag))


def _offers(field: Field, members: set[str], tag: str) -> bool:
    variant = field.variant(tag) if isinstance(field, UnionField) else None
    return variant is not None and {member.path[-1] for member in variant.members} == members


def _row_members(field: RowsField, rows: int) -> Iterator[Field]:
    return (member for index in range(rows) for variant in field.make_row(index).variants for member in variant.members)


def dataset_key(series: str) -> str:
    """Return the key of the dataset picker of the series field."""
    return f"{series}/dataset/dataset"


def column_key(series: str) -> str:
    """Return the key of the column picker of the series field."""
    return f"{series}/dataset/column"


def columns_key(track: str) -> str:
    """Return the key of the picker of several columns of the track field."""
    return f"{track}/dataset/columns"


def time_column_key(track: str) -> str:
    """Return the key of the picker of the column of seconds of the track field."""
    return f"{track}/dataset/time_column"


def member_key(collection: str, form: str, name: str) -> str:
    """Return the key of a member of the field of many series, such as `id_column` of its form `groups`."""
    return f"{collection}/{form}/{name}"


def picker_options(form: Form, data: Any, datasets: Sequence[DatasetChoice]) -> dict[str, Options]:
    """Return the options of every dataset and column control of `form` when it shows `data`."""
    values = form.fill(data) | suggested_columns(form, data, datasets)
    options: dict[str, Options] = {}
    for series in series_keys(form, _shown_rows(form, values)):
        chosen = next((each for each in datasets if each.id == values.get(dataset_key(series))), None)
        options[dataset_key(series)] = dataset_options(datasets)
        options[column_key(series)] = column_options(chosen)
    for track in track_keys(form):
        chosen = next((each for each in datasets if each.id == values.get(dataset_key(track))), None)
        options[dataset_key(track)] = dataset_options(datasets)
        options[columns_key(track)] = options[time_column_key(track)] = column_options(chosen)
    for collection in collection_keys(form):
        for shape in ("columns", "groups"):
            picked = member_key(collection, shape, "dataset")
            chosen = next((each for each in datasets if each.id == values.get(picked)), None)
            options[picked] = dataset_options(datasets)
            members = collection_options(chosen, shape)
            options |= {member_key(collection, shape, name): offered for name, offered in members.items()}
    return options


def suggested_columns(form: Form, data: Any, datasets: Sequence[DatasetChoice]) -> dict[str, str]:
    """Return what the rows that are not in use begin with: another column of the dataset that is asked about."""
    values = form.fill(data)
    first = next(iter(series_keys(form)), None)
    chosen = None if first is None else next((e for e in datasets if e.id == values.get(dataset_key(first))), None)
    if first is None or chosen is None:
        return {}
    column = next((name for name in chosen.columns if name != values.get(column_key(first))), None)
    empty = [key for key in series_keys(form, _shown_rows(form, values)) if not values.get(dataset_key(key))]
    return {
        key: value
        for series in empty
        if column is not None
        for key, value in ((dataset_key(series), chosen.id), (column_key(series), column))
    }


def _shown_rows(form: Form, values: Mapping[str, Any]) -> int:
    return max((row_count(field, values) for field in form.fields if isinstance(field, RowsField)), default=0)


def collection_options(dataset: DatasetChoice | None, shape: str) -> dict[str, Options]:
    """Return what the column pickers of a field of many series offer, by their names."""
    numbers = column_options(dataset)
    if shape == "columns":
        return {"columns": numbers}
    words = [{"value": name, "label": name} for name in (dataset.texts if dataset else ())]
    return {"id_column": [*words, *numbers], "value_column": numbers}


def collection_choice(dataset: DatasetChoice | None, shape: str, held: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the column pickers choose: what they held, where the dataset has it, else what is likely meant."""
    numbers, texts = (dataset.columns, dataset.texts) if dataset else ((), ())
    if shape == "columns":
        return {"columns": [name for name in held.get("columns") or () if name in numbers]}
    ids = (*texts, *numbers)
    known, values = held.get("id_column"), held.get("value_column")
    chosen = known if known in ids else next(iter(ids), None)
    free = [name for name in numbers if name != chosen]
    return {"id_column": chosen, "value_column": values if values in free else next(iter(free), None)}


def picker_extras(form: Form, upload_href: str) -> dict[str, Component]:
    """Return the link to the place of uploads, below each dataset picker."""
    return {
        key: dcc.Link([icon("upload", 14), html.Span("Upload a file")], href=upload_href, className="la-upload-link")
        for key in (
            *(dataset_key(each) for each in (*series_keys(form), *track_keys(form))),
            *(member_key(each, shape, "dataset") for each in collection_keys(form) for shape in ("columns", "groups")),
        )
    }


def dataset_options(datasets: Sequence[DatasetChoice]) -> list[dict[str, str]]:
    """Return what a dataset picker offers."""
    return [
        {"value": each.id, "label": f"{each.name} ({shown_number(each.rows)} rows)"}
        for each in datasets
        if each.columns
    ]


def column_options(dataset: DatasetChoice | None) -> list[dict[str, str]]:
    """Return what a column picker offers: the number columns of the dataset."""
    return [] if dataset is None else [{"value": name, "label": name} for name in dataset.columns]
