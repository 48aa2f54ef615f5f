"""Finding parts of components that were made for a page."""

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def all_of(component: Any) -> Iterator[Component]:
    """Yield a component and everything in it."""
    if isinstance(component, list | tuple):
        for each in component:
            yield from all_of(each)
    elif isinstance(component, Component):
        yield component
        for name in ("children", "leftSection", "label"):
            yield from all_of(getattr(component, name, None))


def with_type(component: Any, kind: str) -> list[Component]:
    """Return the parts of one type, such as `Button`."""
    return [each for each in all_of(component) if each._type == kind]


def text_of(component: Any) -> str:
    """Return everything that is written in a component, joined by blanks."""
    return " ".join(_texts(component))


def _texts(component: Any) -> Iterator[str]:
    if isinstance(component, list | tuple):
        for each in component:
            yield from _texts(each)
    elif isinstance(component, Component):
        for name in ("children", "label"):
            yield from _texts(getattr(component, name, None))
    elif component is not None:
        yield str(component)
