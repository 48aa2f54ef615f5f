"""Scenes to begin with on the pages of motion: one click from nothing to a result."""

from collections.abc import Mapping
from typing import Any, Final

from pages._job_records import Sample

ROBOT: Final = {"radius": 0.3, "max_velocity": 2, "max_acceleration": 3}
_WALLS: Final[list[dict[str, Any]]] = [
    {"kind": "rectangle", "id": "shelf", "center": [4, 5.5], "size": [0.6, 5]},
    {"kind": "rectangle", "id": "counter", "center": [8, 2.6], "size": [0.6, 5.2]},
    {"kind": "polygon", "id": "stand", "vertices": [[10, 5.5], [11.5, 6], [10.6, 7.2]]},
    {"kind": "circle", "id": "pillar", "center": [6, 4], "radius": 0.7},
]
_CARTS: Final[list[dict[str, Any]]] = [
    {
        "kind": "circle",
        "id": "cart",
        "center": [6, 7],
        "radius": 0.5,
        "motion": {"waypoints": [[0, 6, 7], [5, 6, 5.6], [10, 6, 7]], "loop": True},
    },
    {
        "kind": "rectangle",
        "id": "forklift",
        "center": [10, 1],
        "size": [1.2, 0.8],
        "motion": {"waypoints": [[0, 10, 1], [4, 10, 4], [8, 10, 1]], "loop": True},
        "uncertainty": 0.05,
    },
]
_CROSSING: Final[list[dict[str, Any]]] = [
    {"kind": "circle", "id": f"walker {at}", "center": [x, y], "radius": 0.4, "motion": {"velocity": velocity}}
    for at, (x, y, velocity) in enumerate(
        [(4.0, 0.5, [0, 0.9]), (6.5, 7.5, [0, -1.0]), (9.0, 0.5, [0, 0.7]), (8.0, 7.0, [-0.5, -0.8])], 1
    )
]
_SEALED: Final[list[dict[str, Any]]] = [
    {"kind": "rectangle", "id": "wall west", "center": [8, 4], "size": [0.3, 4]},
    {"kind": "rectangle", "id": "wall north", "center": [9.7, 6], "size": [3.7, 0.3]},
    {"kind": "rectangle", "id": "wall south", "center": [9.7, 2], "size": [3.7, 0.3]},
    {"kind": "rectangle", "id": "wall east", "center": [11.4, 4.35], "size": [0.3, 3.6]},
]


def scene(obstacles: list[dict[str, Any]], **more: Any) -> Mapping[str, Any]:
    """Return a request among obstacles in a room of 12 by 8 metres."""
    return {
        "map": {"width": 12, "height": 8, "obstacles": obstacles},
        "start": {"position": [1, 4]},
        "goal": {"position": [11, 4], "tolerance": 0.3},
        "robot": ROBOT,
    } | more


PLAN_SAMPLES: Final = (
    Sample("A hall with moving carts", scene([*_WALLS, *_CARTS])),
    Sample("Among walkers", scene(_CROSSING)),
    Sample("Nothing passes: the proof", scene(_SEALED, goal={"position": [9.8, 4], "tolerance": 0.3})),
)
DRIVE_SAMPLES: Final = (
    Sample("Among walkers, seen with noise", {"plan": scene(_CROSSING), "noise": 0.05, "time_limit": 30}),
    Sample(
        "A hall with carts, seen from near",
        {"plan": scene([*_WALLS, *_CARTS]), "sensor_range": 4, "time_limit": 30},
    ),
    Sample("Following a plan instead", {"plan": scene([*_WALLS, *_CARTS]), "mode": "track", "time_limit": 30}),
)
