"""Forms offer the weights of saved portfolios, below the fields that take them."""

import dash
import pytest

from app import create_app
from services.saved_portfolios import parse_portfolio
from services.workspace import Workspace
from tests.pages.conftest import all_of

FIELDS = {
    "pages.rebalance": ["current", "target"],
    "pages.risk": ["weights"],
    "pages.portfolio": ["constraints/previous_weights"],
}


def offered(page: str) -> list[tuple[str, list[str]]]:
    choices = [
        each for each in all_of(dash.page_registry[page]["layout"]()) if "fills" in (getattr(each, "id", "") or "")
    ]
    return [(each.id["fills"], [option["label"] for option in each.data]) for each in choices]


@pytest.mark.parametrize("page", FIELDS)
def test_saved_portfolios_are_offered_where_weights_are_asked_for(page: str, workspace: Workspace) -> None:
    application = create_app(workspace.settings, workspace)
    with application.server.test_request_context("http://127.0.0.1:8050/"):
        assert offered(page) == []
        for name in ("Old", "New"):
            positions = [{"asset": "Stocks", "weight": 1.0}]
            workspace.portfolios.add(parse_portfolio({"name": name, "positions": positions, "value": 1}))
        assert offered(page) == [(field, ["New", "Old"]) for field in FIELDS[page]]
