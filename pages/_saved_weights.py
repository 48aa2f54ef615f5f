"""Weights of saved portfolios in the fields of a form: a choice below the field, which fills it."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, callback, no_update
from dash.development.base_component import Component

from components.attributes import aria
from components.form.tables import show_table
from pages._portfolio_links import shown_weights
from pages._workspace import workspace

VALUE = "value"
"""The field that takes what the whole portfolio is worth."""


def saved_choices(form: str, fields: Mapping[str, str]) -> dict[str, Component]:
    """Return a choice of saved portfolios for each of the form's `fields`, by key; the values say what they fill."""
    known = workspace().portfolios.page()
    options = [{"value": each.id, "label": each.name} for each in known]
    return {key: _choice(form, key, what, options) for key, what in fields.items() if known}


def register_saved_choices(form: str, fields: Sequence[str], *, valued: str | None = None) -> None:
    """Let the choices fill the fields of those keys; that of the field `valued` fills the value too."""
    for key in fields:
        _register(form, key, has_value=key == valued)


def _choice(form: str, key: str, what: str, options: Sequence[Mapping[str, str]]) -> dmc.Select:
    return dmc.Select(
        id=_id(form, key),
        data=list(options),
        placeholder="From a saved portfolio",
        searchable=True,
        size="xs",
        **aria(label=f"{what} from a saved portfolio"),
    )


def _register(form: str, key: str, *, has_value: bool) -> None:
    outputs = {"weights": Output({"form": form, "field": key}, "value", allow_duplicate=True)}
    if has_value:
        outputs["value"] = Output({"form": form, "field": VALUE}, "value", allow_duplicate=True)

    @callback(output=outputs, inputs={"chosen": Input(_id(form, key), "value")}, prevent_initial_call=True)
    def fill(chosen: str | None) -> dict[str, Any]:
        """Write the weights of the chosen portfolio, a line per asset."""
        kept = workspace().portfolios.get(chosen) if chosen else None
        if kept is None:
            return dict.fromkeys(outputs, no_update)
        filled = {"weights": show_table("number", shown_weights(kept.weights)), "value": kept.value}
        return {name: filled[name] for name in outputs}


def _id(form: str, key: str) -> dict[str, str]:
    return {"saved": form, "fills": key}
