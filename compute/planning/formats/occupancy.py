"""Occupancy maps of ROS: a greyscale picture (`.pgm`) and what its greys mean (`.yaml`), as `map_server` writes them.

Greys are occupancies by the rules of `nav2_map_server`: trinary; `scale` and `raw` maps are read by their occupied
threshold too. What is neither occupied nor free is unknown and counts as blocked unless asked otherwise.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.planning.scene import Grid
from compute.planning.scene.grids import MAX_CELLS
from compute.schema import RequestError

HEADER = re.compile(rb"(P[25])(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)\s")
LINE = re.compile(r"^\s*(\w+)\s*:\s*(.*?)\s*(?:#.*)?$")


@dataclass(frozen=True)
class Meaning:
    """What the yaml beside a picture says: metres per cell, lower left corner, thresholds of occupancy."""

    resolution: float
    origin: tuple[float, float]
    is_negated: bool
    occupied: float
    free: float


def read_occupancy(picture: bytes, yaml: str, unknown_is_blocked: bool = True) -> Grid:
    """Return the grid of a `.pgm` picture and the text of its `.yaml`; RequestError says what cannot be read."""
    meaning = read_meaning(yaml)
    greys = read_pgm(picture)
    occupancy = greys if meaning.is_negated else 1 - greys
    limit = meaning.free if unknown_is_blocked else meaning.occupied
    blocked = occupancy >= limit if unknown_is_blocked else occupancy > limit
    letters = np.where(blocked, b"#", b".").astype("S1")
    rows = tuple(row.tobytes().decode("ascii") for row in letters)
    return Grid(rows=rows, origin=meaning.origin, resolution=meaning.resolution)


def read_pgm(picture: bytes) -> NDArray[np.float64]:
    """Return the greys of a PGM picture, 0 black to 1 white, (rows, columns), the highest row first."""
    found = HEADER.match(picture)
    if found is None:
        raise _refused("the picture is no PGM file (it does not begin with P5 or P2); export the map as PGM")
    width, height, white = (int(found[i]) for i in (2, 3, 4))
    if not (0 < width * height <= MAX_CELLS and 0 < white < 65536):
        raise _refused(f"a picture of {width} x {height} points is refused: 1 to {MAX_CELLS} points; scale it down")
    body = picture[found.end() :]
    try:
        if found[1] == b"P2":
            values = np.array(body.split()[: width * height], dtype=np.float64)
        else:
            values = np.frombuffer(body, dtype=np.uint8 if white < 256 else ">u2", count=width * height)
    except ValueError:
        values = np.empty(0)
    if values.size != width * height:
        raise _refused(f"the picture ends before its {width * height} points; export it again")
    return np.asarray(values.reshape(height, width) / white, dtype=np.float64)


def read_meaning(yaml: str) -> Meaning:
    """Return what the yaml says, of which five plain lines are read; what is missing has the default of map_server."""
    entries = {found[1]: found[2] for line in yaml.splitlines() if (found := LINE.match(line))}
    if "resolution" not in entries:
        raise _refused("the yaml has no line 'resolution: <metres per cell>'; add it")
    try:
        origin = [float(part) for part in entries.get("origin", "[0, 0, 0]").strip("[]").split(",")]
        meaning = Meaning(
            resolution=float(entries["resolution"]),
            origin=(origin[0], origin[1]),
            is_negated=entries.get("negate", "0").lower() in ("1", "true"),
            occupied=float(entries.get("occupied_thresh", "0.65")),
            free=float(entries.get("free_thresh", "0.196")),
        )
    except (ValueError, IndexError):
        raise _refused("the yaml's resolution, origin or thresholds are no numbers; correct them") from None
    if len(origin) > 2 and abs(origin[2]) > 1e-9:
        raise _refused(f"the map is turned by {origin[2]:g} rad; turn the picture, and set the third of origin to 0")
    return meaning


def _refused(message: str) -> RequestError:
    return RequestError.at("file", msg=message)
