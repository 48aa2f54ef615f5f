"""Maps that are kept: bundled ones stay, saved ones come back as they were, names are taken once."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from compute.planning.route import find_route, prepare_ground
from compute.schema import RequestError
from services.jobs import open_engine
from services.maps import MapStore, NewMap
from services.maps.bundled import FOLDER, bundled_maps
from services.workspace import Workspace

ROOM = {"width": 5, "height": 4, "obstacles": [{"kind": "circle", "center": [2, 2], "radius": 0.5}]}


def new(name: str = "Yard", **fields: Any) -> NewMap:
    return NewMap.model_validate({"name": name, "map": ROOM, **fields})


def test_a_map_comes_back_as_it_was_kept_until_it_is_deleted(workspace: Workspace) -> None:
    kept = workspace.maps.add(new("  Yard ", start={"position": [1, 1]}))
    other = workspace.maps.add(new("Other", robot={"radius": 0.2, "max_velocity": 1, "max_acceleration": 1}))
    assert (kept.name, kept.obstacles, kept.kind, kept.goal) == ("Yard", 1, "saved", None)
    assert workspace.maps.get(kept.id) == kept
    assert workspace.maps.get(other.id) == other
    assert [each.id for each in workspace.maps.page()] == [other.id, kept.id, *bundled_maps()]
    assert workspace.maps.delete(kept.id)
    assert not workspace.maps.delete(kept.id)
    assert workspace.maps.get(kept.id) is None
    assert workspace.maps.add(new("Yard")).id != kept.id


@pytest.mark.parametrize("taken", ["Yard", "Office"])
def test_a_name_is_taken_once_and_bundled_maps_keep_theirs(workspace: Workspace, taken: str) -> None:
    workspace.maps.add(new("Yard"))
    with pytest.raises(RequestError) as caught:
        workspace.maps.add(new(taken))
    assert caught.value.problems[0].loc == ("name",)
    assert f"{taken!r} already" in caught.value.problems[0].msg


def test_what_one_process_keeps_another_finds(workspace: Workspace) -> None:
    kept = workspace.maps.add(new())
    engine = open_engine(workspace.settings.jobs_url)
    assert MapStore(engine).get(kept.id) == kept
    engine.dispose()


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 121])
def test_a_name_that_nobody_could_read_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        new(name)


@pytest.mark.parametrize("name", bundled_maps())
def test_a_bundled_map_has_a_way_for_its_robot_and_stays(workspace: Workspace, name: str) -> None:
    kept = workspace.maps.get(name)
    assert kept is not None
    assert kept.start is not None
    assert kept.goal is not None
    assert kept.robot is not None
    ground = prepare_ground(kept.map, kept.robot.radius)
    route = find_route(ground, np.array(kept.start.position), np.array(kept.goal.position))
    assert route.status == "found"
    assert not workspace.maps.delete(name)


def test_every_file_of_a_bundled_map_is_listed_with_its_licence() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(bundled_maps())
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert "CC0-1.0" in readme
    assert all(f"`{name}.json`" in readme for name in bundled_maps())
