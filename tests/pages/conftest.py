"""An application context on a real workspace, as page layouts and callbacks find it."""

from collections.abc import Iterator
from typing import Any

import pytest
from dash.development.base_component import Component
from flask import Flask

from pages._workspace import EXTENSION
from services.workspace import Workspace


@pytest.fixture
def web(workspace: Workspace) -> Iterator[Workspace]:
    """The workspace, reachable from pages."""
    server = Flask(__name__)
    server.extensions[EXTENSION] = workspace
    with server.app_context():
        yield workspace


def all_of(root: Any) -> list[Component]:
    """Return every component in `root`, itself included."""
    if isinstance(root, list | tuple):
        return [found for each in root for found in all_of(each)]
    return [root, *root._traverse()] if isinstance(root, Component) else []


def ids_of(root: Any) -> list[Any]:
    """Return the ids in `root`, pattern ids by their type."""
    ids = [getattr(each, "id", None) for each in all_of(root)]
    return [each["type"] if isinstance(each, dict) else each for each in ids if each]


def texts_of(root: Any) -> str:
    """Return all words in `root`."""
    if isinstance(root, str):
        return root
    if isinstance(root, list | tuple):
        return " ".join(texts_of(each) for each in root if each is not None)
    parts = [getattr(root, name, None) for name in ("title", "label", "children")]
    return " ".join(texts_of(part) for part in parts if part is not None)
