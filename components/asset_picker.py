"""Choosing assets: the options that turn a form's dataset and column fields into pickers, and names that complete.

Which datasets there are, the page asks its services.
"""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from components.form.fields import Field, GroupField, RowsField, UnionField
from components.form.form import Form
from components.form.pickers import Component, Options
from components.icons import icon
from components.series_picker import DatasetChoice, column_options, columns_key, dataset_key, dataset_options

ASSETS = "assets"
"""What schemas say of fields that name assets, and the key of what is offered there."""
_MEMBERS = frozenset({"dataset", "columns", "start", "end"})


def asset_keys(form: Form) -> tuple[str, ...]:
    """Return the keys of the form's fields that take assets: several columns of a dataset between two days."""
    found = []
    for field in form.fields:
        variant = field.variant("dataset") if isinstance(field, UnionField) else None
        if variant is not None and {member.path[-1] for member in variant.members} >= _MEMBERS:
            found.append(field.key)
    return tuple(found)


def asset_options(form: Form, data: Any, datasets: Sequence[DatasetChoice]) -> dict[str, Options]:
    """Return the options of every control of assets when the form shows `data`, by key; under `assets` their names."""
    values = form.fill(data)
    options: dict[str, Options] = {}
    for key in asset_keys(form):
        chosen = next((each for each in datasets if each.id == values.get(dataset_key(key))), None)
        options[dataset_key(key)] = dataset_options(datasets)
        options[columns_key(key)] = options[ASSETS] = column_options(chosen)
    return options


def asset_extras(form: Form, upload_href: str) -> dict[str, Component]:
    """Return the link to the place of uploads, below each dataset picker."""
    return {
        dataset_key(key): dcc.Link(
            [icon("upload", 14), html.Span("Upload a file")], href=upload_href, className="la-upload-link"
        )
        for key in asset_keys(form)
    }


def names_assets(form: Form, key: str) -> bool:
    """True when the control of that key names assets; its key may be that of any row of a list."""
    return _pattern(key.split("/")) in {_pattern(path) for path in _naming(form.fields)}


def _naming(fields: Sequence[Field]) -> list[tuple[str, ...]]:
    paths: list[tuple[str, ...]] = []
    for field in fields:
        if field.names == ASSETS:
            paths.append(field.path)
        if isinstance(field, GroupField):
            paths += _naming(field.members)
        unions = [field.make_row(0)] if isinstance(field, RowsField) else [field]
        for union in unions:
            if isinstance(union, UnionField):
                paths += [path for variant in union.variants for path in _naming(variant.members)]
    return paths


def _pattern(path: Sequence[str]) -> tuple[str, ...]:
    return tuple("*" if part.isdigit() else part for part in path)
