"""What can be said of the machine that does the work, read from the locks and the job table; absent when unknown."""

from dataclasses import dataclass

import psutil

from components.numbers import ABSENT
from components.words import count_words
from pages._workspace import workspace
from services.jobs import JobState
from services.locks import read_holder
from services.supervisor import SUPERVISOR_LOCK
from services.telemetry import open_telemetry
from services.telemetry.records import Status

GIB = 1024.0
_WORKER_MODULE = "services.worker"


@dataclass(frozen=True)
class MachineState:
    """The engine at this moment."""

    workers: int
    """Living worker processes."""
    queued: int
    running: int
    datasets: int
    """Of the user's own."""
    status: Status
    """The newest sample of machine and GPUs."""


def read_machine() -> MachineState:
    """Return how many workers live, what waits for them, and how many datasets there are."""
    counts = workspace().jobs.counts()
    return MachineState(
        workers=_living_workers(),
        queued=counts[JobState.QUEUED],
        running=counts[JobState.RUNNING],
        datasets=sum(not info.is_sample for info in workspace().datasets.page()),
        status=open_telemetry(workspace().settings).status.read(),
    )


def processor_words(status: Status) -> str:
    """Return how busy the processors are, and how many cores they have."""
    busy = ABSENT if status.host.cpu is None else f"{status.host.cpu:.0f} %"
    return f"{busy} of {count_words(status.host.cores, 'core')}"


def memory_words(status: Status) -> str:
    """Return how much memory is taken, of how much."""
    used, total = status.host.memory.used, status.host.memory.total
    return ABSENT if used is None or total is None else f"{used / GIB:.1f} of {total / GIB:.0f} GiB"


def gpu_words(status: Status) -> str:
    """Return what the GPUs do in a few words, or why there is none to be seen."""
    if status.stale_since is not None and status.devices:
        return "no answer from the driver"
    if not status.devices:
        return f"none: {status.reason}"
    lost = sum(device.state == "lost" for device in status.devices)
    busy = [device.utilization for device in status.devices if device.utilization is not None]
    words = count_words(len(status.devices), "GPU")
    shown = f", {sum(busy) / len(busy):.0f} % busy" if busy else ""
    return f"{words}{shown}{f', {lost} lost' if lost else ''}"


def _living_workers() -> int:
    holder = read_holder(workspace().settings.data_dir.absolute() / SUPERVISOR_LOCK)
    supervisor = holder.process() if holder else None
    if supervisor is None:
        return 0
    try:
        return sum(_is_worker(child) for child in supervisor.children())
    except psutil.NoSuchProcess:
        return 0  # it ended between the two looks


def _is_worker(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and _WORKER_MODULE in process.cmdline()
    except psutil.Error:
        return False
