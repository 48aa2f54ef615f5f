"""Files of others as a scene: MovingAI maps, ROS occupancy maps in two files, scenes as JSON. What they are is told by
what is in them, not by what they are called."""

import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError

from compute.planning.formats import read_map, read_occupancy
from compute.planning.scene import Goal, Grid, Map, Robot, Start
from compute.schema import FieldProblem, Record, RequestError, field_problems

MAX_BYTES = 16 * 2**20  # of all files: a grid of the most cells there may be, with room to spare
MAX_FILES = 2
FIELD = "file"
SCENE = ("map", "start", "goal", "robot")
_FORMATS = "a MovingAI map (.map), a ROS map (.pgm and .yaml), or a scene as JSON"


class ImportedScene(Record):
    """What files hold: a map, and a start and a goal where they name them."""

    name: str
    map: Map
    start: Start | None = None
    goal: Goal | None = None
    robot: Robot | None = None


def read_scene(files: Mapping[str, bytes]) -> ImportedScene:
    """Return the scene in files, by their names; RequestError says what cannot be read, and what can."""
    if not files:
        raise _refused(f"there is no file; send {_FORMATS}")
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_BYTES:
        raise _refused(f"{len(files)} files of {sum(map(len, files.values()))} bytes in all are refused; send at most "
                       f"{MAX_FILES} of {MAX_BYTES} bytes together")  # fmt: skip
    try:
        return _read(files)
    except RequestError:
        raise
    except ValidationError as error:
        raise RequestError([_at_file(problem) for problem in field_problems(error, {})[:1]]) from error
    except ValueError as error:
        raise _refused(f"the file cannot be read ({str(error)[:200]}); send {_FORMATS}") from error


def _read(files: Mapping[str, bytes]) -> ImportedScene:
    pictures = {name: body for name, body in files.items() if body[:2] in (b"P2", b"P5")}
    if pictures:
        (name, picture), *more = pictures.items()
        texts = [body for other, body in files.items() if other not in pictures]
        if more or not texts:
            raise _refused(f"{name} is a picture without its meaning; send the .yaml of the map beside it")
        return _of_grid(name, read_occupancy(picture, _text(texts[0])))
    if len(files) > 1:
        raise _refused(f"{' and '.join(files)} do not belong together; send {_FORMATS}")
    ((name, body),) = files.items()
    text = _text(body)
    if text.lstrip()[:1] == "{":
        return _of_json(name, text)
    if text.startswith("type"):
        return _of_grid(name, read_map(text))
    raise _refused(f"{name} is none of the files that are known here; send {_FORMATS}")


def _of_grid(name: str, grid: Grid) -> ImportedScene:
    columns, rows = grid.shape
    world = Map(width=columns * grid.resolution, height=rows * grid.resolution, origin=grid.origin, obstacles=(grid,))
    return ImportedScene(name=_stem(name), map=world)


def _of_json(name: str, text: str) -> ImportedScene:
    """Return a scene: `{map, start, goal, robot}`, a request of a plan or a run, an answer of this API, or a map."""
    try:
        data: Any = json.loads(text)
    except RecursionError:
        raise _refused("the JSON is nested too deeply") from None
    for wrapper in ("data", "plan"):
        data = data[wrapper] if isinstance(data.get(wrapper), dict) else data
    if "map" not in data and {"width", "height"} <= set(data):
        data = {"map": data}
    if "map" not in data:
        raise _refused("the JSON has neither a 'map' nor a 'width' and a 'height'; send a scene or a map")
    kept = {part: data[part] for part in SCENE if data.get(part) is not None}
    title = data.get("name")
    named = title.strip() if isinstance(title, str) and title.strip() else _stem(name)
    try:
        return ImportedScene.model_validate(kept | {"name": named})
    except ValidationError as error:
        raise RequestError([_at_file(problem) for problem in field_problems(error, kept)]) from error


def _at_file(problem: FieldProblem) -> FieldProblem:
    return FieldProblem(loc=(FIELD, *problem.loc), msg=problem.msg)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(f"the file is no text; send {_FORMATS}") from None


def _stem(name: str) -> str:
    stem = "".join(letter for letter in PurePath(name.replace("\\", "/")).stem if letter.isprintable()).strip()
    return stem[:100] or "imported map"


def _refused(message: str) -> RequestError:
    return RequestError.at(FIELD, msg=message)
