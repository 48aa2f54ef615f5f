"""How each field looks: pydantic schema to Mantine controls. What they hold is in `values`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.attributes import aria
from components.form.fields import (
    ChoiceField,
    ChoicesField,
    DateField,
    Field,
    FlagField,
    GroupField,
    JsonField,
    KindsField,
    ListField,
    NumberField,
    RowsField,
    TableField,
    TextField,
    UnionField,
    Variant,
)
from components.form.kinds import offered_records, record_label
from components.form.pickers import Component, Options, pick_one, pick_several, suggest_one, suggest_several
from components.form.tables import EXAMPLES
from components.form.values import Values, row_count
from components.icons import icon

SYMBOL_LENGTH = 2  # a title this short is a symbol of the model (p, d, q): three of them share a line
LINE = 36  # letters that fit side by side in a choice between shapes
ANY = "*"
EMPTY = "Automatic"
NO_ROW = "None"
_OPTION_LABELS = {"true": "Yes", "false": "No", "cpu": "CPU", "cuda": "GPU (CUDA)"}


@dataclass(frozen=True)
class Drawing:
    """Everything a control needs beside its field."""

    form: str
    values: Values
    errors: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Options] = field(default_factory=dict)
    """Text fields that choose from what is there, by key."""
    extras: Mapping[str, Component] = field(default_factory=dict)
    """What stands below a field, by key."""
    folded: dict[str, Component] = field(default_factory=dict)
    """What is not chosen, by the key of its part: the browser draws it when it is. Controls cost, seen or not."""


def draw_all(fields: Sequence[Field], drawing: Drawing) -> list[Component]:
    """Return the controls of `fields` in order; neighbouring symbols and days share lines."""
    drawn: list[Component] = []
    for columns, run in groupby(fields, key=_columns):
        controls = [draw(each, drawing) for each in run]
        drawn += (
            [dmc.SimpleGrid(controls, cols=columns, spacing="xs", verticalSpacing="xs")] if columns > 1 else controls
        )
    return drawn


def draw(item: Field, drawing: Drawing) -> Component:
    """Return the control of one field, with what stands below it."""
    control = _draw(item, drawing)
    extra = drawing.extras.get(item.key)
    return control if extra is None else dmc.Stack([control, extra], gap=4)


def _draw(item: Field, drawing: Drawing) -> Component:
    match item:
        case GroupField():
            return dmc.Fieldset(dmc.Stack(_draw_members(item.members, drawing), gap="sm"), legend=item.title)
        case UnionField():
            return _draw_union(item, drawing)
        case RowsField():
            return _draw_rows(item, drawing)
        case FlagField():
            return dmc.Switch(
                id={"form": drawing.form, "flag": item.key},
                checked=bool(drawing.values.get(item.key)),
                error=drawing.errors.get(item.key),
                label=item.title,
                description=item.help or None,
            )
        case _:
            return _draw_single(item, drawing)


def _draw_members(members: Sequence[Field], drawing: Drawing) -> list[Component]:
    """Return the members of a record; those that most users never change are folded away, unless one is blamed."""
    folded = [member for member in members if member.is_advanced]
    parts = draw_all([member for member in members if not member.is_advanced], drawing)
    blamed = {key for key in drawing.errors for member in folded if f"{key}/".startswith(f"{member.key}/")}
    return [*parts, fold("More", draw_all(folded, drawing), is_open=bool(blamed))] if folded else parts


def fold(title: str, controls: list[Component], *, is_open: bool, **attributes: Any) -> Component:
    """Return controls that are folded away under a title."""
    return html.Details(
        [
            html.Summary([html.Span(title), icon("chevron-down", 16)], className="la-fold-summary"),
            dmc.Stack(controls, gap="md", mt="sm"),
        ],
        open=is_open,
        className="la-fold",
        **attributes,
    )


def _draw_single(item: Field, drawing: Drawing) -> Component:
    value = drawing.values.get(item.key)
    shown: dict[str, Any] = _shown(item, drawing, item.key)
    match item:
        case NumberField():
            return _number(item, value, shown)
        case ChoiceField():
            options = [{"value": key, "label": _option_label(key)} for key in item.options]
            return dmc.Select(
                **shown, data=options, value=value, allowDeselect=item.is_optional, clearable=item.is_optional
            )
        case ChoicesField():
            return _choices(item, value or [], shown)
        case TextField() if item.key in drawing.choices:
            return pick_one(item, value, shown, drawing.choices[item.key])
        case TextField() if item.names:
            return suggest_one(value, shown, drawing.choices.get(item.names, ()))
        case ListField() if item.names:
            return suggest_several(value, shown, drawing.choices.get(item.names, ()))
        case KindsField():
            return _kinds(item, value or [], shown)
        case ListField(is_long=False) if item.key in drawing.choices:
            return pick_several(value or (), shown, drawing.choices[item.key])
        case ListField(is_long=False):
            return dmc.TagsInput(**shown, value=value, splitChars=[",", ";", " "], clearable=True)
        case TableField():
            example = shown | {"placeholder": EXAMPLES[item.shape]}
            return dmc.Textarea(**example, value=value, autosize=True, minRows=2, maxRows=10, **_monospace())
        case DateField():
            return dmc.DateInput(**shown, value=value, valueFormat="YYYY-MM-DD", clearable=item.is_optional)
        case JsonField(is_whole=True):
            return dmc.Textarea(**shown, value=value, **_monospace(height=96))  # no autosize: it may be megabytes
        case ListField() | JsonField():
            return dmc.Textarea(**shown, value=value, autosize=True, minRows=4, maxRows=8, **_monospace())
        case _:
            return dmc.TextInput(**shown, value=value)


def _number(item: NumberField, value: Any, shown: dict[str, Any]) -> Component:
    """Return a number control. It does not clamp: a silent change is worse than a sentence about the bound."""
    control = dmc.NumberInput(
        **shown,
        value=value,
        min=item.minimum,
        max=item.maximum,
        allowDecimal=not item.is_integer,
        clampBehavior="none",
        hideControls=not item.is_integer,
    )
    return dmc.Tooltip(control, label=item.help, events=_ON_FOCUS) if _is_symbol(item) and item.help else control


_ON_FOCUS = {"hover": True, "focus": True, "touch": True}


def _kinds(item: KindsField, chosen: Sequence[str], shown: dict[str, Any]) -> Component:
    """Return a multi-select of kinds; what is chosen with parameters of its own is offered beside them."""
    offered = offered_records(item.members)
    offered |= {text: record_label(item.members, text) for text in chosen if text not in offered}
    options = [{"value": text, "label": label} for text, label in offered.items()]
    return dmc.MultiSelect(**shown, data=options, value=list(chosen), searchable=True, clearable=True)


def _choices(item: ChoicesField, chosen: Sequence[str], shown: dict[str, Any]) -> Component:
    """Return a checkbox for each option: few enough to be seen at once."""
    titles = {key: item.titles.get(key) or _option_label(key) for key in item.options}
    boxes = [dmc.Checkbox(label=title, value=key, radius="sm") for key, title in titles.items()]
    del shown["placeholder"]
    return dmc.CheckboxGroup(dmc.SimpleGrid(boxes, cols=2, spacing="xs", mt=8), **shown, value=list(chosen))


def _draw_union(item: UnionField, drawing: Drawing, *, placeholder: str = EMPTY) -> Component:
    options = [{"value": variant.tag, "label": variant.title} for variant in item.variants]
    chosen = drawing.values.get(item.selector)
    if item.discriminator is None and not item.is_optional:
        selector: Component = dmc.SegmentedControl(
            id={"form": drawing.form, "tab": item.selector},
            data=options,
            value=chosen,
            fullWidth=True,
            orientation="horizontal" if sum(map(len, (each.title for each in item.variants))) <= LINE else "vertical",
            **aria(label=item.title),
        )
        selector = html.Div([_label(item), selector])
    else:
        unchosen = placeholder if item.discriminator is not None else NO_ROW  # no shape is no value, not a default
        shown = _shown(item, drawing, item.selector) | ({"placeholder": unchosen} if item.is_optional else {})
        selector = dmc.Select(
            **shown,
            data=options,
            value=chosen,
            allowDeselect=item.is_optional,
            clearable=item.is_optional,
        )
    return dmc.Stack([selector, *(_draw_variant(item, variant, drawing) for variant in item.variants)], gap="sm")


def _draw_variant(item: UnionField, variant: Variant, drawing: Drawing) -> Component:
    is_told = bool(variant.help) and (item.discriminator is not None or item.is_optional)
    note = dmc.Text(variant.help, size="xs", className="la-muted") if is_told else None
    members = _draw_members(variant.members, drawing)
    content = dmc.Stack([note, *members] if note else members, gap="sm")
    is_chosen = drawing.values.get(item.selector) == variant.tag
    return _part(content, drawing, f"{item.key}/{variant.tag}", item.selector, variant.tag, is_shown=is_chosen)


def _draw_rows(item: RowsField, drawing: Drawing) -> Component:
    """Return the rows; one beyond those in use is visible, the others unfold as it is filled."""
    rows: list[Component] = []
    for index in range(row_count(item, drawing.values)):
        row = item.make_row(index)
        control = _draw_union(row, drawing, placeholder=NO_ROW)
        if index == 0:
            rows.append(control)
            continue
        before = item.make_row(index - 1).selector
        is_shown = drawing.values.get(before) is not None
        rows.append(_part(control, drawing, row.key, before, ANY, is_shown=is_shown))
    about = [dmc.Text(item.help, size="xs", className="la-muted")] if item.help else []
    return dmc.Fieldset(dmc.Stack([*about, *rows], gap="sm"), legend=item.title)


def _part(content: Component, drawing: Drawing, key: str, selector: str, tag: str, *, is_shown: bool) -> Component:
    """Return a part that shows while the selector holds `tag` (`*`: anything), empty until it does."""
    if not is_shown:
        drawing.folded[key] = content
    return html.Div(
        content if is_shown else None,
        id={"form": drawing.form, "variant": key, "selector": selector, "tag": tag},
        hidden=not is_shown,
    )


def _shown(item: Field, drawing: Drawing, key: str) -> dict[str, Any]:
    """Return what all controls share: id, label, help, error."""
    is_symbol = _is_symbol(item)
    return {
        "id": {"form": drawing.form, "field": key},
        "label": _label_content(item),
        "description": None if is_symbol else item.help or None,
        "error": drawing.errors.get(key),
        "placeholder": item.empty or (EMPTY if item.is_optional and not isinstance(item, ListField) else None),
    } | (aria(label=f"{item.title}: {item.help}") if is_symbol and item.help else {})


def _label(item: Field) -> Component:
    return dmc.Text(_label_content(item), size="sm", fw=500, mb=4)


def _label_content(item: Field) -> Any:
    return (
        [item.title, dmc.Text(f" ({item.unit})", span=True, inherit=True, className="la-muted", fw=400)]
        if item.unit
        else item.title
    )


def _option_label(key: str) -> str:
    if not set(key) & set("aeiouy"):  # an abbreviation
        return key.upper()
    return _OPTION_LABELS.get(key) or key.replace("_", " ").capitalize()


def _columns(item: Field) -> int:
    """Return how many such fields share a line."""
    return 3 if _is_symbol(item) else 2 if isinstance(item, DateField) else 1


def _is_symbol(item: Field) -> bool:
    return isinstance(item, NumberField) and len(item.title) <= SYMBOL_LENGTH


def _monospace(**more: Any) -> dict[str, Any]:
    look = {"fontFamily": "var(--mantine-font-family-monospace)", "fontSize": "0.75rem"}
    return {"styles": {"input": look | more}}
