"""Between a request and the values of its controls: `fill` writes, `read` reads, and they undo each other."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

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
)
from components.form.kinds import record_text
from components.form.tables import parse_table, show_table

Values = Mapping[str, Any]
"""The value of each control, by the key of its field."""
SPARE_ROWS = 2  # empty rows beyond those in use; they unfold one at a time
MISSING_WORDS = frozenset({"", "null", "none", "nan", "na", "n/a", "-"})


def fill(fields: Iterable[Field], data: Any) -> dict[str, Any]:
    """Return the controls' values that show `data`, a request as JSON; what it leaves out shows its default."""
    values: dict[str, Any] = {}
    given = data if isinstance(data, Mapping) else {}
    for field in fields:
        value = given.get(field.path[-1], field.default)
        if isinstance(field, GroupField):
            values |= fill(field.members, value)
        elif isinstance(field, UnionField):
            values |= _fill_union(field, value)
        elif isinstance(field, RowsField):
            items = value if _is_list(value) else ()
            for index in range(len(items) + SPARE_ROWS):
                values |= _fill_union(field.make_row(index), items[index] if index < len(items) else None)
        else:
            values[field.key] = show(field, value)
    return values


def read(fields: Iterable[Field], values: Values) -> dict[str, Any]:
    """Return the request that the controls show, as JSON, for the schema to judge."""
    data: dict[str, Any] = {}
    for field in fields:
        name = field.path[-1]
        if isinstance(field, GroupField):
            data[name] = read(field.members, values)
        elif isinstance(field, UnionField):
            data[name] = _read_union(field, values)
        elif isinstance(field, RowsField):
            data[name] = [_read_union(row, values) for row in rows_in_use(field, values)]
        else:
            data[name] = parse(field, values.get(field.key))
    return data


def row_count(field: RowsField, values: Values) -> int:
    """Return how many rows have controls."""
    count = 0
    while field.make_row(count).selector in values:
        count += 1
    return count


def rows_in_use(field: RowsField, values: Values) -> list[UnionField]:
    """Return the rows that were given a kind, in order; empty ones between them count for nothing."""
    rows = [field.make_row(index) for index in range(row_count(field, values))]
    return [row for row in rows if row.variant(values.get(row.selector)) is not None]


def show(field: Field, value: Any) -> Any:
    """Return what the control of `field` holds when it shows the JSON `value`."""
    match field:
        case ChoiceField():
            return next((key for key, option in field.options.items() if option == value), None)
        case ChoicesField():
            chosen = value if _is_list(value) else ()
            return [key for item in chosen for key, option in field.options.items() if option == item]
        case FlagField():
            return bool(value)
        case NumberField():
            return "" if value is None else value
        case ListField(is_long=True):
            return value if isinstance(value, str) else "\n".join(map(_word, value if _is_list(value) else ()))
        case ListField():
            return [_word(item) for item in value] if _is_list(value) else []
        case KindsField():
            return [record_text(field.members, item) for item in value] if _is_list(value) else []
        case TableField():
            return show_table(field.shape, value)
        case DateField():
            return value or None
        case JsonField(is_whole=True):
            return "" if value is None else json.dumps(value, separators=(",", ":"))
        case JsonField():
            return "" if value is None else _json_text(value)
        case _:
            return "" if value is None else str(value)


def parse(field: Field, value: Any) -> Any:
    """Return the JSON that the control's `value` means. What cannot be read stays text: the schema then says so."""
    match field:
        case ChoiceField():
            return field.options.get(value, value) if value not in (None, "") else None
        case ChoicesField():
            chosen = [field.options.get(key, key) for key in value or ()]
            return None if field.is_optional and not chosen else chosen
        case FlagField():
            return bool(value)
        case NumberField():
            return None if value in (None, "") else _number(value)
        case ListField():
            items = _split(value, field.item) if isinstance(value, str) else list(value or ())
            if not items and field.is_optional:
                return None
            return [_item(item) for item in items] if field.item == "number" else items
        case KindsField():
            return [_json(item) for item in value or ()]
        case TableField():
            return parse_table(field.shape, value)
        case DateField():
            return value or None
        case JsonField():
            return _json(value)
        case TextField():
            return None if field.is_optional and value in (None, "") else value or ""
        case _:
            raise TypeError(f"{type(field).__name__} has no single control")


def _fill_union(field: UnionField, data: Any) -> dict[str, Any]:
    tag = None if data is None else field.find_tag(data)
    if field.variant(tag) is None:
        tag = None if field.is_optional else field.variants[0].tag
    values: dict[str, Any] = {field.selector: tag}
    for variant in field.variants:
        given = data if variant.tag == tag else None
        if not variant.is_record:
            given = {variant.members[0].path[-1]: given}
        values |= fill(variant.members, given)
    return values


def _read_union(field: UnionField, values: Values) -> Any:
    variant = field.variant(values.get(field.selector))
    if variant is None:
        return None
    if not variant.is_record:
        return parse(variant.members[0], values.get(variant.members[0].key))
    kind = {} if field.discriminator is None else {field.discriminator: variant.tag}
    return kind | read(variant.members, values)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _json_text(value: Any) -> str:
    """Return JSON for people: rows of numbers one to a line, all else indented."""
    if not (_is_list(value) and value and all(row is None or _is_list(row) for row in value)):
        return json.dumps(value, indent=2)
    return "[\n" + ",\n".join(f"  {json.dumps(row)}" for row in value) + "\n]"


def _word(item: Any) -> str:
    if isinstance(item, float) and item.is_integer() and abs(item) < 1e16:
        return str(int(item))
    return "null" if item is None else str(item)


def _split(text: str, item: str) -> list[str]:
    """Return the parts of pasted text; nothing between two separators is a missing value.

    A comma that could be a decimal mark (`1,5` in a column copied from a spreadsheet) stays in its part, which is
    then refused as a number, instead of becoming two.
    """
    text = text.strip()
    if not text:
        return []
    if item == "time":
        return [part.strip() for part in re.split(r"[\n\r\t;,]+", text) if part.strip()]
    mark = ";" if _has_decimal_commas(text) else ",;"
    return re.split(rf"\s*[{mark}]\s*|\s+", text.rstrip(mark + " "))


def _has_decimal_commas(text: str) -> bool:
    parts = re.split(r"[\s;]+", text)
    return (
        "," in text and len(parts) > 1 and not re.search(r",(\s|$)|\s,", text) and all(p.count(",") < 2 for p in parts)
    )


def _number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value


def _item(word: Any) -> Any:
    return None if isinstance(word, str) and word.strip().lower() in MISSING_WORDS else _number(word)


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value
