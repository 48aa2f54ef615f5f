"""The maps that are there on a fresh installation. README.md beside them says where they come from."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from services.maps.records import KeptMap, NewMap

FOLDER = Path(__file__).parent
NAMES = ("pillars", "office", "crossing", "narrow-passage", "maze")
SOURCE = "made for Lookahead, CC0-1.0"


@cache
def bundled_maps() -> Mapping[str, KeptMap]:
    """Return the bundled maps by id, the plainest first."""
    return {name: _read(name) for name in NAMES}


def _read(name: str) -> KeptMap:
    new = NewMap.model_validate(json.loads((FOLDER / f"{name}.json").read_text("utf-8")) | {"source": SOURCE})
    return KeptMap(
        id=name,
        name=new.name,
        source=new.source,
        width=new.map.width,
        height=new.map.height,
        obstacles=len(new.map.obstacles),
        kind="bundled",
        created_at=None,
        map=new.map,
        start=new.start,
        goal=new.goal,
        robot=new.robot,
    )
