"""PyTorch on the processors or on a GPU: every number type, TensorFloat-32 from compute capability 8.0."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import torch

from compute.benchmark.libraries.library import Call, Host
from compute.benchmark.options import LibraryName, NumberType
from compute.benchmark.timers import EventTimer, Timer, WallTimer
from compute.device import choose_device

TYPES: Mapping[NumberType, torch.dtype] = {
    "fp64": torch.float64,
    "fp32": torch.float32,
    "tf32": torch.float32,
    "fp16": torch.float16,
    "bf16": torch.bfloat16,
    "int8": torch.int8,
}
TF32_SINCE = (8, 0)
SMALL = 64  # edge of the product that is tried to see whether a type works


class TorchLibrary:
    """PyTorch on one device."""

    name: LibraryName = "torch"
    item_bytes: Mapping[NumberType, int] = {name: dtype.itemsize for name, dtype in TYPES.items()}

    def __init__(self, device: str) -> None:
        self.device = device
        self._device = choose_device(device)

    def lacks(self, dtype: NumberType) -> str | None:
        """Return why not, by the device's own word: a small product is tried."""
        if dtype == "tf32":
            return self._lacks_tf32()
        try:
            ones = self.place(np.ones((SMALL, SMALL), np.int8), dtype)
            self.multiply(ones, ones, dtype)()
        except (RuntimeError, NotImplementedError, TypeError) as error:
            return f"PyTorch refuses products of {dtype} here: {str(error).splitlines()[0]}"
        return None

    def timer(self, clock: Callable[[], float]) -> Timer:
        """Return a timer by CUDA events, or by the clock on processors."""
        if self._device.type != "cuda":
            return WallTimer(clock)
        return EventTimer(partial(torch.cuda.Event, enable_timing=True), lambda begin, end: begin.elapsed_time(end))

    def wait(self) -> None:
        """Return when the device has done what it was given."""
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)

    def place(self, numbers: Host, dtype: NumberType) -> Any:
        """Return the numbers on the device."""
        return torch.from_numpy(np.ascontiguousarray(numbers)).to(self._device).to(TYPES[dtype])

    def host(self, array: Any) -> Host:
        """Return a copy on the host; half types in single precision, which holds them exactly."""
        is_half = array.dtype in (torch.float16, torch.bfloat16)
        copied: Host = (array.float() if is_half else array).cpu().numpy()
        return copied

    def multiply(self, left: Any, right: Any, dtype: NumberType) -> Call:
        """Return the call that multiplies; int8 into int32, every other type into itself."""
        if dtype == "int8":
            return lambda: torch._int_mm(left, right)
        product = torch.empty((left.shape[0], right.shape[1]), dtype=left.dtype, device=self._device)
        return self._as_asked(lambda: torch.mm(left, right, out=product), dtype)

    def convolve(self, images: Any, kernels: Any, dtype: NumberType) -> Call:
        """Return the call that convolves."""
        if dtype == "int8":
            raise TypeError("PyTorch convolves int8 in quantised networks only")
        return self._as_asked(lambda: torch.conv2d(images, kernels, padding=1), dtype)

    def copy(self, source: Any) -> Call:
        """Return the call that copies."""
        target = torch.zeros_like(source)
        return lambda: target.copy_(source)

    def triad(self, first: Any, second: Any, factor: float) -> Call:
        """Return the call of one kernel."""
        target = torch.zeros_like(first)
        return lambda: torch.add(first, second, alpha=factor, out=target)

    def transfers(self, numbers: Host) -> Mapping[str, Call]:
        """Return transfers of pinned host memory; none on processors."""
        if self._device.type != "cuda":
            return {}
        here = torch.from_numpy(numbers).pin_memory()
        there, source = torch.zeros_like(here, device=self._device), here.to(self._device)
        back = torch.zeros_like(here).pin_memory()
        return {
            "host_to_device": lambda: there.copy_(here, non_blocking=True),
            "device_to_host": lambda: back.copy_(source, non_blocking=True),
        }

    def _lacks_tf32(self) -> str | None:
        if self._device.type != "cuda":
            return "TensorFloat-32 is a mode of NVIDIA's tensor cores; this is a processor"
        capability = torch.cuda.get_device_capability(self._device)
        if capability >= TF32_SINCE:
            return None
        return f"TensorFloat-32 needs compute capability 8.0; this GPU has {capability[0]}.{capability[1]}"

    def _as_asked(self, call: Call, dtype: NumberType) -> Call:
        """Return the call in TensorFloat-32 or in full precision, whatever the process is set to."""
        if self._device.type != "cuda" or dtype not in ("fp32", "tf32"):
            return call

        def with_precision() -> Any:
            with _tensor_float(dtype == "tf32"):
                return call()

        return with_precision


@contextmanager
def _tensor_float(is_allowed: bool) -> Iterator[None]:
    """Allow TensorFloat-32, or forbid it, for products and convolutions; afterwards it is as it was."""
    products, convolutions = torch.backends.cuda.matmul, torch.backends.cudnn
    before = products.allow_tf32, convolutions.allow_tf32
    products.allow_tf32 = convolutions.allow_tf32 = is_allowed
    try:
        yield
    finally:
        products.allow_tf32, convolutions.allow_tf32 = before
