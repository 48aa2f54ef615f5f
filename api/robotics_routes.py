"""Maps: the list, one of them, keeping, deleting, importing and making them up; and quick routes. Plans are a task."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any

import orjson
from flask import request
from pydantic import Field, RootModel
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from api.answers import success
from api.dispatch import require_type, too_large, validate
from api.errors import ProblemError
from api.operations import BASE, JSON, Answer, Body, Operation
from compute.planning.quick_route.request import RouteRequest
from compute.planning.quick_route.result import RouteResult
from compute.planning.scene.generators import GeneratedScene, GenerateRequest, generate
from compute.schema import Record
from services.maps import ImportedScene, KeptMap, MapSummary, NewMap, read_scene
from services.maps.importing import MAX_BYTES, MAX_FILES
from services.routes import NoRouteYetError, RouteService
from services.workspace import Workspace

TAG = "Maps"
ALL = f"{BASE}/robotics/maps"
FORM = "multipart/form-data"
FORM_BYTES = MAX_BYTES + 2**16
MAX_PARTS = 2 * MAX_FILES
EXAMPLE = {
    "name": "Two pillars",
    "map": {
        "width": 12,
        "height": 8,
        "obstacles": [
            {"kind": "circle", "id": "pillar", "center": [4, 4.5], "radius": 1},
            {"kind": "rectangle", "id": "column", "center": [8, 3], "size": [1, 1]},
        ],
    },
    "start": {"position": [1, 4]},
    "goal": {"position": [11, 4]},
}
ROUTE_EXAMPLE = {name: EXAMPLE[name] for name in ("map", "start", "goal")} | {
    "robot": {"radius": 0.3, "max_velocity": 1.5, "max_acceleration": 2}
}
ROUTE_BYTES = 2 * 2**20  # a million cells: more is no quick route
RETRY_S = "1"


class MapList(RootModel[tuple[MapSummary, ...]]):
    """Saved maps, newest first, then the bundled ones."""


class MapForm(Record):
    """A file that holds a map, or two that belong together."""

    file: str = Field(
        description="A MovingAI `.map`, a ROS `.pgm`, or a scene or request as JSON. Parts may have any names.",
        json_schema_extra={"format": "binary"},
    )
    yaml: str = Field(default="", description="The `.yaml` beside a `.pgm`.", json_schema_extra={"format": "binary"})


def robotics_operations(workspace: Workspace, routes: RouteService) -> Sequence[Operation]:
    """Return what can be done with maps, and the quick route."""
    one = f"{ALL}/{{map_id}}"
    return (
        Operation(
            name="find_route",
            method="POST",
            path=f"{BASE}/robotics/route",
            summary="Find the shortest way at once",
            description="The exact shortest way of the robot among what is at rest, other ways round, and how clear of "
            "everything it is; or the proof that there is none. No job: answered within 2 s or not at all. What moves "
            f"is left out: that is for `POST {BASE}/robotics/plan`.",
            handle=partial(_route, routes),
            tag="Work",
            body=Body(JSON, RouteRequest, ROUTE_EXAMPLE, max_bytes=ROUTE_BYTES),
            answers=(Answer(200, "The way, or why there is none.", RouteResult),),
            problems=("too-large", "media-type", "invalid"),
        ),
        Operation(
            name="list_maps",
            method="GET",
            path=ALL,
            summary="List maps",
            handle=partial(_list, workspace),
            tag=TAG,
            answers=(Answer(200, "Maps, without what is in them.", MapList),),
        ),
        Operation(
            name="save_map",
            method="POST",
            path=ALL,
            summary="Save a map under a name",
            description="With start, goal and robot, if they belong to it. A name that is taken is refused.",
            handle=partial(_save, workspace),
            tag=TAG,
            body=Body(JSON, NewMap, EXAMPLE, max_bytes=MAX_BYTES),
            answers=(Answer(201, "The map.", KeptMap, headers={"Location": "Where it is."}),),
            problems=("too-large", "media-type", "invalid"),
        ),
        Operation(
            name="get_map",
            method="GET",
            path=one,
            summary="Look at a map",
            handle=partial(_get, workspace),
            tag=TAG,
            answers=(Answer(200, "The map with all that is in it.", KeptMap),),
        ),
        Operation(
            name="delete_map",
            method="DELETE",
            path=one,
            summary="Delete a saved map",
            handle=partial(_delete, workspace),
            tag=TAG,
            answers=(Answer(204, "It is gone.", media_type=None),),
            problems=("conflict",),
        ),
        Operation(
            name="generate_map",
            method="POST",
            path=f"{ALL}/generate",
            summary="Make a map up",
            description="From a seed: equal requests give equal maps. Nothing is kept.",
            handle=_generate,
            tag=TAG,
            body=Body(JSON, GenerateRequest, {"kind": "maze", "width": 21, "height": 15, "seed": 7}, max_bytes=2**16),
            answers=(Answer(200, "The map, with a start and a goal.", GeneratedScene),),
            problems=("too-large", "media-type", "invalid"),
        ),
        Operation(
            name="import_map",
            method="POST",
            path=f"{ALL}/import",
            summary="Read a map of another program",
            description=f"A multipart form with one file, or with a picture and its `.yaml`, {MAX_BYTES // 2**20} MiB "
            "in all. What they are is found out from what is in them. Nothing is kept.",
            handle=_import,
            tag=TAG,
            body=Body(FORM, MapForm, max_bytes=FORM_BYTES),
            answers=(Answer(200, "The map, with a start and a goal where the file has them.", ImportedScene),),
            problems=("too-large", "media-type", "invalid"),
            curl=f"curl -F file=@map.pgm -F yaml=@map.yaml http://localhost:8050{ALL}/import",
        ),
    )


def _route(routes: RouteService, body: dict[str, Any]) -> Response:
    try:
        found = routes.ask(body)
    except NoRouteYetError as error:
        detail = f"{error}; ask again in a second, or use POST {BASE}/robotics/plan, which takes its time"
        raise ProblemError("unavailable", detail, headers={"Retry-After": RETRY_S}) from error
    return success(orjson.Fragment(found), device="cpu")


def _list(workspace: Workspace) -> Response:
    return success([each.model_dump(mode="json") for each in workspace.maps.page()])


def _save(workspace: Workspace, body: dict[str, Any]) -> Response:
    kept = workspace.maps.add(validate(NewMap, body))
    return success(kept, status=201, headers={"Location": f"{ALL}/{kept.id}"})


def _get(workspace: Workspace, map_id: str) -> Response:
    return success(_find(workspace, map_id))


def _delete(workspace: Workspace, map_id: str) -> Response:
    if _find(workspace, map_id).kind == "bundled":
        raise ProblemError("conflict", f"{map_id} is a bundled map, which stays; save a copy under another name")
    workspace.maps.delete(map_id)
    return Response(status=204)


def _find(workspace: Workspace, map_id: str) -> KeptMap:
    kept = workspace.maps.get(map_id)
    if kept is None:
        raise ProblemError("not-found", f"there is no map {map_id[:80]!r}; {ALL} lists those there are")
    return kept


def _generate(body: dict[str, Any]) -> Response:
    return success(generate(validate(GenerateRequest, body)))


def _import() -> Response:
    require_type(FORM)
    if (request.content_length or 0) > FORM_BYTES:
        raise too_large(FORM_BYTES)
    request.max_content_length = FORM_BYTES
    request.max_form_memory_size = FORM_BYTES
    request.max_form_parts = MAX_PARTS
    try:
        files = _files()
    except RequestEntityTooLarge as error:
        raise too_large(FORM_BYTES) from error
    return success(read_scene(files))


def _files() -> Mapping[str, bytes]:
    """Return what the form holds by name of the file, empty parts left out; a part without a file is one by itself."""
    parts = []
    for name, part in request.files.items(multi=True):
        with closing(part):
            parts.append((part.filename or name, part.read()))
    parts += [(name, text.encode("utf-8", "replace")) for name, text in request.form.items(multi=True)]
    return {f"{at} {name}" if name in dict(parts[:at]) else name: body for at, (name, body) in enumerate(parts) if body}
