"""Controls that offer what is there: names of datasets and columns to choose from, names of assets to be typed."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc

from components.form.fields import Field

OFFERED = 200  # of several thousand columns, as many are listed at a time; typing narrows them down
Component = Any
"""A Dash component: Dash ships no types."""

Options = Sequence[Mapping[str, str]]
"""What a Select offers: `{"value": ..., "label": ...}`."""


def pick_one(item: Field, value: Any, shown: dict[str, Any], options: Options) -> Component:
    """Return a Select that also offers what is chosen now, should it be gone from the options."""
    known = any(option["value"] == value for option in options)
    shown = shown | {"description": None}  # it speaks of what is typed; what can be chosen speaks for itself
    offered = [*options] if known or not value else [*options, {"value": value, "label": value}]
    return dmc.Select(
        **shown,
        data=offered,
        value=value or None,
        searchable=True,
        clearable=item.is_optional,
        nothingFoundMessage="Nothing of that name",
    )


def pick_several(value: Sequence[str], shown: dict[str, Any], options: Options) -> Component:
    """Return a MultiSelect, which keeps the order of choosing, that also offers what is chosen and gone."""
    known = {option["value"] for option in options}
    offered = [*options, *({"value": name, "label": name} for name in value if name not in known)]
    return dmc.MultiSelect(
        **shown,
        data=offered,
        value=list(value),
        searchable=True,
        clearable=True,
        limit=OFFERED,
        nothingFoundMessage="Nothing of that name",
    )


def suggest_one(value: Any, shown: dict[str, Any], options: Options) -> Component:
    """Return a line of text that completes to what is offered; other names can be typed as well."""
    return dmc.Autocomplete(**shown, data=[option["value"] for option in options], value=value or "", limit=OFFERED)


def suggest_several(value: Any, shown: dict[str, Any], options: Options) -> Component:
    """Return several names, offered or typed, parted by commas: names may hold spaces."""
    return dmc.TagsInput(
        **shown,
        data=[option["value"] for option in options],
        value=value,
        splitChars=[",", ";"],
        clearable=True,
        limit=OFFERED,
    )
