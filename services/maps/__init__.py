"""Maps to plan on: bundled ones, those kept under a name, and files of others that become one."""

from services.maps.importing import ImportedScene, read_scene
from services.maps.records import KeptMap, MapSummary, NewMap, parse_map
from services.maps.store import MapStore

__all__ = [
    "ImportedScene",
    "KeptMap",
    "MapStore",
    "MapSummary",
    "NewMap",
    "parse_map",
    "read_scene",
]
