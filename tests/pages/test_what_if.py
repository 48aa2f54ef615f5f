"""The what-if of a forecast: what is asked, what is refused, what the two results are called."""

from typing import Any

import pytest

from compute.forecast.result import ForecastResult, RegressorPath
from compute.schema import RequestError
from pages._what_if import _moved, futures_label, what_if_sentence
from tests.components.figures.forecasts import made_result


def with_price(future: float, mean: float = 0.0) -> ForecastResult:
    result = made_result(horizon=3)
    price = RegressorPath(name="price", past=(1.0,) * 120, future=(future,) * 3)
    return result.model_copy(update={"regressors": (price,), "mean": tuple(value + mean for value in result.mean)})


def test_results_that_suppose_different_futures_are_called_by_them() -> None:
    assert futures_label(with_price(2), with_price(3)) == "price 2.00 on average"
    assert futures_label(with_price(2), with_price(2)) == ""
    assert futures_label(with_price(2), made_result(horizon=3)) == ""


@pytest.mark.parametrize(
    ("mean", "words"), [(4.0, "On average 4.00 above it."), (-4.0, "On average 4.00 below it."), (0.0, "the same")]
)
def test_difference_of_two_forecasts_is_told(mean: float, words: str) -> None:
    assert words in what_if_sentence(with_price(2, mean), with_price(2))


def test_forecasts_of_different_steps_are_not_compared() -> None:
    assert what_if_sentence(made_result(horizon=3), made_result(horizon=4)) == ""
    other = made_result(horizon=3).model_copy(update={"name": "another"})
    assert what_if_sentence(made_result(horizon=3), other) == ""


@pytest.mark.parametrize(("text", "shift", "expected"), [("1\n2\n3", 0, [1, 2, 3]), ("1, 2.5, 3", -1, [0, 1.5, 2])])
def test_values_are_read_as_in_the_form_and_moved(text: str, shift: Any, expected: list[float]) -> None:
    assert _moved(text, shift, 3, 0) == expected


@pytest.mark.parametrize(("text", "words"), [("1 2", "2 future values for a horizon of 3"), ("1 two 3", "'two' is no")])
def test_values_that_are_wrong_are_refused_with_the_way_out(text: str, words: str) -> None:
    with pytest.raises(RequestError, match=words) as refusal:
        _moved(text, 0, 3, 1)
    assert refusal.value.problems[0].loc == ("regressors", 1, "future")
