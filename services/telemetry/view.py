"""A status as samples: the numbers in it under the names of their metrics."""

from services.telemetry.history import Sample
from services.telemetry.host import host_values
from services.telemetry.joining import foreign_memory_mib
from services.telemetry.records import Activity, Device, Host, Jobs, Status, WorkerLoad

HOST_KEY = "host"
OTHERS_KEY = "others"


def samples_of(status: Status) -> tuple[Sample, ...]:
    """Return what a status holds; why clocks were low is not in it by groups."""
    devices = () if status.stale_since else status.devices
    return (
        host_sample(status.host, status.jobs),
        *(worker_sample(worker) for worker in status.workers),
        *device_samples(devices, {}),
    )


def host_sample(host: Host, jobs: Jobs | None) -> Sample:
    """Return what the machine does."""
    counted = {} if jobs is None else {"jobs_running": float(jobs.running), "jobs_queued": float(jobs.queued)}
    return Sample("host", HOST_KEY, "This machine", {**host_values(host), **counted})


def worker_sample(worker: WorkerLoad) -> Sample:
    """Return what one worker costs, under the place that it fills."""
    values = {
        "cpu_percent": worker.cpu,
        "memory_mib": worker.memory_mib,
        "gpu_memory_mib": worker.gpu_memory_mib,
    }
    return Sample("process", worker.post, f"Worker {worker.post}", values)


def device_samples(devices: tuple[Device, ...], throttling: dict[int, dict[str, float | None]]) -> tuple[Sample, ...]:
    """Return what devices, their parts and foreign processes on them do; nothing of devices that are lost."""
    well = [device for device in devices if device.state == "ok"]
    samples = [_device_sample(device, throttling.get(device.index, {})) for device in well]
    for device in well:
        for position, part in enumerate(device.mig_devices):
            title = f"GPU {device.index}, part {position}"
            values = {"memory_used_mib": part.memory.used} | _activity_values(part.activity)
            samples.append(Sample("device", part.uuid, title, values))
    others = foreign_memory_mib(well)
    if others is not None:
        samples.append(Sample("process", OTHERS_KEY, "Other processes", {"gpu_memory_mib": others}))
    return tuple(samples)


def _device_sample(device: Device, throttling: dict[str, float | None]) -> Sample:
    values = {
        "utilization": device.utilization,
        "memory_utilization": device.memory_utilization,
        "memory_used_mib": device.memory.used,
        "temperature_c": device.temperature,
        "power_w": device.power,
        "sm_clock_mhz": device.clocks.sm,
        "memory_clock_mhz": device.clocks.memory,
        "fan_percent": device.fan,
        "pcie_sent_mib_s": device.pcie.rates.sent_mib_s,
        "pcie_received_mib_s": device.pcie.rates.received_mib_s,
        "nvlink_sent_mib_s": device.nvlink.sent_mib_s,
        "nvlink_received_mib_s": device.nvlink.received_mib_s,
    }
    values |= _activity_values(device.activity)
    return Sample("device", device.uuid, f"GPU {device.index} {device.name or ''}".strip(), values | throttling)


def _activity_values(activity: Activity) -> dict[str, float | None]:
    return {
        "cores_percent": activity.cores,
        "tensor_percent": activity.tensor,
        "bandwidth_percent": activity.memory_bandwidth,
    }
