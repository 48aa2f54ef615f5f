"""What a job took of its GPU, told by twins of torch and CuPy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.jobs.device_meter import MIB, DeviceMeter, fragmentation


@dataclass
class Event:
    """A mark on the device's clock, in milliseconds."""

    cuda: "Cuda"
    at_ms: float = 0.0

    def record(self) -> None:
        self.cuda.clock_ms += 250
        self.at_ms = self.cuda.clock_ms

    def synchronize(self) -> None:
        """Wait for the mark."""

    def elapsed_time(self, end: "Event") -> float:
        return end.at_ms - self.at_ms


@dataclass
class Cuda:
    """The part of torch that is asked."""

    is_used: bool = True
    clock_ms: float = 0.0
    stats: Mapping[str, int] = field(default_factory=dict)

    def is_initialized(self) -> bool:
        return self.is_used

    def reset_peak_memory_stats(self, device: str) -> None:
        assert device == "cuda:0"

    def Event(self, *, enable_timing: bool) -> Event:  # noqa: N802 - torch's name
        assert enable_timing
        return Event(self)

    def memory_stats(self, device: str) -> Mapping[str, int]:
        return self.stats

    def memory_snapshot(self) -> list[dict[str, Any]]:
        return [{"blocks": [_block(3, "inactive"), _block(1, "inactive"), _block(4, "active_allocated")]}]


@dataclass
class Torch:
    cuda: Cuda


@dataclass
class Cupy:
    """The part of CuPy that is asked."""

    used: int
    total: int

    def get_default_memory_pool(self) -> "Cupy":
        return self

    def used_bytes(self) -> int:
        return self.used

    def total_bytes(self) -> int:
        return self.total


def _block(size: int, state: str) -> dict[str, Any]:
    return {"size": size, "state": state}


STATS = {
    "allocated_bytes.all.current": 30 * MIB,
    "reserved_bytes.all.current": 40 * MIB,
    "allocated_bytes.all.peak": 35 * MIB,
    "num_alloc_retries": 2,
    "num_ooms": 0,
}


def test_a_job_on_the_processor_used_no_device() -> None:
    assert DeviceMeter("cpu").use() is None


def test_time_memory_and_pools_are_measured() -> None:
    modules = {"torch": Torch(Cuda(stats=STATS)), "cupy": Cupy(5 * MIB, 10 * MIB)}
    use = DeviceMeter("cuda:0", modules).use()
    assert use is not None
    assert use.device_s == 0.25
    assert use.peak_memory_mib == 45
    torch, cupy = use.allocators
    assert (torch.pool_efficiency, torch.fragmentation, torch.retries) == (0.75, 0.25, 2)
    assert (cupy.library, cupy.pool_efficiency, cupy.fragmentation) == ("cupy", 0.5, None)


def test_a_first_job_that_loads_torch_has_memory_but_no_time() -> None:
    modules: dict[str, Any] = {}
    meter = DeviceMeter("cuda:0", modules)
    modules["torch"] = Torch(Cuda(stats=STATS))
    use = meter.use()
    assert use is not None
    assert (use.device_s, use.peak_memory_mib) == (None, 35)


def test_a_library_that_is_idle_is_not_woken() -> None:
    use = DeviceMeter("cuda:0", {"torch": Torch(Cuda(is_used=False)), "cupy": Cupy(0, 0)}).use()
    assert use is not None
    assert (use.device_s, use.peak_memory_mib, use.allocators) == (None, None, ())


@pytest.mark.parametrize(("free", "expected"), [((), None), ((4,), 0.0), ((2, 2), 0.5), ((9, 1), 0.1)])
def test_fragmentation_is_what_is_not_in_the_largest_piece(free: tuple[int, ...], expected: float | None) -> None:
    found = fragmentation([{"blocks": [_block(size, "inactive") for size in free]}])
    assert found == (None if expected is None else pytest.approx(expected))
