"""What runs the int8 pipeline: NumPy, or PyTorch on the processors or a GPU. All give the same bytes."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from compute.proof.generators import Bytes
from compute.proof.numpy_engine import NumpyEngine


class Engine(Protocol):
    """Computes both layers."""

    name: str

    def __hash__(self) -> int:
        """Engines are told apart by what they are, not by what they hold."""

    def outputs(self, left: Bytes, first: Bytes, second: Bytes) -> Bytes:
        """Return Y2, (m, n), of A, (m, k), W1, (k, n), and W2, (n, n)."""

    def prepare(self, weights: Bytes) -> Any:
        """Return weights in the form in which `accumulate` takes them, to be kept."""

    def accumulate(self, left: Bytes, weights: Any) -> NDArray[np.floating]:
        """Return the product of few rows with prepared weights; inexact at most where `quantised` clamps it."""

    def product(self, left: Bytes, right: Bytes) -> NDArray[np.int64]:
        """Return the exact product, (m, n), of int8 matrices, (m, k) and (k, n)."""


def choose_engine(name: str) -> Engine:
    """Return the engine called `numpy`, `torch-cpu`, `torch-cuda` or `torch-cuda:0`.

    Raises ValueError, with the way out, for another name and where the machine has no such device.
    """
    if name == "numpy":
        return NumpyEngine()
    if not name.startswith("torch-"):
        raise ValueError(f"engine {name!r} is unknown; choose numpy, torch-cpu or torch-cuda:0")
    from compute.proof.torch_engine import TorchEngine

    return TorchEngine(name.removeprefix("torch-"))
