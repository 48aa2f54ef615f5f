"""Maps written by others: bytes and text in, records out. Which file they came from is not known here."""

from compute.planning.formats.movingai import Scenario, read_map, read_scenarios
from compute.planning.formats.occupancy import read_occupancy

__all__ = ["Scenario", "read_map", "read_occupancy", "read_scenarios"]
