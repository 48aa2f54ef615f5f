"""CuPy on a GPU: single, double and half precision by cuBLAS. Importing it needs CuPy."""

from collections.abc import Callable, Mapping
from typing import Any

import cupy
import numpy as np

from compute.benchmark.libraries import arrays
from compute.benchmark.libraries.library import Call, Host
from compute.benchmark.options import LibraryName, NumberType
from compute.benchmark.timers import EventTimer, Timer

TYPES: Mapping[NumberType, Any] = {"fp64": np.float64, "fp32": np.float32, "fp16": np.float16}


class CupyLibrary:
    """CuPy on one GPU."""

    name: LibraryName = "cupy"
    item_bytes: Mapping[NumberType, int] = {"fp64": 8, "fp32": 4, "fp16": 2}

    def __init__(self, device: str) -> None:
        self.device = device
        cupy.cuda.Device(int(device.partition(":")[2] or 0)).use()

    def lacks(self, dtype: NumberType) -> str | None:
        """Return why not."""
        return None if dtype in TYPES else f"CuPy has no product of {dtype} by itself; choose the library torch"

    def timer(self, clock: Callable[[], float]) -> Timer:
        """Return a timer by CUDA events."""
        return EventTimer(cupy.cuda.Event, cupy.cuda.get_elapsed_time)

    def wait(self) -> None:
        """Return when the GPU has done what it was given."""
        cupy.cuda.get_current_stream().synchronize()

    def place(self, numbers: Host, dtype: NumberType) -> Any:
        """Return the numbers on the GPU."""
        return cupy.asarray(numbers.astype(TYPES[dtype]))

    def host(self, array: Any) -> Host:
        """Return a copy on the host."""
        copied: Host = cupy.asnumpy(array)
        return copied

    def multiply(self, left: Any, right: Any, dtype: NumberType) -> Call:
        """Return the call that multiplies."""
        return arrays.multiply(cupy, left, right)

    def convolve(self, images: Any, kernels: Any, dtype: NumberType) -> Call:
        """Return the call that convolves."""
        return arrays.convolve(cupy, images, kernels)

    def copy(self, source: Any) -> Call:
        """Return the call that copies."""
        target = cupy.zeros_like(source)

        def call() -> Any:
            cupy.copyto(target, source)
            return target

        return call

    def triad(self, first: Any, second: Any, factor: float) -> Call:
        """Return the call of one fused kernel."""
        target = cupy.zeros_like(first)
        kernel = cupy.ElementwiseKernel("T a, T b, T f", "T c", "c = a + f * b", "triad")
        scale = first.dtype.type(factor)
        return lambda: kernel(first, second, scale, target)

    def transfers(self, numbers: Host) -> Mapping[str, Call]:
        """Return transfers of pinned host memory."""
        pinned = cupy.cuda.alloc_pinned_memory(numbers.nbytes)
        there = np.frombuffer(pinned, numbers.dtype, numbers.size)
        there[...] = numbers
        device, back = (
            cupy.zeros(numbers.size, numbers.dtype),
            np.frombuffer(cupy.cuda.alloc_pinned_memory(numbers.nbytes), numbers.dtype, numbers.size),
        )
        source = cupy.asarray(numbers)

        def to_device() -> Any:
            device.set(there)
            return device

        def to_host() -> Any:
            source.get(out=back, blocking=False)
            return back

        return {"host_to_device": to_device, "device_to_host": to_host}
