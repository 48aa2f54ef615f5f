"""The fields of a schema as rows of a table: what each is, its bounds, unit and default."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from compute.schema import Record

_BOUNDS = {
    "minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}",
    "minLength": "at least {} characters", "maxLength": "at most {} characters",
    "minItems": "at least {} items", "maxItems": "at most {} items", "pattern": "matches {}",
}  # fmt: skip
MAX_DEPTH = 6


@dataclass(frozen=True)
class FieldRow:
    """One field of a request or query."""

    name: str
    """Dotted path; `[]` stands for each item of a list."""
    variant: str
    """In which variant of a choice it exists: `when model.kind is arima`; empty when in all."""
    type: str
    bounds: str
    unit: str
    default: str
    """As JSON; empty when there is none."""
    is_required: bool
    description: str


def field_rows(schema: type[Record]) -> tuple[FieldRow, ...]:
    """Return a row for each field of `schema` and of the records within."""
    document = schema.model_json_schema()
    return tuple(_object_rows(document, document.get("$defs", {}), "", "", 0))


def _object_rows(
    node: Any, definitions: Mapping[str, Any], prefix: str, variant: str, depth: int
) -> Iterator[FieldRow]:
    for name, described in node.get("properties", {}).items():
        choices = _choices(described, definitions)
        path = f"{prefix}{name}"
        yield FieldRow(
            name=path,
            variant=variant,
            type=" or ".join(dict.fromkeys(_type_name(choice, definitions) for choice in choices)),
            bounds=", ".join(dict.fromkeys(bound for choice in choices for bound in _bounds(choice))),
            unit=str(described.get("unit", "")),
            default=orjson.dumps(described["default"]).decode() if "default" in described else "",
            is_required=name in node.get("required", ()),
            description=described.get("description") or _first_description(choices),
        )
        if depth < MAX_DEPTH:
            yield from _nested_rows(choices, definitions, path, variant, depth)


def _nested_rows(
    choices: list[Any], definitions: Mapping[str, Any], path: str, variant: str, depth: int
) -> Iterator[FieldRow]:
    objects = [(choice, f"{path}.") for choice in choices if "properties" in choice]
    for choice in choices:
        if "items" in choice:
            objects += [(item, f"{path}[].") for item in _choices(choice["items"], definitions) if "properties" in item]
    for node, prefix in objects:
        own = _variant_name(node, prefix) if len(objects) > 1 else variant
        yield from _object_rows(node, definitions, prefix, own, depth + 1)


def _choices(node: Any, definitions: Mapping[str, Any]) -> list[Any]:
    """Return what the node may be: itself, or the members of its union, references resolved."""
    if "$ref" in node:
        return _choices(definitions[node["$ref"].rsplit("/", 1)[1]], definitions)
    members = node.get("anyOf") or node.get("oneOf")
    if members:
        return [choice for member in members for choice in _choices(member, definitions)]
    return [node]


def _type_name(node: Any, definitions: Mapping[str, Any]) -> str:
    if "const" in node:
        return orjson.dumps(node["const"]).decode()
    if "enum" in node:
        return " | ".join(orjson.dumps(value).decode() for value in node["enum"])
    if "items" in node:
        names = dict.fromkeys(_type_name(item, definitions) for item in _choices(node["items"], definitions))
        return f"list of {' or '.join(names)}"
    kind = node.get("format") or node.get("type", "anything")
    return str(node.get("title", kind)) if kind == "object" else str(kind)


def _bounds(node: Any) -> Iterator[str]:
    for key, sentence in _BOUNDS.items():
        if key in node and not (key.startswith("min") and key != "minimum" and node[key] == 0):
            yield sentence.format(node[key])


def _variant_name(node: Any, prefix: str) -> str:
    kind = node["properties"].get("kind", {})
    return f"when {prefix}kind is {kind['const']}" if "const" in kind else f"in {node.get('title', 'one variant')}"


def _first_description(choices: list[Any]) -> str:
    return next((str(choice["description"]) for choice in choices if choice.get("description")), "")
