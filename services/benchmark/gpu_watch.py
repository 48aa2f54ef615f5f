"""What disturbs a GPU while it is measured: reasons that hold its clocks back, and other processes. By NVML."""

import time
from typing import Any

from compute.benchmark.result import Evidence
from services.telemetry.nvml_device import DeviceLostError, DeviceReader, DriverGoneError
from services.telemetry.records import Device
from services.telemetry.throttling import GROUPS, reasons_in_words

HELD_BACK = sum(mask for name, mask in GROUPS.items() if name != "throttle_settings")  # somebody chose the settings


class GpuWatch:
    """Looks at one device; `nvml` is the opened binding, None where there is none."""

    def __init__(self, nvml: Any, uuid: str) -> None:
        self._reader = _reader(nvml, uuid)
        self._seen: list[Device] = []
        self._reasons: set[str] = set()

    def look(self) -> None:
        """Note what the device says; a device that says nothing is no evidence of anything."""
        if self._reader is None:
            return
        try:
            self._seen.append(self._reader.read(time.monotonic()))
        except (DeviceLostError, DriverGoneError):
            self._reader = None
            return
        self._reasons.update(reasons_in_words((self._reader.reasons or 0) & HELD_BACK))

    def evidence(self) -> Evidence:
        """Return what was seen."""
        if not self._seen:
            return Evidence()
        clocks = [device.clocks.sm for device in self._seen if device.clocks.sm is not None]
        return Evidence(
            other_gpu_processes=_most(_others(device) for device in self._seen),
            throttle_reasons=self._told_reasons(),
            clock_mhz=(clocks[0], clocks[-1]) if clocks else None,
            temperature=_most(device.temperature for device in self._seen),
            power=_most(device.power for device in self._seen),
        )

    def _told_reasons(self) -> tuple[str, ...] | None:
        is_told = any(device.throttle_reasons is not None for device in self._seen)
        return tuple(sorted(self._reasons)) if is_told else None


def open_gpu_watch(device: str) -> GpuWatch:
    """Return a watch of the GPU that this process calls `device`."""
    import torch

    uuid = str(torch.cuda.get_device_properties(device).uuid)
    try:
        import pynvml

        pynvml.nvmlInit()
    except (ImportError, pynvml.NVMLError):
        return GpuWatch(None, uuid)
    return GpuWatch(pynvml, uuid if uuid.startswith("GPU-") else f"GPU-{uuid}")


def _reader(nvml: Any, uuid: str) -> DeviceReader | None:
    if nvml is None:
        return None
    try:
        for index in range(nvml.nvmlDeviceGetCount()):
            handle = nvml.nvmlDeviceGetHandleByIndex(index)
            if str(nvml.nvmlDeviceGetUUID(handle)) == uuid:
                return DeviceReader(nvml, index, handle)
    except nvml.NVMLError:
        return None
    return None


def _others(device: Device) -> int | None:
    """Return how many processes hold the device beside this one, which a container may know by another number."""
    if device.processes is None or not device.processes_reliable:
        return None
    pids = {process.pid for process in device.processes}
    return max(len(pids) - 1, 0) if pids else 0


def _most(values: Any) -> Any:
    return max((value for value in values if value is not None), default=None)
