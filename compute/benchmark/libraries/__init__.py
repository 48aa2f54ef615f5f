"""Array libraries behind one face: NumPy, PyTorch and CuPy, each on the device it was chosen for."""

from compute.benchmark.libraries.choice import choose_library
from compute.benchmark.libraries.library import Library

__all__ = ["Library", "choose_library"]
