"""What one job took of its GPU: time between CUDA events, peak memory and the state of the allocators when it ended.

The libraries are looked at only when the job imported them: measuring loads nothing.
"""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from services.jobs.records import Allocator, DeviceUse

MIB = 2**20


class DeviceMeter:
    """Measures one job on `device` (`cpu`, `cuda:0`); `modules` are those that are imported."""

    def __init__(self, device: str, modules: Mapping[str, Any] = sys.modules) -> None:
        self._device = device
        self._modules = modules
        self._begin: Any = None
        self._torch = self._initialised_torch()
        if self._torch is not None:
            self._torch.cuda.reset_peak_memory_stats(device)
            self._begin = self._mark()

    def use(self) -> DeviceUse | None:
        """Return what was used since this meter was made; None on a processor."""
        if not self._device.startswith("cuda"):
            return None
        allocators = tuple(each for each in (self._of_torch(), self._of_cupy()) if each is not None)
        peaks = [each.peak_mib for each in allocators if each.peak_mib is not None]
        return DeviceUse(
            device_s=self._elapsed_s(), peak_memory_mib=sum(peaks) if peaks else None, allocators=allocators
        )

    def _initialised_torch(self) -> Any:
        """Return torch when it already works on the device: asking an idle one would make a context."""
        torch = self._modules.get("torch")
        is_wanted = self._device.startswith("cuda") and torch is not None and torch.cuda.is_initialized()
        return torch if is_wanted else None

    def _mark(self) -> Any:
        assert self._torch is not None, "only where torch works on the device"
        event = self._torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    def _elapsed_s(self) -> float | None:
        """Return the time on the device's own clock; None for the first job, before which nothing could be marked."""
        if self._begin is None:
            return None
        end = self._mark()
        end.synchronize()
        return float(self._begin.elapsed_time(end)) / 1000

    def _of_torch(self) -> Allocator | None:
        torch = self._initialised_torch()
        if torch is None:
            return None
        stats = torch.cuda.memory_stats(self._device)
        if not stats:
            return None
        allocated, reserved = stats["allocated_bytes.all.current"], stats["reserved_bytes.all.current"]
        return Allocator(
            library="torch",
            allocated_mib=allocated / MIB,
            reserved_mib=reserved / MIB,
            peak_mib=stats["allocated_bytes.all.peak"] / MIB,
            pool_efficiency=_share(allocated, reserved),
            fragmentation=fragmentation(torch.cuda.memory_snapshot()),
            retries=stats.get("num_alloc_retries"),
            out_of_memory=stats.get("num_ooms"),
        )

    def _of_cupy(self) -> Allocator | None:
        cupy = self._modules.get("cupy")
        if cupy is None:
            return None
        pool = cupy.get_default_memory_pool()
        used, total = pool.used_bytes(), pool.total_bytes()
        if total == 0:
            return None
        return Allocator(
            library="cupy",
            allocated_mib=used / MIB,
            reserved_mib=total / MIB,
            peak_mib=total / MIB,  # the pool gives nothing back by itself, so that it is as large as it ever was
            pool_efficiency=_share(used, total),
        )


def fragmentation(segments: Sequence[Mapping[str, Any]]) -> float | None:
    """Return 1 - largest free block / all free blocks of what torch has reserved; None when nothing is free."""
    free = [
        block["size"] for segment in segments for block in segment["blocks"] if block["state"] != "active_allocated"
    ]
    return 1 - max(free) / sum(free) if free and sum(free) > 0 else None


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
