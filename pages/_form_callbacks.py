"""What happens in a form of a job page: parts unfold as they are chosen, problems stand at their fields and go."""

from typing import Any

from dash import ALL, MATCH, ClientsideFunction, Input, Output, State, clientside_callback, ctx, no_update

from components.form import PlacedProblems, problem_alert
from pages._job_records import JobPage


def form_outputs(page: JobPage) -> dict[str, Output]:
    """Return where problems of a request are told."""
    form = page.form
    return {
        "errors": Output(form.all_fields, "error", allow_duplicate=True),
        "flag_errors": Output(form.all_flags, "error", allow_duplicate=True),
        "alert": Output(form.part("alert"), "children", allow_duplicate=True),
    } | ({"fold": Output(form.part("advanced"), "open", allow_duplicate=True)} if form.advanced else {})


def form_states(page: JobPage) -> dict[str, State]:
    """Return what is told there now."""
    return {
        "errors": State(page.form.all_fields, "error"),
        "flag_errors": State(page.form.all_flags, "error"),
    }


def form_updates(page: JobPage, placed: PlacedProblems, shown: dict[str, list[str | None]]) -> dict[str, Any]:
    """Return each problem for the control it blames, in the order in which Dash asks for them.

    A control that has no problem and had none is left alone: each change is work for every component of the page.
    """
    grouping = ctx.outputs_grouping["form"]
    updates: dict[str, Any] = {"alert": problem_alert(placed.elsewhere)}
    for name, key in (("errors", "field"), ("flag_errors", "flag")):
        found = [placed.at.get(each["id"][key]) for each in grouping[name]]
        updates[name] = [now if now or was else no_update for now, was in zip(found, shown[name], strict=True)]
    return updates | ({"fold": page.form.blames_advanced(placed) or no_update} if page.form.advanced else {})


def register_form_callbacks() -> None:
    """Register what all forms share; once."""
    # These set what changes by themselves. As outputs, all of them would be written at every key, changed or not.
    clientside_callback(
        ClientsideFunction("form", "showVariants"),
        Input({"form": MATCH, "field": ALL}, "value"),
        Input({"form": MATCH, "tab": ALL}, "value"),
        State({"form": MATCH, "variant": ALL, "selector": ALL, "tag": ALL}, "id"),
        State({"form": MATCH, "field": ALL}, "id"),
        State({"form": MATCH, "tab": ALL}, "id"),
        State({"form": MATCH, "variant": ALL, "selector": ALL, "tag": ALL}, "hidden"),
        State({"form": MATCH, "store": "folded"}, "data"),
        prevent_initial_call=True,
    )
    clientside_callback(
        ClientsideFunction("form", "forgetErrors"),
        Input({"form": MATCH, "field": ALL}, "value"),
        State({"form": MATCH, "field": ALL}, "error"),
        prevent_initial_call=True,
    )
    clientside_callback(
        ClientsideFunction("form", "showFirstError"),
        Input({"form": MATCH, "field": ALL}, "error"),
        State({"form": MATCH, "field": ALL}, "id"),
        prevent_initial_call=True,
    )
