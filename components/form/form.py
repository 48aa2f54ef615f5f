"""A form on a request: its layout, the ids that callbacks listen to, and the way from its values to the request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, dcc, html
from pydantic import BaseModel

from components.attributes import data as data_attributes
from components.form import problems as placing
from components.form import values as writing
from components.form.controls import Drawing, draw_all, fold
from components.form.fields import Field, with_whole
from components.form.outline import outline
from components.form.pickers import Component, Options
from components.form.problems import PlacedProblems
from components.form.values import Values
from components.icons import icon
from compute.schema import FieldProblem


@dataclass(frozen=True)
class Form:
    """The form of one request schema. `name` tells its ids from those of other forms."""

    name: str
    schema: type[BaseModel]
    advanced: tuple[str, ...] = ()
    """Names of the fields that are folded away: most users never change them."""

    first: tuple[str, ...] = ()
    """Names of the fields that come first, in this order; the others follow as the schema has them."""
    whole: tuple[str, ...] = ()
    """Keys of the fields that are one text of JSON each: something else on the page edits them."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """One field per field of the schema."""
        return with_whole(outline(self.schema), self.whole) if self.whole else outline(self.schema)

    def fill(self, data: Any) -> dict[str, Any]:
        """Return the controls' values that show `data`, a request as JSON."""
        return writing.fill(self.fields, data)

    def read(self, values: Values) -> dict[str, Any]:
        """Return the request that the controls' values mean, as JSON; judging it belongs to the schema."""
        return writing.read(self.fields, values)

    def place(self, values: Values, problems: Iterable[FieldProblem]) -> PlacedProblems:
        """Return each problem at the control it blames."""
        return placing.place(self.fields, values, problems)

    def layout(
        self,
        data: Any,
        *,
        problems: Sequence[FieldProblem] = (),
        choices: Mapping[str, Options] | None = None,
        extras: Mapping[str, Component] | None = None,
        suggestions: Mapping[str, Any] | None = None,
    ) -> Component:
        """Return the controls, showing `data` (a request as JSON) and what is wrong with it.

        `suggestions` are what empty controls hold instead, by key.
        """
        values = self.fill(data) | dict(suggestions or {})
        placed = self.place(values, problems)
        drawing = Drawing(self.name, values, placed.at, choices or {}, extras or {})
        ordered = sorted(self.fields, key=self._place)
        shown = [field for field in ordered if field.path[0] not in self.advanced]
        folded = [field for field in ordered if field.path[0] in self.advanced]
        parts: list[Component] = [
            html.Div(problem_alert(placed.elsewhere), id=self.part("alert"), className="la-form-alert", role="alert")
        ]
        parts += draw_all(shown, drawing)
        if folded:
            is_open = self.blames_advanced(placed)
            parts.append(fold("Advanced", draw_all(folded, drawing), is_open=is_open, id=self.part("advanced")))
        parts.append(dcc.Store(id=self.store("folded"), data=drawing.folded))
        return html.Div(dmc.Stack(parts, gap="sm"), className="la-form", **data_attributes(form=self.name))

    def _place(self, field: Field) -> int:
        name = field.path[0]
        return self.first.index(name) if name in self.first else len(self.first)

    def blames_advanced(self, placed: PlacedProblems) -> bool:
        """True when a problem stands at a folded control, which must then unfold."""
        return any(key.split("/")[0] in self.advanced for key in placed.at)

    def part(self, name: str) -> dict[str, str]:
        """Return the id of a part of the form: `alert`, `advanced`."""
        return {"form": self.name, "part": name}

    def store(self, name: str) -> dict[str, Any]:
        """Return the id of a store of the form: `folded`, the parts that are drawn once they are chosen."""
        return {"form": self.name, "store": name}

    @property
    def all_fields(self) -> dict[str, Any]:
        """The id pattern of every control that has a `value` and an `error`."""
        return {"form": self.name, "field": ALL}

    @property
    def all_tabs(self) -> dict[str, Any]:
        """The id pattern of every control that chooses between shapes; it has a `value` but no `error`."""
        return {"form": self.name, "tab": ALL}

    @property
    def all_flags(self) -> dict[str, Any]:
        """The id pattern of every switch; it has `checked` and `error`."""
        return {"form": self.name, "flag": ALL}


def problem_alert(sentences: Sequence[str]) -> Component | None:
    """Return what is wrong with the request and stands at no control, or None."""
    if not sentences:
        return None
    return dmc.Alert(
        [dmc.Text(sentence, size="sm") for sentence in sentences],
        title="The request cannot be met",
        color="red",
        icon=icon("alert"),
    )
