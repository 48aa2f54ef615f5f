"""Saved portfolios: what is kept adds up, names are taken once, and what does not fit is named with the way out."""

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from compute.schema import RequestError
from services.jobs import open_engine
from services.saved_portfolios import NewPortfolio, PortfolioStore, SavedPortfolio
from services.saved_portfolios.valuation import value_positions
from services.workspace import Workspace

HALVES = [{"asset": "oak", "weight": 0.5}, {"asset": "elm", "weight": 0.5}]
UNITS = [{"asset": "oak", "units": 10, "price": 20.0}, {"asset": "elm", "units": 5, "price": 60.0}]


def new(name: str = "Balanced", **fields: Any) -> NewPortfolio:
    return NewPortfolio.model_validate({"name": name, "positions": HALVES, "value": 1000.0, **fields})


def refusal(**fields: Any) -> tuple[tuple[str | int, ...], str]:
    with pytest.raises(RequestError) as caught:
        value_positions(new(**fields))
    return caught.value.problems[0].loc, caught.value.problems[0].msg


@given(st.lists(st.tuples(st.floats(0.01, 1e6), st.floats(0.01, 1e6)), min_size=1, max_size=20), st.floats(0, 1e9))
def test_units_prices_and_cash_make_weights_that_add_up(holdings: list[tuple[float, float]], cash: float) -> None:
    positions = [{"asset": f"a{at}", "units": units, "price": price} for at, (units, price) in enumerate(holdings)]
    saved, value, kept = value_positions(new(positions=positions, value=None, cash=cash))
    assert kept == cash
    assert sum(each.amount for each in saved) + cash == pytest.approx(value)
    assert sum(each.weight for each in saved) + cash / value == pytest.approx(1)


def test_weights_are_shares_of_the_value_beside_the_cash() -> None:
    positions = [{"asset": "oak", "weight": 0.4}, {"asset": "elm", "weight": 0.5}]
    saved, value, cash = value_positions(new(positions=positions, cash=100.0))
    assert (value, cash) == (1000.0, 100.0)
    assert [each.amount for each in saved] == pytest.approx([400.0, 500.0])


@pytest.mark.parametrize(
    ("fields", "loc", "said"),
    [
        ({"positions": [*HALVES, {"asset": "fir", "weight": 0.2}]}, ("positions",), "weights sum to 1.2"),
        ({"positions": HALVES[:1]}, ("positions",), "give cash of 500"),
        ({"positions": [*HALVES, HALVES[0]]}, ("positions", 2, "asset"), "held twice"),
        ({"positions": [HALVES[0], UNITS[1]]}, ("positions", 1, "weight"), "some have none"),
        ({"positions": [UNITS[0], HALVES[1]]}, ("positions", 1, "weight"), "some have none"),
        ({"positions": [{"asset": "oak"}]}, ("positions", 0, "units"), "neither a weight nor units"),
        ({"positions": [{"asset": "oak", "units": 1}]}, ("positions", 0, "price"), "neither a weight nor units"),
        ({"positions": UNITS, "value": 700}, ("value",), "worth 500, not 700"),
        ({"positions": [{"asset": "oak", "units": 0, "price": 1}]}, ("positions",), "as good as nothing"),
        ({"value": None}, ("value",), "shares of a value"),
        ({"cash": 2000}, ("cash",), "more than the whole value"),
    ],
)
def test_what_does_not_add_up_is_named_at_its_field(fields: Any, loc: tuple[str | int, ...], said: str) -> None:
    found, msg = refusal(**fields)
    assert found == loc
    assert said in msg


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "a\nb", "x" * 121])
def test_a_name_that_nobody_could_read_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        new(name)


def test_a_portfolio_comes_back_as_it_was_kept_until_it_is_deleted(workspace: Workspace) -> None:
    store = workspace.portfolios
    kept = store.add(new("  Balanced ", figures={"expected_return": 0.05, "volatility": 0.1}))
    other = store.add(new("Units", positions=UNITS, value=None, assets={"dataset": "imaginary-funds"}))
    assert kept.name == "Balanced"
    assert store.get(kept.id) == kept
    assert store.page() == (other, kept)
    assert other.weights == pytest.approx({"oak": 0.4, "elm": 0.6})
    assert store.delete(kept.id)
    assert not store.delete(kept.id)
    assert store.get(kept.id) is None
    assert store.add(new("Balanced")).id != kept.id


def test_a_name_is_taken_once_even_by_two_at_the_same_time(workspace: Workspace) -> None:
    made: list[SavedPortfolio | RequestError] = []

    def save() -> None:
        try:
            made.append(workspace.portfolios.add(new()))
        except RequestError as error:
            made.append(error)

    threads = [threading.Thread(target=save) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [each for each in made if isinstance(each, RequestError)]
    assert (len(made), len(refused)) == (4, 3)
    assert refused[0].problems[0].loc == ("name",)
    assert "'Balanced' already" in refused[0].problems[0].msg


def test_what_one_process_keeps_another_finds(workspace: Workspace) -> None:
    kept = workspace.portfolios.add(new())
    engine = open_engine(workspace.settings.jobs_url)
    assert PortfolioStore(engine).get(kept.id) == kept
    engine.dispose()
