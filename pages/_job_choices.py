"""What is chosen on a job page beside its request: the columns of a dataset, a result to compare with."""

from typing import Any

from dash import Input, Output, State, callback, ctx, no_update

from components.asset_picker import asset_keys, names_assets
from components.series_picker import (
    collection_choice,
    collection_keys,
    collection_options,
    column_key,
    column_options,
    columns_key,
    dataset_key,
    member_key,
    series_keys,
    time_column_key,
    track_keys,
)
from pages._job_page import datasets
from pages._job_records import JobPage

MAX_ROWS = 20  # of a list whose records take a series: callbacks are registered before anybody opens the page


def register_choices(page: JobPage) -> None:
    """Let the column pickers follow the dataset picker."""
    form = page.form
    for series in series_keys(form, MAX_ROWS):

        @callback(
            output={
                "options": Output({"form": form.name, "field": column_key(series)}, "data"),
                "chosen": Output({"form": form.name, "field": column_key(series)}, "value"),
            },
            inputs={"dataset": Input({"form": form.name, "field": dataset_key(series)}, "value")},
            state={"column": State({"form": form.name, "field": column_key(series)}, "value")},
            prevent_initial_call=True,
        )
        def offer_columns(dataset: str | None, column: str | None) -> dict[str, Any]:
            """Offer the number columns of the chosen dataset; choose its first unless the column is there too."""
            chosen = next((each for each in datasets() if each.id == dataset), None)
            names = chosen.columns if chosen else ()
            return {"options": column_options(chosen), "chosen": column if column in names else next(iter(names), None)}

    for track in track_keys(form):

        @callback(
            output={
                "options": Output({"form": form.name, "field": columns_key(track)}, "data"),
                "chosen": Output({"form": form.name, "field": columns_key(track)}, "value"),
                "times": Output({"form": form.name, "field": time_column_key(track)}, "data"),
                "time": Output({"form": form.name, "field": time_column_key(track)}, "value"),
            },
            inputs={"dataset": Input({"form": form.name, "field": dataset_key(track)}, "value")},
            state={
                "columns": State({"form": form.name, "field": columns_key(track)}, "value"),
                "time": State({"form": form.name, "field": time_column_key(track)}, "value"),
            },
            prevent_initial_call=True,
        )
        def offer_axes(dataset: str | None, columns: list[str] | None, time: str | None) -> dict[str, Any]:
            """Offer the number columns of the chosen dataset; choose its first two unless those chosen are there."""
            chosen = next((each for each in datasets() if each.id == dataset), None)
            names = chosen.columns if chosen else ()
            kept = [name for name in columns or () if name in names]
            options = column_options(chosen)
            return {
                "options": options,
                "chosen": kept if len(kept) > 1 else list(names[:2]),
                "times": options,
                "time": time if time in names else None,
            }

    for key in asset_keys(form):
        _register_assets(page, key)

    for collection in collection_keys(form):
        for shape in ("columns", "groups"):
            _register_collection(form.name, collection, shape)


def _register_assets(page: JobPage, key: str) -> None:
    """Let the pickers and the names of assets follow the dataset picker."""
    form = page.form
    columns = {"form": form.name, "field": columns_key(key)}

    @callback(
        output={"options": Output(form.all_fields, "data"), "chosen": Output(columns, "value")},
        inputs={"dataset": Input({"form": form.name, "field": dataset_key(key)}, "value")},
        state={"held": State(columns, "value")},
        prevent_initial_call=True,
    )
    def offer_assets(dataset: str | None, held: list[str] | None) -> dict[str, Any]:
        """Offer the number columns of the chosen dataset, and its names where assets are named."""
        chosen = next((each for each in datasets() if each.id == dataset), None)
        names = list(chosen.columns) if chosen else []
        keys = [each["id"]["field"] for each in ctx.outputs_grouping["options"]]
        offered = {name: names for name in keys if names_assets(form, name)} | {
            columns_key(key): column_options(chosen)
        }
        return {
            "options": [offered.get(name, no_update) for name in keys],
            "chosen": [name for name in held or () if name in names],
        }


def _register_collection(form: str, collection: str, shape: str) -> None:
    """Let the column pickers of one shape of a field of many series follow its dataset picker."""
    names = tuple(collection_options(None, shape))

    def at(name: str) -> dict[str, str]:
        return {"form": form, "field": member_key(collection, shape, name)}

    @callback(
        output={
            "options": {name: Output(at(name), "data") for name in names},
            "chosen": {name: Output(at(name), "value") for name in names},
        },
        inputs={"dataset": Input(at("dataset"), "value")},
        state={"held": {name: State(at(name), "value") for name in names}},
        prevent_initial_call=True,
    )
    def offer_members(dataset: str | None, held: dict[str, Any]) -> dict[str, Any]:
        """Offer the columns of the chosen dataset; choose what is likely meant unless those chosen are there."""
        chosen = next((each for each in datasets() if each.id == dataset), None)
        return {
            "options": collection_options(chosen, shape),
            "chosen": collection_choice(chosen, shape, held),
        }


def register_comparison(page: JobPage) -> None:
    """Draw the result that is chosen beside the one that is shown."""

    @callback(
        output={"current": Output(page.part("current"), "data", allow_duplicate=True)},
        inputs={"other": Input(page.part("compare"), "value")},
        state={"current": State(page.part("current"), "data")},
        prevent_initial_call=True,
    )
    def compare(other: str | None, current: dict[str, Any] | None) -> dict[str, Any]:
        """Draw the chosen result beside the one that is shown."""
        if not current or (other or None) == current["compare"]:
            return {"current": no_update}
        return {"current": {**current, "compare": other or None, "address": "replace"}}
