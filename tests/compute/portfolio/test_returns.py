"""Prices become the returns they imply, gaps are treated as asked, and what cannot be used is named."""

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.portfolio.assets import DatasetAssets, History, PriceTable, Values
from compute.portfolio.periods import periods_per_year
from compute.portfolio.returns import AssetReturns, prepare_returns
from compute.schema import RequestError

RNG = np.random.default_rng(5)
RETURNS = RNG.normal(0.0005, 0.01, size=(60, 3))
PRICES = 100 * np.cumprod(1 + RETURNS, axis=0)
NAMES = ("oak", "elm", "fir")


def values(table: Any, names: tuple[str, ...] = NAMES, **others: Any) -> Values:
    return Values(names, np.asarray(table, dtype=float), **others)


def history(missing: Literal["common", "fill", "pairwise"] = "common", **others: Any) -> History:
    return DatasetAssets(dataset="any", missing=missing, **others)


def prepared(table: Any, missing: Any = "common", **others: Any) -> AssetReturns:
    return prepare_returns(values(table, **others), history(missing))


def refusal(table: Any, missing: Any = "common", **others: Any) -> tuple[tuple[Any, ...], str]:
    with pytest.raises(RequestError) as caught:
        prepared(table, missing, **others)
    problem = caught.value.problems[0]
    return problem.loc, problem.msg


def test_prices_give_their_returns() -> None:
    made = prepared(PRICES)
    np.testing.assert_allclose(made.returns, RETURNS[1:], rtol=1e-9)
    assert made.periods_per_year == 252


@settings(max_examples=25)
@given(st.floats(0.001, 1000))
def test_the_currency_of_prices_changes_no_return(factor: float) -> None:
    np.testing.assert_allclose(prepared(factor * PRICES).returns, RETURNS[1:], rtol=1e-9)


def test_returns_stay_as_they_are() -> None:
    np.testing.assert_array_equal(prepared(RETURNS, kind="returns").returns, RETURNS)


@pytest.mark.parametrize(("table", "word"), [(PRICES, "prices"), (RETURNS, "returns")])
def test_what_values_are_is_told_from_their_size(table: Any, word: str) -> None:
    made = prepared(table, kind="auto")
    assert f"The values were taken for {word}." in made.notes
    np.testing.assert_allclose(made.returns[-5:], RETURNS[-5:], rtol=1e-9)


def holed() -> np.ndarray:
    table = PRICES.copy()
    table[:10, 1] = np.nan  # elm began later
    table[30, 2] = np.nan
    return table


def test_common_rows_leave_out_every_row_with_a_hole() -> None:
    made = prepared(holed())
    assert made.returns.shape == (48, 3)
    assert not np.isnan(made.returns).any()
    assert any("11 of 60 rows" in note and "elm" in note for note in made.notes)


def test_filled_gaps_are_no_change_and_nothing_is_invented_before_an_asset_began() -> None:
    made = prepared(holed(), "fill")
    assert made.returns.shape == (49, 3)
    assert made.returns[19, 2] == 0
    assert any("10 rows before the first" in note for note in made.notes)


def test_pairwise_keeps_every_return_of_single_periods() -> None:
    made = prepared(holed(), "pairwise")
    assert made.returns.shape == (59, 3)
    assert np.isnan(made.returns).sum(axis=0).tolist() == [0, 10, 2]
    assert made.complete.shape == (47, 3)


def test_rows_out_of_order_are_sorted_by_time() -> None:
    times = np.datetime64("2024-01-01", "ns") + np.arange(60) * np.timedelta64(1, "D")
    order = RNG.permutation(60)
    made = prepared(PRICES[order], timestamps=times[order])
    np.testing.assert_allclose(made.returns, RETURNS[1:], rtol=1e-9)
    assert "The rows were sorted by time." in made.notes


def test_a_price_of_zero_is_named_with_its_row() -> None:
    table = PRICES.copy()
    table[7, 1] = 0
    loc, message = refusal(table)
    assert loc == ("assets", "prices", "elm")
    assert "elm is 0 in row 8: prices must be above 0" in message


def test_a_loss_of_more_than_everything_is_named() -> None:
    loc, message = refusal(RETURNS * 200, kind="returns")
    assert loc[:2] == ("assets", "returns")
    assert "loses more than everything" in message


def test_a_gain_beyond_all_numbers_is_named() -> None:
    table = PRICES.copy()
    table[3, 1] = 1e300
    with pytest.raises(RequestError, match=r"elm returns up to .* check its values"):
        prepared(table)


def test_an_asset_with_too_few_prices_is_named() -> None:
    table = PRICES.copy()
    table[2:, 0] = np.nan
    loc, message = refusal(table)
    assert loc == ("assets", "prices", "oak")
    assert "oak has 2" in message


def test_histories_that_never_meet_are_refused_with_a_way_out() -> None:
    table = PRICES.copy()
    table[:30, 0], table[30:, 1] = np.nan, np.nan
    loc, message = refusal(table)
    assert loc == ("assets",)
    assert "choose fill or pairwise" in message


def test_one_asset_is_no_choice() -> None:
    _, message = refusal(PRICES[:, :1], names=("oak",))
    assert message == "oak is the only asset; name at least 2 to choose between"


def test_a_time_that_repeats_is_named() -> None:
    times = np.datetime64("2024-01-01", "ns") + np.arange(60) * np.timedelta64(1, "D")
    times[9] = times[8]
    loc, message = refusal(PRICES, timestamps=times)
    assert loc == ("assets", "timestamps")
    assert "2024-01-09" in message


def test_constant_twin_and_jumping_assets_are_told() -> None:
    table = np.column_stack([PRICES[:, 0], PRICES[:, 0], np.full(60, 5.0), PRICES[:, 1]])
    table[40:, 3] *= 3
    notes = prepared(table, names=("oak", "twin", "cash", "split")).notes
    assert any("Constant" in note and "cash" in note for note in notes)
    assert any("oak and twin" in note for note in notes)
    assert any("split" in note and "doubled" in note for note in notes)


def test_more_assets_than_periods_are_told() -> None:
    assert any("singular" in note for note in prepared(PRICES[:4]).notes)


@pytest.mark.parametrize(
    ("times", "count"),
    [
        (np.busday_offset("2020-01-01", np.arange(300), roll="forward").astype("datetime64[ns]"), 252),
        (np.datetime64("2020-01-01", "ns") + np.arange(300) * np.timedelta64(1, "D"), 365),
        (np.datetime64("2020-01-03", "ns") + np.arange(100) * np.timedelta64(7, "D"), 52),
        ((np.datetime64("2020-01", "M") + np.arange(50)).astype("datetime64[ns]"), 12),
        ((np.datetime64("2020-01", "M") + 3 * np.arange(50)).astype("datetime64[ns]"), 4),
        (None, 252),
    ],
    ids=["business days", "days", "weeks", "months", "quarters", "no times"],
)
def test_periods_of_a_year_follow_from_the_times(times: Any, count: float) -> None:
    assert periods_per_year(times)[0] == count


def test_given_periods_win_over_those_of_the_times() -> None:
    made = prepare_returns(values(PRICES), history(periods_per_year=12))
    assert made.periods_per_year == 12


def test_a_table_in_the_request_is_prepared_as_one_of_a_dataset() -> None:
    table = PriceTable(prices={name: tuple(column) for name, column in zip(NAMES, PRICES.T.tolist(), strict=True)})
    made = prepare_returns(replace(values(PRICES), names=tuple(table.prices)), table)
    np.testing.assert_array_equal(made.returns, prepared(PRICES).returns)
