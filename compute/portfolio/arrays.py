"""Where arrays of a piece of work lie: in NumPy, or in CuPy on a GPU where there is enough of it for the way there."""

from dataclasses import dataclass
from typing import Any

import numpy as np

WORTH = 1_000_000
"""Numbers that each step of a batch goes through. A step is some forty kernels, 0.4 ms of a GPU however small, in which
a core reads a third of a million numbers; reckoned, with a margin, not measured."""
WORTH_FLOPS = 1e10
"""Of one product of matrices: half a second of a core, against carrying both sides to a GPU and back."""


@dataclass(frozen=True)
class Place:
    """An array module and the name of its device."""

    xp: Any = np
    device: str = "cpu"

    @property
    def is_gpu(self) -> bool:
        """True where arrays have to be carried there."""
        return self.device != "cpu"


HOST = Place()


def choose_place(device: str, numbers: float = 0.0, flops: float = 0.0) -> Place:
    """Return where to work: on `device` (`cpu`, `cuda:0`) where it is a GPU that CuPy can use and the work is worth it.

    `numbers` are those that each step of a batch goes through, `flops` those of one product.
    """
    if not device.startswith("cuda") or (numbers < WORTH and flops < WORTH_FLOPS):
        return HOST
    try:
        import cupy

        cupy.cuda.Device(int(device.partition(":")[2] or 0)).use()
    except (ImportError, RuntimeError):  # CuPy is not there, or knows no such GPU
        return HOST
    return Place(cupy, device)
