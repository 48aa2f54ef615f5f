"""A form on a track offers the columns of the chosen dataset, in the order of their choosing."""

import dash_mantine_components as dmc

from components.form import Form
from components.series_picker import DatasetChoice, picker_extras, picker_options, series_keys, track_keys
from compute.forecast.request import ForecastRequest
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
