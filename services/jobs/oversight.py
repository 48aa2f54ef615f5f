"""What a supervisor does about jobs: takes them back from the dead, ends the runaway ones, forgets the old ones."""

import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from services.jobs.crew import Member, Slot, find_worker, machine
from services.jobs.execution import memory_error
from services.jobs.memory import own_mib
from services.jobs.records import Run
from services.jobs.wakeup import open_wake_up
from services.logs import logger
from services.workspace import Workspace

TICK_S = 0.5
SWEEP_S = 60.0  # leases are watched at every tick; this is for what changes by the day
DAY_S = 86_400.0
_KERNEL_COUNTERS = Path("/proc/vmstat")


class Oversight:
    """Watches the workers in `slots`, and the jobs of any others that once were."""

    def __init__(self, workspace: Workspace, slots: Sequence[Slot]) -> None:
        self._settings = workspace.settings
        self._jobs = workspace.jobs
        self._uploads = workspace.uploads
        self._slots = slots
        self._strangers: dict[str, psutil.Process] = {}  # living workers of this machine that somebody else started
        self._wake = open_wake_up(workspace.jobs.engine)
        self._runs: tuple[Run, ...] = workspace.jobs.running()
        self._oom_kills = kernel_oom_kills()
        self._swept_at = float("-inf")
        self.active_at = time.monotonic()  # when the table last changed or a job was seen running
        self._log = logger("supervisor")
        settings = workspace.settings
        self.tick_s = min(TICK_S, settings.cancel_grace_s / 2, settings.lease_s / 4)

    def tick(self) -> None:
        """Look at everything once and put right what is wrong."""
        now = time.monotonic()
        for slot in self._slots:
            if slot.member is not None and slot.member.popen.poll() is not None:
                self._bury(slot.member)
                slot.vacate(now)
            slot.fill(self._settings, now)
        self._oom_kills = kernel_oom_kills()
        has_changed = self._wake.has_changed()
        if self._runs or (has_changed and self._wake.is_exact):
            self.active_at = now
        if self._runs or has_changed:
            self._runs = self._jobs.running()
            self._check_memory()
            self._check_cancellations()
            self._check_strangers()
            self._check_leases(now)
        if now - self._swept_at > SWEEP_S:
            self._swept_at = now
            self._jobs.forget_finished(self._settings.retention_days * DAY_S)
            self._uploads.sweep()

    def bury_all(self) -> None:
        """Take back whatever the workers in the slots still held; call it when they are all dead."""
        for slot in self._slots:
            if slot.member is not None:
                self._bury(slot.member)
                slot.member = None

    def _bury(self, member: Member) -> None:
        code = member.popen.returncode
        is_killed_by_kernel = code == -signal.SIGKILL and kernel_oom_kills() > self._oom_kills
        if member.is_out_of_memory or is_killed_by_kernel:
            self._jobs.fail_running_of(member.name, memory_error(self._settings.worker_memory_mib))
        self._take_back(member.name)
        if member.popen.stdin is not None:
            member.popen.stdin.close()
        self._log.info("worker ended", worker=member.name, code=code)

    def _take_back(self, worker: str) -> None:
        for job_id in self._jobs.requeue_lost(self._settings.max_attempts, worker=worker):
            self._log.warning("job taken back from a dead worker", worker=worker, job_id=job_id)

    def _check_memory(self) -> None:
        for member in self._members():
            if own_mib(member.popen.pid) > self._settings.worker_memory_mib:
                member.is_out_of_memory = True
                self._log.warning("worker killed: too much memory", worker=member.name)
                member.kill()

    def _check_cancellations(self) -> None:
        limit = time.time() - self._settings.cancel_grace_s
        overdue = {run.worker for run in self._runs if run.cancel_requested_at and run.cancel_requested_at < limit}
        for member in self._members():
            if member.name in overdue:
                self._log.warning("worker killed: its job ignores being cancelled", worker=member.name)
                member.kill()
        for name in overdue & set(self._strangers):
            with suppress(psutil.NoSuchProcess):
                self._strangers[name].kill()

    def _check_strangers(self) -> None:
        own = {slot.member.name for slot in self._slots if slot.member is not None}  # the just killed are no strangers
        here = {run.worker for run in self._runs if run.worker.startswith(f"{machine()}/")} - own
        for name in set(self._strangers) - here:
            del self._strangers[name]
        for name in here:
            process = self._strangers.get(name) or find_worker(name)
            if process is None or not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                self._strangers.pop(name, None)
                self._take_back(name)
            else:
                self._strangers[name] = process

    def _check_leases(self, now: float) -> None:
        wall = time.time()
        expired = {run.worker for run in self._runs if run.lease_until < wall}
        if expired:
            for job_id in self._jobs.requeue_lost(self._settings.max_attempts):
                self._log.warning("job taken back: its lease ran out", job_id=job_id)
        for member in self._members():
            if member.name in expired:
                member.lost_lease_at = member.lost_lease_at or now
            # It ends by itself at its next heartbeat; one that is stuck for another lease has to be replaced.
            if member.lost_lease_at is not None and now - member.lost_lease_at > self._settings.lease_s:
                member.kill()

    def _members(self) -> list[Member]:
        return [slot.member for slot in self._slots if slot.member is not None and slot.member.popen.poll() is None]


def kernel_oom_kills() -> int:
    """Return how many processes the kernel has killed for want of memory since boot; 0 where it does not tell."""
    with suppress(OSError):
        for line in _KERNEL_COUNTERS.read_text().splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0
