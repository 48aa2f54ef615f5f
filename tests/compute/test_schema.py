"""Validation errors, located by the keys that the user wrote."""

from typing import Any

import pytest
from pydantic import Field, ValidationError

from compute.forecast import ForecastRequest
from compute.schema import Location, Record, field_problems
from services.datasets.requests import RepairRequest


def locations(schema: Any, data: Any) -> list[Location]:
    with pytest.raises(ValidationError) as caught:
        schema.model_validate(data)
    return [problem.loc for problem in field_problems(caught.value, data)]


SERIES = {"dataset": "air-passengers", "column": "passengers"}


@pytest.mark.parametrize(
    ("series", "loc"),
    [
        ({"dataset": "air-passengers"}, ("series", "column")),
        ({"dataset": "air-passengers", "column": ""}, ("series", "column")),
        ({"dataset": "", "column": "x"}, ("series", "dataset")),
        ({"column": "x"}, ("series", "dataset")),
        ({"values": [1, "two"]}, ("series", "values", 1)),
    ],
)
def test_a_tag_that_is_named_like_a_field_is_no_field(series: dict[str, Any], loc: Location) -> None:
    assert locations(ForecastRequest, {"series": series}) == [loc]


def test_tags_of_unions_are_no_part_of_a_location() -> None:
    assert locations(ForecastRequest, {"series": SERIES, "model": {"kind": "arima", "p": 99}}) == [("model", "p")]
    assert locations(ForecastRequest, {"series": SERIES, "model": {"kind": "arima", "x": 1}}) == [("model", "x")]


def test_a_list_of_refused_items_is_not_called_too_short() -> None:
    data = {"dataset": "x", "repairs": [{"kind": "interpolate", "column": ""}]}
    assert locations(RepairRequest, data) == [("repairs", 0, "column")]
    assert locations(RepairRequest, {"dataset": "x", "repairs": []}) == [("repairs",)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"series": {"values": []}}, "give at least 1 here; none is given"),
        ({"series": {"dataset": "nile", "column": ""}}, "it is empty; write something here"),
        ({"levels": list(range(1, 80))}, "give at most 5 here; 79 are given"),
        ({"horizon": None}, "it is empty: input should be a valid integer"),
        ({"horizon": 0}, "0 is refused: input should be greater than or equal to 1"),
    ],
)
def test_what_is_missing_empty_or_out_of_bounds_is_said_plainly(changes: dict[str, Any], said: str) -> None:
    data = {"series": SERIES} | changes
    with pytest.raises(ValidationError) as caught:
        ForecastRequest.model_validate(data)
    assert [problem.msg for problem in field_problems(caught.value, data)] == [said]


class Kettle(Record):
    """A record as the application declares them."""

    litres: float
    """How much it holds."""
    name: str = Field(default="kettle", description="What it is called.")
    """Not said twice."""
    colour: str = "red"


class LargeKettle(Kettle):
    """A record that adds to another."""

    handles: int = 2
    """How many hands it
    takes."""


def test_the_docstring_below_a_field_is_its_description() -> None:
    told = {name: field.get("description") for name, field in LargeKettle.model_json_schema()["properties"].items()}
    assert told == {
        "litres": "How much it holds.",
        "name": "What it is called.",
        "colour": None,
        "handles": "How many hands it\ntakes.",
    }


@pytest.mark.parametrize(
    ("model", "said"),
    [({"p": 1}, "add 'kind'"), ({"kind": "oracle"}, "'oracle' cannot be used here; choose one of 'arima'")],
)
def test_a_union_says_which_kinds_there_are(model: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ForecastRequest.model_validate({"series": SERIES, "model": model})
    assert said in field_problems(caught.value, {"series": SERIES, "model": model})[0].msg
