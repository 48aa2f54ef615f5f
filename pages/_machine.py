"""What can be said of the machine that does the work, read from the locks and the job table; absent when unknown."""

from dataclasses import dataclass

import psutil

from pages._workspace import workspace
from services.jobs import JobState
from services.locks import read_holder
from services.supervisor import SUPERVISOR_LOCK

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


def read_machine() -> MachineState:
    """Return how many workers live, what waits for them, and how many datasets there are."""
    counts = workspace().jobs.counts()
    return MachineState(
        workers=_living_workers(),
        queued=counts[JobState.QUEUED],
        running=counts[JobState.RUNNING],
        datasets=sum(not info.is_sample for info in workspace().datasets.page()),
    )


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
