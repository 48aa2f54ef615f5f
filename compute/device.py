"""The device that does the work, chosen by name; what the machine has is read in `services/gpu`."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def choose_device(name: str) -> "torch.device":
    """Return the torch device called `cpu`, `cuda` or `cuda:0`.

    Raises ValueError, with the way out, where this machine or this build of PyTorch has no such device.
    """
    import torch  # workers only: the web process stays light

    device = torch.device(name)
    if device.type == "cpu":
        return device
    if device.type != "cuda":
        raise ValueError(f"device {name!r} is neither a CPU nor a CUDA device; choose cpu or cuda:0")
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if (device.index or 0) >= count:
        raise ValueError(f"device {name!r} is not there: PyTorch sees {count} CUDA devices; choose cpu")
    return device


def free_bytes(device: "torch.device") -> int | None:
    """Return the memory of a GPU that nobody uses; None on the processors, where others decide about it."""
    import torch

    return int(torch.cuda.mem_get_info(device)[0]) if device.type == "cuda" else None


def has_device(name: str) -> bool:
    """Return whether `choose_device` would find the device."""
    try:
        choose_device(name)
    except ValueError:
        return False
    return True


def nearest_device(name: str) -> str:
    """Return the name of a device, "cpu" where this build of PyTorch has none such; for "cpu" PyTorch is not read."""
    return name if name == "cpu" or has_device(name) else "cpu"
