"""What a process lends to the plans it makes, for as long as it lives. Imported where plans are made."""

from functools import cache

from compute.device import nearest_device
from compute.planning.inference.rolling import roll_on
from compute.planning.tools import Scenes, Tools


@cache
def tools_on(device: str) -> Tools:
    """Return the tools of this process on a device; on the processors where its PyTorch knows no such device."""
    there = nearest_device(device)
    return Tools(there, roll_on(there), Scenes())
