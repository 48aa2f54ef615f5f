"""GPUs as Prometheus wants them. What a GPU does not report is left out."""

from collections.abc import Callable, Iterator, Sequence

from services.families import Family, Sample
from services.telemetry.records import Device, Status

MIB = 2**20


def device_families(status: Status) -> Iterator[Family]:
    """Yield what the GPUs said last; nothing where there is none."""
    if not status.devices:
        return
    is_fresh = status.stale_since is None
    yield Family(
        "gpu_up",
        "gauge",
        "Whether the GPU answers its driver.",
        [Sample(float(is_fresh and device.state == "ok"), _labels(device)) for device in status.devices],
    )
    for name, meaning, read in _GAUGES:
        yield Family(name, "gauge", meaning, list(_samples(status.devices, read)))
    throttled = [
        Sample(1, {**_labels(device), "reason": reason})
        for device in status.devices
        for reason in device.throttle_reasons or ()
    ]
    yield Family("gpu_throttled", "gauge", "Why clocks are lower than they could be; always 1.", throttled)


def _samples(devices: Sequence[Device], read: Callable[[Device], float | None]) -> Iterator[Sample]:
    for device in devices:
        value = read(device)
        if value is not None:
            yield Sample(value, _labels(device))


def _labels(device: Device) -> dict[str, str]:
    return {"gpu": str(device.index), "uuid": device.uuid, "name": device.name or ""}


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


_GAUGES: tuple[tuple[str, str, Callable[[Device], float | None]], ...] = (
    ("gpu_busy_ratio", "Share of time in which a kernel ran, 0 to 1.", lambda gpu: _scaled(gpu.utilization, 0.01)),
    ("gpu_memory_used_bytes", "Memory that is taken.", lambda gpu: _scaled(gpu.memory.used, MIB)),
    ("gpu_memory_total_bytes", "Memory of the GPU.", lambda gpu: _scaled(gpu.memory.total, MIB)),
    ("gpu_temperature_celsius", "Temperature of the chip.", lambda gpu: gpu.temperature),
    ("gpu_power_watts", "Power of the board.", lambda gpu: gpu.power),
    ("gpu_power_limit_watts", "Limit of its power.", lambda gpu: gpu.power_limit),
    ("gpu_sm_clock_hertz", "Clock of the streaming multiprocessors.", lambda gpu: _scaled(gpu.clocks.sm, 1e6)),
    ("gpu_cores_busy_ratio", "Streaming multiprocessors that were busy, 0 to 1.",
     lambda gpu: _scaled(gpu.activity.cores, 0.01)),
    ("gpu_tensor_busy_ratio", "Time in which tensor cores worked, 0 to 1.",
     lambda gpu: _scaled(gpu.activity.tensor, 0.01)),
    ("gpu_memory_bandwidth_ratio", "Bandwidth of the memory in use, 0 to 1.",
     lambda gpu: _scaled(gpu.activity.memory_bandwidth, 0.01)),
    ("gpu_pcie_sent_bytes_per_second", "From the GPU by PCIe.",
     lambda gpu: _scaled(gpu.pcie.rates.sent_mib_s, MIB)),
    ("gpu_pcie_received_bytes_per_second", "To the GPU by PCIe.",
     lambda gpu: _scaled(gpu.pcie.rates.received_mib_s, MIB)),
    ("gpu_nvlink_sent_bytes_per_second", "To other GPUs.", lambda gpu: _scaled(gpu.nvlink.sent_mib_s, MIB)),
    ("gpu_nvlink_received_bytes_per_second", "From other GPUs.", lambda gpu: _scaled(gpu.nvlink.received_mib_s, MIB)),
    ("gpu_ecc_uncorrected", "Memory errors that were not corrected, since the driver was loaded.",
     lambda gpu: gpu.ecc.uncorrected),
)  # fmt: skip
