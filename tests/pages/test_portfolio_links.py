"""From one question about a portfolio to the next: the form is filled with what is known, and judged as ever."""

import json
from urllib.parse import parse_qs, urlsplit

import dash
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import create_app
from pages._portfolio_links import rebalance_link, risk_link, shown_weights, walk_link
from services.workspace import Workspace
from tests.pages.conftest import texts_of

WEIGHTS = {"oak": 1 / 3, "elm": 2 / 3, "fir": 1e-17}


def filled(link: str | None) -> dict[str, object]:
    assert link is not None
    return dict(json.loads(parse_qs(urlsplit(link).query)["fill"][0]))


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=60))
def test_shown_weights_are_short_and_sum_to_what_they_did(sizes: list[float]) -> None:
    weights = {f"a{at}": size / sum(sizes) for at, size in enumerate(sizes)}
    shown = shown_weights(weights)
    assert sum(shown.values()) == pytest.approx(1, abs=1e-6)
    assert all(len(str(weight)) <= 10 for weight in shown.values())


def test_what_is_wanted_is_filled_in_and_what_is_held_where_it_is_known(web: Workspace) -> None:
    assert filled(rebalance_link(WEIGHTS, {})) == {"current": None, "target": {"oak": 0.333333, "elm": 0.666667}}
    assert filled(rebalance_link(WEIGHTS, {"oak": 1.0}, value=5.0))["current"] == {"oak": 1.0}
    assert filled(risk_link({"dataset": "x"}, WEIGHTS))["assets"] == {"dataset": "x"}


def test_a_walk_is_asked_for_with_the_same_objective_limits_and_estimators(web: Workspace) -> None:
    asked = {
        "assets": {"dataset": "x"},
        "objective": {"kind": "hrp"},
        "constraints": {"max_weight": 0.3, "previous_weights": {"oak": 1}},
        "covariance": {"kind": "oas"},
        "frontier": True,
    }
    assert filled(walk_link(asked)) == {
        "assets": {"dataset": "x"},
        "covariance": {"kind": "oas"},
        "constraints": {"max_weight": 0.3},
        "strategy": {"kind": "hrp"},
    }
    assert walk_link({**asked, "assets": {"expected_returns": {}, "covariance": []}}) is None


def test_a_table_of_prices_is_too_much_for_an_address(web: Workspace) -> None:
    table = {"prices": {"oak": list(range(1, 20_000))}}
    assert risk_link(table, {"oak": 1.0}) is None
    assert rebalance_link({f"asset {at}": 0.0002 for at in range(5000)}, {}) is None


def test_what_is_sold_short_cannot_be_rebalanced_to(web: Workspace) -> None:
    assert rebalance_link({"oak": 1.3, "elm": -0.3}, {}) is None


@pytest.mark.parametrize(("asked", "said"), [("{", "is not JSON"), ("[1]", "is no object")])
def test_a_filled_link_that_cannot_be_read_says_so(asked: str, said: str, workspace: Workspace) -> None:
    application = create_app(workspace.settings, workspace)
    layout = dash.page_registry["pages.rebalance"]["layout"]
    with application.server.test_request_context("http://127.0.0.1:8050/"):
        assert said in texts_of(layout(fill=asked))
        assert "This link cannot be read" not in texts_of(layout(fill='{"value": 7}'))
