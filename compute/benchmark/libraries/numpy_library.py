"""NumPy on the processors: single and double precision by its BLAS."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from compute.benchmark.libraries import arrays
from compute.benchmark.libraries.library import Call, Host
from compute.benchmark.options import LibraryName, NumberType
from compute.benchmark.timers import Timer, WallTimer

TYPES: Mapping[NumberType, type[np.floating[Any]]] = {"fp64": np.float64, "fp32": np.float32}
BLOCK = 32_768  # numbers of a triad at a time: what lies between its two steps stays in the cache


class NumpyLibrary:
    """NumPy on the processors."""

    name: LibraryName = "numpy"
    device = "cpu"
    item_bytes: Mapping[NumberType, int] = {"fp64": 8, "fp32": 4}

    def lacks(self, dtype: NumberType) -> str | None:
        """Return why not; NumPy's BLAS has two types."""
        return None if dtype in TYPES else f"NumPy has no fast product of {dtype}; choose the library torch"

    def timer(self, clock: Callable[[], float]) -> Timer:
        """Return a timer by the clock."""
        return WallTimer(clock)

    def wait(self) -> None:
        """Return at once."""

    def place(self, numbers: Host, dtype: NumberType) -> Any:
        """Return the numbers in the type."""
        return numbers.astype(TYPES[dtype])

    def host(self, array: Any) -> Host:
        """Return the array itself."""
        return np.asarray(array)

    def multiply(self, left: Any, right: Any, dtype: NumberType) -> Call:
        """Return the call that multiplies."""
        return arrays.multiply(np, left, right)

    def convolve(self, images: Any, kernels: Any, dtype: NumberType) -> Call:
        """Return the call that convolves."""
        return arrays.convolve(np, images, kernels)

    def copy(self, source: Any) -> Call:
        """Return the call that copies."""
        target = np.zeros_like(source)

        def call() -> Any:
            np.copyto(target, source)
            return target

        return call

    def triad(self, first: Any, second: Any, factor: float) -> Call:
        """Return the call that adds a multiple, block by block: whole arrays would be read and written once more."""
        target, scaled = np.zeros_like(first), np.empty(BLOCK, first.dtype)

        def call() -> Any:
            for start in range(0, first.size, BLOCK):
                block = slice(start, start + BLOCK)
                between = scaled[: first[block].size]
                np.multiply(second[block], factor, out=between)
                np.add(first[block], between, out=target[block])
            return target

        return call

    def transfers(self, numbers: Host) -> Mapping[str, Call]:
        """Return none: processors work in the host's memory."""
        return {}
