"""Maps of others become grids, or say why not."""

import pytest

from compute.planning.formats import Scenario, read_map, read_occupancy, read_scenarios
from compute.schema import RequestError

MAP = "type octile\nheight 2\nwidth 3\nmap\n.@T\nG..\n"
YAML = (
    "image: a.pgm\nresolution: 0.05\norigin: [-1.0, 2.0, 0.0]\nnegate: 0\noccupied_thresh: 0.65\nfree_thresh: 0.196\n"
)
PGM = b"P5\n# made by hand\n3 2\n255\n" + bytes([254, 0, 205, 254, 254, 0])


def test_a_movingai_map_is_read_as_it_is_seen() -> None:
    grid = read_map(MAP)
    assert grid.rows == (".@T", "G..")
    assert (grid.origin, grid.resolution) == ((0, 0), 1)


def test_scenarios_are_turned_with_their_map() -> None:
    assert read_scenarios("version 1\n0\tx.map\t3\t2\t0\t0\t2\t1\t2.41421356\n") == (
        Scenario((0.5, 1.5), (2.5, 0.5), 2.41421356),
    )


@pytest.mark.parametrize("text", ["", "P5", MAP.replace("height 2", "height 3"), MAP.replace("width 3", "width x")])
def test_what_is_no_movingai_map_is_refused(text: str) -> None:
    with pytest.raises(RequestError):
        read_map(text)


def test_dark_points_are_blocked_and_unknown_ones_too_unless_asked() -> None:
    grid = read_occupancy(PGM, YAML)
    assert grid.rows == (".##", "..#")
    assert (grid.origin, grid.resolution) == ((-1, 2), 0.05)
    assert read_occupancy(PGM, YAML, unknown_is_blocked=False).rows == (".#.", "..#")


def test_greys_may_be_negated_and_written_as_text() -> None:
    assert read_occupancy(b"P2 3 1 10\n0 10 4", YAML.replace("negate: 0", "negate: 1")).rows == (".##",)


@pytest.mark.parametrize(
    ("picture", "yaml", "says"),
    [
        (b"GIF89a", YAML, "no PGM"),
        (PGM[:-1], YAML, "ends before"),
        (b"P5 100000 100000 255\n", YAML, "scale it down"),
        (PGM, "negate: 0", "resolution"),
        (PGM, YAML.replace("0.05", "a"), "no numbers"),
        (PGM, YAML.replace("0.0]", "0.5]"), "turned by"),
    ],
)
def test_what_is_no_occupancy_map_is_refused(picture: bytes, yaml: str, says: str) -> None:
    with pytest.raises(RequestError, match=says):
        read_occupancy(picture, yaml)
