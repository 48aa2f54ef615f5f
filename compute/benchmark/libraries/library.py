"""What a benchmark needs of an array library: numbers of a type on its device, and the calls to be timed."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from compute.benchmark.options import LibraryName, NumberType
from compute.benchmark.timers import Timer

Call = Callable[[], Any]
Host = NDArray[np.generic]


class Library(Protocol):
    """An array library on one device."""

    name: LibraryName
    device: str
    item_bytes: Mapping[NumberType, int]

    def lacks(self, dtype: NumberType) -> str | None:
        """Return why products of that type cannot be had here; None where they can."""

    def timer(self, clock: Callable[[], float]) -> Timer:
        """Return what times calls on the device."""

    def wait(self) -> None:
        """Return when the device has done what it was given."""

    def place(self, numbers: Host, dtype: NumberType) -> Any:
        """Return the numbers on the device, rounded to the type."""

    def host(self, array: Any) -> Host:
        """Return an array of the device as a NumPy array that holds each number exactly."""

    def multiply(self, left: Any, right: Any, dtype: NumberType) -> Call:
        """Return the call that multiplies two placed matrices."""

    def convolve(self, images: Any, kernels: Any, dtype: NumberType) -> Call:
        """Return the call that convolves (b, c, h, w) with (o, c, 3, 3), zeros around: (b, o, h, w)."""

    def copy(self, source: Any) -> Call:
        """Return the call that copies an array into another one, which it returns."""

    def triad(self, first: Any, second: Any, factor: float) -> Call:
        """Return the call that writes first + factor * second into a third array, which it returns."""

    def transfers(self, numbers: Host) -> Mapping[str, Call]:
        """Return the calls that move float32 numbers between host and device, by `host_to_device` and its reverse."""
