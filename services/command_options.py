"""Command-line options drawn from a request's schema, and the request they spell out."""

import copy
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compute.schema import Record, RequestError


@dataclass(frozen=True)
class OptionLeaf:
    """One field of a request, reachable as `--path`."""

    path: str
    metavar: str
    help: str
    is_text: bool = False
    """True when the option's text is the value itself, even where it would read as JSON (a column named `2024`)."""


def option_leaves(request: type[Record]) -> list[OptionLeaf]:
    """Return one option for each leaf of the request's schema; members of unions share the options of one name."""
    schema = request.model_json_schema()
    leaves: dict[str, OptionLeaf] = {}
    _collect(schema, schema.get("$defs", {}), "", leaves)
    return list(leaves.values())


def request_from_options(base: Any, given: Iterable[tuple[OptionLeaf, str]]) -> Any:
    """Return `base` with the text of each given option put in its place; text that reads as JSON is JSON."""
    if not isinstance(base, dict):
        return base
    request = copy.deepcopy(base)
    for leaf, text in given:
        *parents, last = leaf.path.split(".")
        place = request
        for name in parents:
            child = place.get(name)
            place[name] = child if isinstance(child, dict) else {}
            place = place[name]
        place[last] = text if leaf.is_text else _value(text)
    return request


def json_argument(text: str | None) -> Any:
    """Return what `text` says as JSON: itself, the content of `@FILE`, or standard input for `-`; {} for None."""
    if text is None:
        return {}
    try:
        source = sys.stdin.read() if text == "-" else Path(text[1:]).read_text("utf-8") if text[:1] == "@" else text
        return json.loads(source)
    except OSError as error:
        raise RequestError.at("request", msg=f"{text[1:]} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise RequestError.at("request", msg=f"this is not JSON ({error}); quote it, or use @FILE") from error


def _collect(schema: Any, definitions: Any, prefix: str, leaves: dict[str, OptionLeaf]) -> None:
    for name, field in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        objects = [member for member in _members(field, definitions) if "properties" in member]
        for member in objects:
            _collect(member, definitions, f"{path}.", leaves)
        if not objects:
            leaves[path] = _joined(leaves.get(path), _leaf(path, field, definitions))


def _members(field: Any, definitions: Any) -> list[Any]:
    if "$ref" in field:
        return [definitions[field["$ref"].rsplit("/", 1)[1]]]
    return [
        member for option in field.get("oneOf", []) + field.get("anyOf", []) for member in _members(option, definitions)
    ] or [field]


def _joined(known: OptionLeaf | None, leaf: OptionLeaf) -> OptionLeaf:
    if known is None:
        return leaf
    metavar = "|".join(dict.fromkeys(known.metavar.split("|") + leaf.metavar.split("|")))
    return OptionLeaf(leaf.path, metavar, known.help, known.is_text and leaf.is_text)


def _leaf(path: str, field: Any, definitions: Any) -> OptionLeaf:
    members = [member for member in _members(field, definitions) if member.get("type") != "null"]
    rule = members[0] if members else {}
    choices = rule.get("enum") or ([rule["const"]] if "const" in rule else None)
    metavar = "|".join(str(choice) for choice in choices) if choices else str(rule.get("type", "json")).upper()
    low, high = rule.get("minimum"), rule.get("maximum")
    bounds = f" {low}..{high}" if low is not None and high is not None else ""
    unit = f" {field['unit']}" if "unit" in field else ""
    default = (
        f" (default {json.dumps(field['default'])})" if field.get("default") is not None and "const" not in rule else ""
    )
    is_text = all(member.get("type") == "string" for member in members)
    return OptionLeaf(
        path, metavar, f"{field.get('description', field.get('title', ''))}{bounds}{unit}{default}", is_text
    )


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
