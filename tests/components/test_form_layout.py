"""What a form shows comes from the schema."""

from collections.abc import Iterator
from typing import Any, get_args

import dash_mantine_components as dmc
import pytest
from dash import dcc
from dash.development.base_component import Component

from components.form import Form
from components.series_picker import DatasetChoice, picker_extras, picker_options, suggested_columns
from compute.forecast import Arima, ForecastRequest, Model
from compute.portfolio.risk.request import METHODS
from compute.schema import FieldProblem
from services.tasks import TASKS, Task

FORECAST = Form("forecast", ForecastRequest, advanced=("n_bootstrap", "seed"))
EXAMPLE = TASKS["forecast"].example
DATASETS = (
    DatasetChoice(id="air-passengers", name="Air passengers", rows=144, columns=("passengers",), is_sample=True),
    DatasetChoice(id="words", name="Only words", rows=3, columns=()),
)


def all_of(component: Any) -> Iterator[Component]:
    """The component and everything in it, what is drawn only once it is chosen included."""
    for inner in seen_in(component):
        yield inner
        if isinstance(inner, dcc.Store) and isinstance(inner.id, dict) and inner.id.get("store") == "folded":
            for folded in inner.data.values():
                yield from all_of(folded)


def seen_in(component: Any) -> Iterator[Component]:
    """The component and everything that the browser draws in it at once."""
    yield component
    for _, inner in component._traverse_with_paths():
        if isinstance(inner, Component):
            yield inner


def keys_of(parts: Iterator[Component]) -> list[str]:
    """The keys of the controls among `parts`."""
    ids = [part.id for part in parts if isinstance(getattr(part, "id", None), dict)]
    keys = [each.get("field") or each.get("tab") or each.get("flag") for each in ids]
    return [key for key in keys if key]


def at(layout: Any, key: str) -> Any:
    return next(
        part for part in all_of(layout) if isinstance(getattr(part, "id", None), dict) and part.id.get("field") == key
    )


def test_an_optional_name_of_an_asset_is_a_line_of_text_that_completes() -> None:
    task = TASKS["risk"]
    control = at(
        Form(task.kind, task.request).layout(task.example, choices={"assets": [{"value": "Oak", "label": "Oak"}]}),
        "benchmark",
    )
    assert isinstance(control, dmc.Autocomplete)


def test_a_few_values_of_which_any_may_be_chosen_are_boxes_to_be_ticked() -> None:
    task = TASKS["risk"]
    form = Form(task.kind, task.request)
    control = at(form.layout({**task.example, "methods": ["monte_carlo", "historical"]}), "methods")
    assert isinstance(control, dmc.CheckboxGroup)
    assert control.value == ["monte_carlo", "historical"]
    assert [box.label for box in seen_in(control) if isinstance(box, dmc.Checkbox)] == list(METHODS.values())


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS.keys())
def test_every_value_has_exactly_one_control(task: Task) -> None:
    form = Form(task.kind, task.request)
    assert sorted(keys_of(all_of(form.layout(task.example)))) == sorted(form.fill(task.example))


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS.keys())
def test_what_is_seen_at_once_is_read_back_as_the_request(task: Task) -> None:
    form = Form(task.kind, task.request)
    values, seen = form.fill(task.example), set(keys_of(seen_in(form.layout(task.example))))
    assert form.read({key: value for key, value in values.items() if key in seen}) == form.read(values)


def test_title_help_unit_bounds_and_default_come_from_the_schema() -> None:
    horizon = at(FORECAST.layout(EXAMPLE), "horizon")
    field = ForecastRequest.model_fields["horizon"]
    assert horizon.label[0] == field.title
    assert horizon.label[1].children == " (steps)"
    assert horizon.description == field.description
    assert (horizon.min, horizon.max, horizon.value) == (1, 10_000, field.default)


def test_symbols_tell_their_meaning_to_screen_readers_and_on_hover() -> None:
    layout = FORECAST.layout(EXAMPLE)
    order = at(layout, "model/arima/p")
    assert getattr(order, "aria-label") == f"p: {Arima.model_fields['p'].description}"
    assert any(isinstance(part, dmc.Tooltip) and part.children is order for part in all_of(layout))


def test_only_the_chosen_variant_is_visible() -> None:
    layout = FORECAST.layout(dict(EXAMPLE) | {"model": {"kind": "naive"}})
    hidden = {
        part.id["variant"]: part.hidden
        for part in all_of(layout)
        if isinstance(getattr(part, "id", None), dict) and part.id.get("variant", "").startswith(("model", "series"))
    }
    models = {f"model/{member.model_fields['kind'].default}": True for member in get_args(get_args(Model)[0])}
    assert hidden == models | {"series/inline": True, "series/dataset": False, "model/naive": False}


def test_rows_of_one_kind_of_record_unfold_one_at_a_time() -> None:
    row = {"series": {"dataset": "air-passengers", "column": "passengers"}, "future": [1.0, 2.0]}
    layout = FORECAST.layout(dict(EXAMPLE) | {"regressors": [row]})
    hidden = {
        part.id["variant"]: part.hidden
        for part in all_of(layout)
        if isinstance(getattr(part, "id", None), dict) and part.id.get("variant", "").startswith("regressors")
    }
    assert hidden["regressors/0/record"] is False
    assert (hidden["regressors/1"], hidden["regressors/1/record"], hidden["regressors/2"]) == (False, True, True)
    assert at(layout, "regressors/0/record/future").value == "1\n2"
    chooser = at(layout, "regressors/1/form")
    assert (chooser.value, chooser.placeholder) == (None, "None")
    assert chooser.data == [{"value": "record", "label": "A series that explains"}]


def test_an_empty_row_suggests_another_column_of_the_dataset_that_is_asked_about() -> None:
    weather = DatasetChoice(id="load", name="Load", rows=9, columns=("load", "temperature"))
    asked = {"series": {"dataset": "load", "column": "load"}}
    suggested = suggested_columns(FORECAST, asked, (*DATASETS, weather))
    layout = FORECAST.layout(asked, choices=picker_options(FORECAST, asked, [weather]), suggestions=suggested)
    assert at(layout, "regressors/0/record/series/dataset/dataset").value == "load"
    column = at(layout, "regressors/0/record/series/dataset/column")
    assert column.value == "temperature"
    assert [option["value"] for option in column.data] == ["load", "temperature"]
    assert FORECAST.read(FORECAST.fill(asked) | suggested)["regressors"] == []


def test_models_of_a_comparison_are_offered_by_title_with_what_was_changed() -> None:
    task = TASKS["backtest"]
    data = dict(task.example) | {"models": [{"kind": "seasonal_naive"}, {"kind": "arima", "p": 5, "constant": True}]}
    picker = at(Form(task.kind, task.request).layout(data), "models")
    labels = {option["value"]: option["label"] for option in picker.data}
    assert [labels[text] for text in picker.value] == ["Seasonal naive", "ARIMA (p 5, constant True)"]
    assert {"Naive", "ARIMA"} <= set(labels.values())


def test_problems_given_to_the_layout_stand_at_their_control() -> None:
    layout = FORECAST.layout(EXAMPLE, problems=[FieldProblem(loc=("seed",), msg="is too big")])
    assert at(layout, "seed").error == "is too big"
    fold = next(part for part in all_of(layout) if getattr(part, "id", None) == FORECAST.part("advanced"))
    assert fold.open is True


def test_datasets_without_numbers_are_not_offered() -> None:
    options = picker_options(FORECAST, EXAMPLE, DATASETS)
    assert options["series/dataset/dataset"] == [{"value": "air-passengers", "label": "Air passengers (144 rows)"}]
    assert options["series/dataset/column"] == [{"value": "passengers", "label": "passengers"}]


def test_a_deleted_dataset_stays_chosen() -> None:
    gone = {"series": {"dataset": "gone", "column": "x"}}
    layout = FORECAST.layout(
        gone, choices=picker_options(FORECAST, gone, DATASETS), extras=picker_extras(FORECAST, "/datasets")
    )
    picker = at(layout, "series/dataset/dataset")
    assert picker.value == "gone"
    assert picker.data[-1] == {"value": "gone", "label": "gone"}
