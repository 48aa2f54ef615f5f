"""Whose the processes on a GPU are: ours by their number, and through our workers the job and its owner."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

import psutil

from services.telemetry.records import Device, GpuProcess, WorkerLoad

NAME_LENGTH = 60


def join_devices(devices: Iterable[Device], workers: Iterable[WorkerLoad]) -> tuple[Device, ...]:
    """Return the devices, their processes named and joined to our workers by process number."""
    ours = {worker.pid: worker for worker in workers}
    return tuple(
        device
        if device.processes is None
        else device.model_copy(update={"processes": tuple(_join(each, ours) for each in device.processes)})
        for device in devices
    )


def with_gpu_memory(workers: Iterable[WorkerLoad], devices: Iterable[Device]) -> tuple[WorkerLoad, ...]:
    """Return the workers with the memory that they hold on all devices; None where no device tells."""
    held: dict[int, float] = {}
    is_told = False
    for device in devices:
        for process in device.processes or ():
            if process.memory_mib is not None:
                is_told = True
                held[process.pid] = held.get(process.pid, 0.0) + process.memory_mib
    if not is_told:
        return tuple(workers)
    return tuple(worker.model_copy(update={"gpu_memory_mib": held.get(worker.pid, 0.0)}) for worker in workers)


def foreign_memory_mib(devices: Iterable[Device]) -> float | None:
    """Return the memory that processes which are not ours hold on all devices; None when none tells."""
    told = [
        process.memory_mib
        for device in devices
        for process in device.processes or ()
        if process.worker is None and process.memory_mib is not None
    ]
    return sum(told) if told else None


def _join(process: GpuProcess, ours: Mapping[int, WorkerLoad]) -> GpuProcess:
    worker = ours.get(process.pid)
    if worker is None:
        return process.model_copy(update={"name": _name(process.pid)})
    about = {"worker": worker.worker, "name": worker.post, "job_id": worker.job_id}
    return process.model_copy(update=about | {"job_kind": worker.job_kind, "owner": worker.owner})


def _name(pid: int) -> str | None:
    with suppress(psutil.Error):
        return psutil.Process(pid).name()[:NAME_LENGTH]
    return None
