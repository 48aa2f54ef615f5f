"""The numbers that matrices and images are filled with."""

import numpy as np
from numpy.typing import NDArray

from compute.benchmark.options import NumberType


def random_numbers(rng: np.random.Generator, shape: tuple[int, ...], dtype: NumberType) -> NDArray[np.generic]:
    """Return numbers of both signs: all of int8, else uniform from -1 to 1 (zeros would keep a GPU cool and quick)."""
    if dtype == "int8":
        return rng.integers(-128, 128, size=shape, dtype=np.int8)
    kind = np.float64 if dtype == "fp64" else np.float32
    numbers = rng.random(shape, dtype=kind)
    numbers *= 2
    numbers -= 1
    return numbers
