"""Files of others become a scene, whatever they are called; what cannot be read is named with what can."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compute.planning.scene import Grid
from compute.schema import RequestError
from services.maps import read_scene
from services.maps.importing import MAX_BYTES

CELLS = b"type octile\nheight 2\nwidth 3\nmap\n.@.\n...\n"
PGM = b"P5\n3 2\n255\n" + bytes([255, 0, 255, 255, 255, 255])
YAML = b"resolution: 0.5\norigin: [-1, 2, 0]\nnegate: 0\n"
SCENE = {"map": {"width": 4, "height": 3}, "start": {"position": [1, 1]}, "goal": {"position": [3, 2]}}


def refusal(files: dict[str, bytes]) -> str:
    with pytest.raises(RequestError) as caught:
        read_scene(files)
    assert caught.value.problems[0].loc[0] == "file"
    return caught.value.problems[0].msg


def test_a_movingai_map_becomes_a_grid_of_metres() -> None:
    scene = read_scene({"arena one.map": CELLS})
    assert (scene.name, scene.map.width, scene.map.height, scene.start) == ("arena one", 3, 2, None)
    (grid,) = scene.map.obstacles
    assert isinstance(grid, Grid)
    assert grid.rows == (".@.", "...")


@pytest.mark.parametrize("order", [("hall.pgm", "hall.yaml"), ("hall.yaml", "hall.pgm")])
def test_a_picture_and_its_yaml_become_a_grid_where_the_yaml_says(order: tuple[str, str]) -> None:
    bodies = {"hall.pgm": PGM, "hall.yaml": YAML}
    scene = read_scene({name: bodies[name] for name in order})
    assert (scene.name, scene.map.width, scene.map.height, scene.map.origin) == ("hall", 1.5, 1.0, (-1.0, 2.0))


@pytest.mark.parametrize(
    "data",
    [
        SCENE,
        {"data": {**SCENE, "id": "x", "kind": "saved"}, "metadata": {}},
        {"plan": {**SCENE, "seed": 3}, "mode": "track"},
        SCENE["map"],
    ],
)
def test_json_may_be_a_scene_an_answer_a_request_or_a_map(data: object) -> None:
    scene = read_scene({"yard.json": json.dumps(data).encode()})
    assert (scene.map.width, scene.name) == (4, "yard")
    assert (scene.start is None) == (data is SCENE["map"])


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "there is no file"),
        ({"a.pgm": PGM}, "send the .yaml"),
        ({"a.pgm": PGM, "b.pgm": PGM}, "send the .yaml"),
        ({"a.map": CELLS, "b.map": CELLS}, "do not belong together"),
        ({"a.map": CELLS, "b.map": CELLS, "c.map": CELLS}, "3 files"),
        ({"a.map": b"." * (MAX_BYTES + 1)}, "are refused"),
        ({"a.map": b"type octile\nheight 0\nwidth 0\nmap\n"}, "no cells"),
        ({"a.map": CELLS.replace(b"@", b"?")}, "'?'"),
        ({"a.map": CELLS.replace(b"width 3", b"width 4")}, "header promises"),
        ({"a.png": b"\x89PNG\r\n"}, "no text"),
        ({"a.txt": b"hello"}, "none of the files"),
        ({"a.json": b"{"}, "cannot be read"),
        ({"a.json": b"{}"}, "neither a 'map'"),
        ({"a.json": b'{"map": {"width": 4}}'}, "required"),
        ({"a.json": b'{"map": {"width": NaN, "height": 3}}'}, "nan is refused"),
        ({"a.json": b'{"map": 3}'}, "refused"),
        ({"a.pgm": b"P5\n" + b"9" * 5000 + b" 1\n255\n", "a.yaml": YAML}, "cannot be read"),
        ({"a.pgm": b"P5\n9999 9999\n255\n", "a.yaml": YAML}, "refused"),
        ({"a.pgm": PGM, "a.yaml": b"resolution: nan"}, "refused"),
        ({"a.pgm": PGM, "a.yaml": b"resolution: 1\norigin: [0, 0, 0.3]"}, "turned by 0.3 rad"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_way_out(files: dict[str, bytes], said: str) -> None:
    assert said in refusal(files)


BEGINNINGS = st.sampled_from([b"", b"{", b"type ", b"P5 ", b"P2\n3 2\n9 "])


@given(st.tuples(BEGINNINGS, st.binary(max_size=40)).map(b"".join))
@example(b"[" * 100_000)
@example(b'{"map":' + b"[" * 100_000)
def test_no_bytes_are_more_than_a_refusal(body: bytes) -> None:
    for files in ({"a": body}, {"a": body, "b": YAML}, {"a": PGM, "b": body}):
        try:
            read_scene(files)
        except RequestError:
            continue
