"""Which workers live on this machine, as the operating system tells. Starting and replacing them belong to
`services.supervisor`."""

import psutil

from services.locks import read_holder
from services.settings import Settings
from services.supervisor import SUPERVISOR_LOCK

_PROGRAM = "services.worker"
_ASLEEP_FOR_GOOD = {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD, psutil.STATUS_STOPPED}


def count_live_workers(settings: Settings) -> int | None:
    """Return how many workers of this data directory can run a job, or None when nobody supervises any."""
    holder = read_holder(settings.data_dir.absolute() / SUPERVISOR_LOCK)
    supervisor = holder.process() if holder is not None else None
    if supervisor is None:
        return None
    try:
        return sum(_is_live_worker(child) for child in supervisor.children())
    except psutil.NoSuchProcess:
        return None


def _is_live_worker(process: psutil.Process) -> bool:
    try:
        return _PROGRAM in process.cmdline() and process.status() not in _ASLEEP_FOR_GOOD
    except psutil.NoSuchProcess:
        return False
