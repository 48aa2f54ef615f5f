"""A form on a track or on many series offers the columns of the chosen dataset."""

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc

from components.form import Form
from components.series_picker import (
    DatasetChoice,
    collection_choice,
    collection_keys,
    picker_extras,
    picker_options,
    series_keys,
    track_keys,
)
from compute.forecast.batch.request import BatchForecastRequest
from compute.forecast.request import ForecastRequest
from compute.schema import FieldProblem
from compute.trajectory.request import TrajectoryRequest
from tests.components.test_form_layout import at

FORM = Form("trajectory", TrajectoryRequest)
FLIGHT = DatasetChoice(id="flight", name="Flight", rows=300, columns=("east", "north", "up"))
REQUEST = {"track": {"dataset": "flight", "columns": ["north", "east"]}}


def test_a_track_and_a_series_are_told_apart() -> None:
    assert track_keys(FORM) == ("track",)
    assert series_keys(FORM) == ()
    assert track_keys(Form("forecast", ForecastRequest)) == ()


def test_columns_are_picked_from_those_of_the_dataset() -> None:
    options = picker_options(FORM, REQUEST, [FLIGHT])
    layout = FORM.layout(REQUEST, choices=options, extras=picker_extras(FORM, "/datasets"))
    columns = at(layout, "track/dataset/columns")
    assert isinstance(columns, dmc.MultiSelect)
    assert [option["value"] for option in columns.data] == ["east", "north", "up"]
    assert columns.value == ["north", "east"]
    seconds = at(layout, "track/dataset/time_column")
    assert isinstance(seconds, dmc.Select)
    assert seconds.clearable is True
    assert seconds.value is None


def test_a_column_that_is_gone_stays_chosen() -> None:
    gone = {"track": {"dataset": "flight", "columns": ["west", "east"]}}
    columns = at(FORM.layout(gone, choices=picker_options(FORM, gone, [FLIGHT])), "track/dataset/columns")
    assert columns.value == ["west", "east"]
    assert {"value": "west", "label": "west"} in columns.data


def test_what_is_picked_is_what_is_read() -> None:
    values = FORM.fill(REQUEST)
    assert FORM.read(values)["track"] == {**REQUEST["track"], "time_column": None}


BATCH = Form("batch", BatchForecastRequest)
SHOPS = DatasetChoice(id="shops", name="Shops", rows=90, columns=("sales", "visits"), texts=("shop", "town"))


def offered(options: Mapping[str, Any], key: str) -> list[str]:
    return [option["value"] for option in options[key]]


def test_many_series_are_picked_by_columns_or_by_an_id() -> None:
    assert collection_keys(BATCH) == ("series",)
    assert series_keys(BATCH) == track_keys(BATCH) == collection_keys(FORM) == ()
    asked = {"series": {"dataset": "shops", "id_column": "shop", "value_column": "sales"}}
    options = picker_options(BATCH, asked, [SHOPS])
    assert offered(options, "series/groups/id_column") == ["shop", "town", "sales", "visits"]
    assert offered(options, "series/groups/value_column") == ["sales", "visits"]
    assert offered(options, "series/columns/dataset") == ["shops"]
    assert BATCH.read(BATCH.fill(asked))["series"] == asked["series"]


def test_columns_are_all_unless_some_are_chosen() -> None:
    asked = {"series": {"dataset": "shops"}}
    layout = BATCH.layout(asked, choices=picker_options(BATCH, asked, [SHOPS]))
    columns = at(layout, "series/columns/columns")
    assert isinstance(columns, dmc.MultiSelect)
    assert (columns.value, offered({"": columns.data}, "")) == ([], ["sales", "visits"])
    assert BATCH.read(BATCH.fill(asked))["series"] == {"dataset": "shops", "columns": None}


def test_another_dataset_keeps_what_it_also_has_and_guesses_the_rest() -> None:
    assert collection_choice(SHOPS, "columns", {"columns": ["visits", "gone"]}) == {"columns": ["visits"]}
    assert collection_choice(SHOPS, "groups", {"id_column": "town", "value_column": "gone"}) == {
        "id_column": "town",
        "value_column": "sales",
    }
    assert collection_choice(FLIGHT, "groups", {}) == {"id_column": "east", "value_column": "north"}
    assert collection_choice(None, "groups", {}) == {"id_column": None, "value_column": None}


def test_pasted_series_are_one_value_as_json() -> None:
    asked = {"series": [{"values": [1, None, 3], "name": "a"}, {"values": [2]}]}
    values = BATCH.fill(asked)
    assert BATCH.read(values)["series"] == asked["series"]
    problem = FieldProblem(loc=("series", 1, "values"), msg="too short")
    assert BATCH.place(values, [problem]).at == {"series/inline": "too short"}
    assert BATCH.read(values | {"series/inline": "[oops"})["series"] == "[oops"
