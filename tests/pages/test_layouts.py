"""Every page can be drawn as it is opened for the first time, with an icon of its own."""

import dash
import pytest
from dash.development.base_component import Component

from app import create_app
from components.icons import NAMES
from services.workspace import Workspace
from tests.pages.conftest import all_of


@pytest.fixture
def application(workspace: Workspace) -> dash.Dash:
    return create_app(workspace.settings, workspace)


def test_every_page_is_drawn_for_a_stranger(application: dash.Dash) -> None:
    pages = list(dash.page_registry.values())
    assert {page["path"] for page in pages} >= {"/", "/datasets", "/explore", "/forecast", "/compare", "/batch"}
    with application.server.test_request_context("http://127.0.0.1:8050/"):
        for page in pages:
            drawn = page["layout"]() if callable(page["layout"]) else page["layout"]
            assert isinstance(drawn, Component), page["path"]
            assert len(all_of(drawn)) > 3, page["path"]


def test_pages_have_icons_of_their_own(application: dash.Dash) -> None:
    shown = [page["icon"] for page in dash.page_registry.values() if page.get("icon")]
    assert application.use_pages
    assert len(shown) >= 7
    assert set(shown) <= NAMES
    assert len(set(shown)) == len(shown)
