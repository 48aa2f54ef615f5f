"""The outline of a request: what lists need of it. A series of a million values has no place in a row that is listed,
claimed and renewed all the time: SQLite would read or write the whole of it each time."""

from typing import Any

LARGE = 4096  # characters of JSON; most requests are a few hundred
KEPT_ITEMS = 8  # of a list, and of the keys of a mapping
KEPT_CHARACTERS = 200  # of a text
KEPT_DEPTH = 4


def outline_of(request: dict[str, Any]) -> dict[str, Any]:
    """Return the request with long lists, texts and mappings cut short, for names and labels only."""
    return {key: _shorten(value, KEPT_DEPTH) for key, value in request.items()}


def _shorten(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return value[:KEPT_CHARACTERS]
    if isinstance(value, dict):
        return {key: _shorten(inner, depth - 1) for key, inner in list(value.items())[:KEPT_ITEMS]} if depth else {}
    if isinstance(value, list | tuple):
        return [_shorten(inner, depth - 1) for inner in value[:KEPT_ITEMS]] if depth else []
    return value
