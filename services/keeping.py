"""Commands that keep something under a name: portfolios and maps, files of others among them, and maps made up."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from compute.planning.scene.generators import GeneratedScene, GenerateRequest, generate
from compute.schema import RequestError, field_problems
from services.command_options import json_argument, option_leaves, request_from_options
from services.maps import NewMap, read_scene
from services.saved_portfolios import parse_portfolio
from services.saved_portfolios.history import check_history
from services.workspace import Workspace

_KIND = "kind"


def add_keeping(groups: Mapping[str, Any], command: Callable[..., int]) -> None:
    """Add the commands to the groups of their stores; `command` is called with options whose `run` does the work."""
    saving = groups["portfolios"].add_parser("save", help="save a portfolio under a name")
    saving.set_defaults(command=command, run=_save_portfolio)
    saving.add_argument("request", help="as JSON, @FILE or - for standard input")
    importing = groups["maps"].add_parser("import", help="save the map in a file of another program")
    importing.set_defaults(command=command, run=_import)
    importing.add_argument("files", nargs="+", metavar="FILE", help="a .map, a .pgm and its .yaml, or a scene as .json")
    importing.add_argument("--name", default=None, help="under which it is kept; that of the file when absent")
    making = groups["maps"].add_parser("generate", help="make a map up: print it as JSON, or save it")
    making.set_defaults(command=command, run=_generate)
    making.add_argument(_KIND, choices=GenerateRequest.model_json_schema()["properties"][_KIND]["enum"])
    for leaf in option_leaves(GenerateRequest):
        if leaf.path != _KIND:
            making.add_argument(
                f"--{leaf.path.replace('_', '-')}",
                dest=leaf.path,
                metavar=leaf.metavar,
                default=argparse.SUPPRESS,
                help=leaf.help.replace("%", "%%"),
            )
    making.add_argument("--save", metavar="NAME", default=None, help="keep it under this name, and print its id")


def _save_portfolio(options: argparse.Namespace, workspace: Workspace) -> str:
    new = parse_portfolio(json_argument(options.request))
    check_history(new, workspace.datasets)
    return workspace.portfolios.add(new).id


def _import(options: argparse.Namespace, workspace: Workspace) -> str:
    return workspace.maps.add(_read_files(options.files, options.name)).id


def _generate(options: argparse.Namespace, workspace: Workspace) -> str:
    scene = _made_up(options)
    if options.save is None:
        return scene.model_dump_json(indent=2)
    return workspace.maps.add(NewMap(name=options.save, source="made up", **dict(scene))).id


def _read_files(files: Sequence[str], name: str | None) -> NewMap:
    """Return the map in files; raise RequestError for what cannot be read."""
    bodies = {}
    for file in files:
        try:
            bodies[Path(file).name] = Path(file).read_bytes()
        except OSError as error:
            raise RequestError.at("file", msg=f"{file} cannot be read: {error.strerror}") from error
    scene = read_scene(bodies)
    return NewMap(
        name=name or scene.name,
        source=f"imported from {' and '.join(bodies)}"[:200],
        **{part: getattr(scene, part) for part in ("map", "start", "goal", "robot")},
    )


def _made_up(options: argparse.Namespace) -> GeneratedScene:
    """Return the scene that options ask for; raise RequestError with each that is wrong."""
    given = [(leaf, getattr(options, leaf.path)) for leaf in option_leaves(GenerateRequest) if leaf.path in options]
    data = request_from_options({}, given)
    try:
        return generate(GenerateRequest.model_validate(data))
    except ValidationError as error:
        raise RequestError(field_problems(error, data)) from error
