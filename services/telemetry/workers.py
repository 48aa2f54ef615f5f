"""Our worker processes: which there are, what they run, and what they cost."""

from collections.abc import Mapping
from contextlib import suppress

import psutil

from services.telemetry.records import WorkerLoad

LOOK_S = 5.0  # finding children means reading the whole table of processes
MIB = 2**20
PROGRAM = "services.worker"


class WorkerReader:
    """Reads the workers among the children of `parent`, the supervisor."""

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._known: dict[int, tuple[psutil.Process, str]] = {}
        self._looked_at = float("-inf")

    def read(self, now: float, running: Mapping[str, str]) -> tuple[WorkerLoad, ...]:
        """Return the workers at `now` (steady seconds), by name; `running` is the job of each busy worker."""
        names = {name for _, name in self._known.values()}
        if now - self._looked_at >= LOOK_S or set(running) - names:
            self._looked_at = now
            self._look()
        loads = [self._load(pid, running) for pid in tuple(self._known)]
        return tuple(sorted((load for load in loads if load is not None), key=lambda load: load.post))

    def _look(self) -> None:
        with suppress(psutil.Error):
            for child in psutil.Process(self._parent).children():
                with suppress(psutil.Error):
                    command = child.cmdline()
                    if child.pid not in self._known and PROGRAM in command:
                        self._known[child.pid] = (child, command[command.index("--name") + 1])

    def _load(self, pid: int, running: Mapping[str, str]) -> WorkerLoad | None:
        process, name = self._known[pid]
        try:
            with process.oneshot():
                if process.status() == psutil.STATUS_ZOMBIE:
                    raise psutil.NoSuchProcess(pid)
                return WorkerLoad(
                    pid=pid,
                    worker=name,
                    post=post_of(name),
                    cpu=process.cpu_percent(None),
                    memory_mib=process.memory_info().rss / MIB,
                    job_id=running.get(name),
                )
        except psutil.Error:
            del self._known[pid]
            return None


def post_of(worker: str) -> str:
    """Return the place that a worker of this name fills: `machine/cpu-1-0badcafe` is at `cpu-1`."""
    return worker.rpartition("/")[2].rpartition("-")[0]
