"""What a process lends to the plans it makes, for as long as it lives. Imported where plans are made."""

from functools import cache

from compute.planning.inference.rolling import roll_on
from compute.planning.tools import Scenes, Tools


@cache
def tools_on(device: str) -> Tools:
    """Return the tools of this process on a device."""
    return Tools(device, roll_on(device), Scenes())
