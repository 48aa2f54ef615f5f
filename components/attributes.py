"""ARIA and data attributes as keyword arguments: their names hold a hyphen, which no Python keyword can."""

from typing import Any


def aria(**values: Any) -> dict[str, Any]:
    """Return `label="x"` as `{"aria-label": "x"}`, to be given to a component with `**`."""
    return {f"aria-{name}": value for name, value in values.items()}


def data(**values: Any) -> dict[str, Any]:
    """Return `page="x"` as `{"data-page": "x"}`; underscores become hyphens."""
    return {f"data-{name.replace('_', '-')}": value for name, value in values.items()}
