"""The parts of a GPU that MIG cut: the memory of each, and how much it is at work by the GPU's own counters.

NVML tells no busy time of a part. Parts within one instance of the GPU have its counters in common.
"""

from typing import Any

from services.telemetry.activity import CounterReader
from services.telemetry.nvml_codes import DRIVER_GONE, LOST, NOTHING_FOUND, TRY_AGAIN_S, UNANSWERABLE
from services.telemetry.records import Activity, Memory, MigDevice


class MigReader:
    """Reads the parts of one device; raises `nvml.NVMLError` where device or driver is gone."""

    def __init__(self, nvml: Any, handle: Any) -> None:
        self._nvml = nvml
        self._handle = handle
        self._counters: dict[int, CounterReader] = {}  # by instance of the GPU
        self._refused_at = float("-inf")

    def read(self, now: float) -> tuple[MigDevice, ...]:
        """Return the parts at `now` (seconds of a steady clock), those before the first that gives no answer."""
        nvml, found = self._nvml, []
        try:
            for position in range(nvml.nvmlDeviceGetMaxMigDeviceCount(self._handle)):
                try:
                    part = nvml.nvmlDeviceGetMigDeviceHandleByIndex(self._handle, position)
                except nvml.NVMLError as error:
                    if error.value == NOTHING_FOUND:
                        continue  # a place that no part fills
                    raise
                found.append(self._read_part(part, now))
        except nvml.NVMLError as error:
            if error.value in LOST | DRIVER_GONE:
                raise
        return tuple(found)

    def _read_part(self, part: Any, now: float) -> MigDevice:
        nvml = self._nvml
        memory = nvml.nvmlDeviceGetMemoryInfo(part)
        return MigDevice(
            uuid=nvml.nvmlDeviceGetUUID(part),
            name=nvml.nvmlDeviceGetName(part),
            memory=Memory.of_bytes(memory.total, memory.free, memory.used),
            activity=self._read_activity(part, now),
        )

    def _read_activity(self, part: Any, now: float) -> Activity:
        """Return what the counters say; nothing for an hour after a GPU said that it has none."""
        if now - self._refused_at < TRY_AGAIN_S:
            return Activity()
        try:
            instance = self._nvml.nvmlDeviceGetGpuInstanceId(part)
            counters = self._counters.setdefault(instance, CounterReader(self._nvml, self._handle, instance))
            return counters.read(now).activity
        except self._nvml.NVMLError as error:
            if error.value in LOST | DRIVER_GONE:
                raise
            if error.value in UNANSWERABLE:
                self._refused_at = now
            return Activity()
