"""From a finished optimisation to a saved portfolio, and from there to what can be asked of it."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dash
import pytest

from app import create_app
from components.form.problems import NEEDED
from compute.schema import RequestError
from pages._job_records import Finished
from pages._portfolio_entry import portfolio_data, problems_by_field
from pages._portfolio_saving import keep_portfolio, save_control
from services.saved_portfolios import NewPortfolio, parse_portfolio
from services.submission import submit_job
from services.workspace import Workspace
from tests.compute.portfolio.markets import optimal
from tests.pages.conftest import all_of, texts_of

RESULT = optimal(constraints={"max_weight": 0.4})


def done(workspace: Workspace, assets: Any) -> Finished:
    return Finished(submit_job(workspace, "optimize", {"assets": assets}, owner="test"), RESULT)


def test_what_was_found_is_kept_with_its_figures_and_its_dataset(web: Workspace) -> None:
    kept = keep_portfolio(done(web, {"dataset": "imaginary-funds"}), "Mine", 5000)
    assert web.portfolios.get(kept.id) == kept
    assert sum(kept.weights.values()) == pytest.approx(1)
    assert kept.figures is not None
    assert kept.figures.volatility == RESULT.volatility
    assert kept.assets is not None
    assert kept.value == 5000


def test_a_result_offers_to_be_saved_under_the_name_of_its_objective() -> None:
    fields = [each for each in all_of(save_control("portfolio", RESULT)) if getattr(each, "value", None)]
    assert [each.value for each in fields] == ["Highest Sharpe ratio", 100_000]


def test_assets_in_the_request_itself_are_not_kept(web: Workspace) -> None:
    table = {"prices": {"oak": [1, 2, 3], "elm": [2, 3, 2]}}
    assert keep_portfolio(done(web, table), "Mine", 5000).assets is None


@pytest.mark.parametrize(
    ("name", "value", "field"), [(" ", 1, "name"), (None, 1, "name"), ("x", None, "value"), ("x", -1, "value")]
)
def test_what_is_missing_is_told_at_its_field(web: Workspace, name: str | None, value: Any, field: str) -> None:
    with pytest.raises(RequestError) as caught:
        keep_portfolio(done(web, {"dataset": "imaginary-funds"}), name, value)
    assert [problem.loc for problem in caught.value.problems] == [(field,)]


@pytest.mark.parametrize(
    ("given", "positions"),
    [
        ("oak, 0.6\nelm, 0.4", [{"asset": "oak", "weight": 0.6}, {"asset": "elm", "weight": 0.4}]),
        ("oak\t10\t20", [{"asset": "oak", "units": 10.0, "price": 20.0}]),
    ],
)
def test_lines_are_read_as_weights_or_as_units_and_prices(given: str, positions: list[dict[str, Any]]) -> None:
    data = portfolio_data({"name": "Mine", "positions": given, "value": "", "cash": None})
    assert data == {"name": "Mine", "positions": positions, "value": None, "cash": None}


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"positions": "oak"}, "positions", "cannot be read"),
        ({"positions": " "}, "positions", NEEDED),
        ({"positions": "oak, much"}, "positions", "'much' is refused"),
        ({"positions": "oak, 0.5"}, "positions", "sum to 0.5"),
        ({"positions": "oak, 1", "value": ""}, "value", "give the value"),
        ({"positions": "oak, 1", "cash": -1}, "cash", "greater than or equal to 0"),
        ({"positions": "oak, 1", "name": None}, "name", NEEDED),
    ],
)
def test_what_is_wrong_stands_at_the_field_it_was_typed_in(
    web: Workspace, given: dict[str, Any], field: str, said: str
) -> None:
    def keep() -> None:
        data = portfolio_data({"name": "Mine", "value": 100, "cash": "", **given})
        web.portfolios.add(parse_portfolio(data))

    with pytest.raises(RequestError) as caught:
        keep()
    placed = problems_by_field(caught.value)
    assert list(placed) == [field]
    assert said in placed[field]


def test_the_page_leads_on_from_each_saved_portfolio(workspace: Workspace) -> None:
    positions = [{"asset": "Iris Bonds", "weight": 0.6}, {"asset": "Kestrel Gold", "weight": 0.4}]
    about = {"positions": positions, "value": 700, "assets": {"dataset": "imaginary-funds"}}
    workspace.portfolios.add(NewPortfolio.model_validate({"name": "Mine", **about}))
    short = [{"asset": "oak", "weight": 1.5}, {"asset": "elm", "weight": -0.5}]
    workspace.portfolios.add(NewPortfolio.model_validate({"name": "Short", "positions": short, "value": 1}))
    application = create_app(workspace.settings, workspace)
    with application.server.test_request_context("http://127.0.0.1:8050/"):
        page = dash.page_registry["pages.portfolios"]["layout"]()
    links = [each.href for each in all_of(page) if "?" in (getattr(each, "href", None) or "")]
    filled = {urlsplit(link).path: json.loads(parse_qs(urlsplit(link).query)["fill"][0]) for link in links}
    assert filled["/rebalance"] == {"current": {"Iris Bonds": 0.6, "Kestrel Gold": 0.4}, "target": None, "value": 700}
    assert filled["/risk"]["assets"]["dataset"] == "imaginary-funds"
    assert len(links) == 2, "what is sold short cannot be rebalanced, and has no history here"
    assert "Saved without what they earn and risk" in texts_of(page)
