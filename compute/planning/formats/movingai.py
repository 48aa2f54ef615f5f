"""MovingAI files: maps of cells and scenarios on them (Sturtevant 2012, "Benchmarks for grid-based pathfinding").

Their rows are counted from the top; ours from the bottom, so a scenario is turned with its map.
"""

from dataclasses import dataclass

from compute.planning.scene import Grid
from compute.schema import RequestError


@dataclass(frozen=True)
class Scenario:
    """One query: centres of two cells, in cells from the lower left corner, and the file's octile length."""

    start: tuple[float, float]
    goal: tuple[float, float]
    octile_length: float


def read_map(text: str) -> Grid:
    """Return the grid that the text of a `.map` file describes, cells of 1 m.

    Raises RequestError where the header and the rows do not fit.
    """
    lines = text.splitlines()
    header = dict(line.split(maxsplit=1) for line in lines[:4] if len(line.split()) == 2)
    if lines[3:4] != ["map"] or not {"height", "width"} <= set(header):
        raise _refused("the file does not begin with lines 'type', 'height', 'width' and 'map'; give a MovingAI map")
    try:
        height, width = int(header["height"]), int(header["width"])
    except ValueError:
        raise _refused(f"height {header['height']!r} or width {header['width']!r} is no whole number") from None
    rows = tuple(line.rstrip("\r") for line in lines[4 : 4 + height])
    if len(rows) != height or any(len(row) != width for row in rows):
        raise _refused(f"the header promises {height} rows of {width} cells, the file has others; correct the header")
    return Grid(rows=rows)


def read_scenarios(text: str) -> tuple[Scenario, ...]:
    """Return the queries in the text of a `.scen` file."""
    found = []
    for number, line in enumerate(text.splitlines()[1:], 2):
        fields = line.split()
        if not fields:
            continue
        if len(fields) != 9:
            raise _refused(f"line {number} has {len(fields)} fields; a scenario has 9")
        height = float(fields[3])
        x0, y0, x1, y1, length = (float(field) for field in fields[4:])
        found.append(Scenario((x0 + 0.5, height - y0 - 0.5), (x1 + 0.5, height - y1 - 0.5), length))
    return tuple(found)


def _refused(message: str) -> RequestError:
    return RequestError.at("file", msg=message)
