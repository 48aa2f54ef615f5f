"""The drawing board on the pages of motion: its box and stores, and what the browser is told of form and job."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html
from dash.development.base_component import Component

from components.attributes import aria
from components.page_tabs import page_links
from components.scene import board
from components.scene.layers import Layers
from components.tables import shown_number
from pages._copy_as import API
from pages._job_records import JobPage
from services.export import TABLES
from services.jobs import Job

PLAN: Final = "motion"
DRIVE: Final = "motion-run"
PARTS: Final = ("map", "start", "goal")


def _way_to(page: str) -> str:
    """Return the address of a page to which the scene that was drawn comes along."""
    return f"/{page}?carry=1"


_WAYS: Final = (("Plan", _way_to(PLAN)), ("Drive it", _way_to(DRIVE)))


def whole_keys(prefix: str) -> tuple[str, ...]:
    """Return the keys of the form's fields that the board draws; they lie below `prefix`."""
    return tuple(f"{prefix}{name}" for name in PARTS)


def stage(name: str, prefix: str) -> Sequence[Component]:
    """Return what stands above the results of a page of motion: the switch between the two, and the board."""
    links = page_links(_WAYS, _way_to(name), "", "")
    return [
        html.Nav(links, className="la-scene-switch", **aria(label="Plan or drive")),
        board(name),
        dcc.Store(id={"page": name, "board": "prefix"}, data=prefix),
        *(dcc.Store(id={"page": name, "board": each}) for each in ("read", "answered", "followed", "blamed")),
    ]


def drawn(page: str, layers: Layers) -> dcc.Store:
    """Return what was found, for the board."""
    return dcc.Store(id={"page": page, "part": "drawn"}, data=layers.as_json())


def register_board(page: JobPage, prefix: str) -> None:
    """Let the board follow form, job and result; once per page."""
    fields = page.form.all_fields

    def told(name: str) -> Output:
        return Output({"page": page.name, "board": name}, "data")

    names = [State({"page": page.name, "board": "read"}, "id"), State({"page": page.name, "board": "prefix"}, "data")]
    clientside_callback(
        ClientsideFunction("scene", "read"), told("read"), Input(fields, "value"), State(fields, "id"), *names
    )
    clientside_callback(
        ClientsideFunction("scene", "answer"), told("answered"), Input(page.part("drawn"), "data"), names[0]
    )
    clientside_callback(
        ClientsideFunction("scene", "follow"), told("followed"), Input(page.part("seen"), "data"), names[0]
    )
    clientside_callback(
        ClientsideFunction("scene", "blame"), told("blamed"), Input(fields, "error"), State(fields, "id"), *names
    )


def scene_words(request: Mapping[str, Any]) -> str:
    """Return the scene of a listed request in a few words; lists in it may be cut short."""
    world, ends = request.get("map", {}), [request.get(name, {}).get("position", ()) for name in ("start", "goal")]
    size = " × ".join(shown_number(world.get(name)) for name in ("width", "height"))
    begin, end = (", ".join(shown_number(value, 3) for value in place[:2]) for place in ends)
    return f"{size} m, ({begin}) to ({end})"


def table_address(job: Job) -> str | None:
    """Return where the motion of a job is as CSV; None for a kind that has no table."""
    return f"{API}/jobs/{job.id}/result?format=csv" if job.kind in TABLES else None
