"""Records of a union as single words: the text a multi-select holds for each, and what it is called there."""

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

Members = Mapping[str, type[BaseModel]]
"""The union's records by the value of their `kind`."""


def record_text(members: Members, item: Any) -> str:
    """Return the text of a record given as JSON, all its fields written out: equal records have equal texts.

    What is no such record is kept as it is; the schema of the whole request will say what is wrong.
    """
    schema = members.get(str(item.get("kind"))) if isinstance(item, dict) else None
    if schema is not None:
        with contextlib.suppress(ValidationError):
            item = schema.model_validate(item).model_dump(mode="json")
    return json.dumps(item)


def offered_records(members: Members) -> dict[str, str]:
    """Return the titles of the records that need no parameter to be given, by their text."""
    ready = {kind: schema for kind, schema in members.items() if not _needs_parameters(schema)}
    return {record_text(members, {"kind": kind}): title_of(schema, kind) for kind, schema in ready.items()}


def record_label(members: Members, text: str) -> str:
    """Return how the record of that text is called: its kind, and the parameters that are not the default."""
    item = json.loads(text)
    schema = members.get(str(item.get("kind"))) if isinstance(item, dict) else None
    if schema is None:
        return text
    usual = json.loads(record_text(members, {"kind": item["kind"]}))
    changed = [f"{name} {value}" for name, value in item.items() if usual.get(name) != value]
    return title_of(schema, item["kind"]) + (f" ({', '.join(changed)})" if changed else "")


def title_of(schema: type[BaseModel], tag: str) -> str:
    """Return the name of a member of a union."""
    return str(schema.model_config.get("title") or tag.replace("_", " ").capitalize())


def _needs_parameters(schema: type[BaseModel]) -> bool:
    return any(info.is_required() for name, info in schema.model_fields.items() if name != "kind")
