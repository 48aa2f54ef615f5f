"""What a process lends to the plans it makes, for as long as it lives. Imported where plans are made."""

from functools import cache

from compute.planning.inference.rolling import roll_on
from compute.planning.tools import Scenes, Tools


@cache
def tools_on(device: str) -> Tools:
    """Return the tools of this process on a device; on the processors where its PyTorch knows no such device."""
    there = device if _is_there(device) else "cpu"
    return Tools(there, roll_on(there), Scenes())


def _is_there(device: str) -> bool:
    if device == "cpu":
        return True
    from compute.device import choose_device  # PyTorch, for those who use it

    try:
        choose_device(device)
    except ValueError:
        return False
    return True
