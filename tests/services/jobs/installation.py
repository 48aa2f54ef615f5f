"""An installation under test: its settings, its table, and every process that was started on its data directory."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import text

from services.environment import child_environment
from services.jobs import Job, JobState, Submission
from services.jobs.crew import machine
from services.locks import FileLock, claim_data_dir, is_held, read_holder
from services.settings import Settings
from services.submission import submit_job
from services.supervisor import SUPERVISOR_LOCK, ensure_supervisor, stop_supervisor
from services.workspace import Workspace, open_workspace
from tests.live import kill_processes_of, wait_until

REGISTRY = "tests.services.jobs.registry:TASKS"
PROCESSES_S = 0.1  # between looks at all processes there are
LONG_S = 30.0  # nothing under test takes this long on a machine that is only slow
_AUDIT = (
    "CREATE TABLE IF NOT EXISTS effects (job_id TEXT, state TEXT)",
    """CREATE TRIGGER IF NOT EXISTS note_result AFTER INSERT ON results
       BEGIN INSERT INTO effects VALUES (NEW.job_id, 'result'); END""",
    """CREATE TRIGGER IF NOT EXISTS note_end AFTER UPDATE OF state ON jobs
       WHEN NEW.state IN ('done', 'failed', 'cancelled')
       BEGIN INSERT INTO effects VALUES (NEW.id, NEW.state); END""",
    """CREATE TRIGGER IF NOT EXISTS note_loss AFTER UPDATE OF state ON jobs
       WHEN OLD.state = 'running' AND NEW.state = 'queued'
       BEGIN INSERT INTO effects VALUES
         (NEW.id, CASE WHEN OLD.heartbeat_at = OLD.started_at THEN 'lost before a heartbeat' ELSE 'lost' END); END""",
)


def settings_for(data_dir: Path, **overrides: Any) -> Settings:
    """Return settings for quick tests: short leases and grace, nothing imported beforehand, nothing sampled."""
    given: dict[str, Any] = {
        "data_dir": data_dir,
        "port": 0,
        "workers": 2,
        "lease_s": 3.0,
        "cancel_grace_s": 0.5,
        "worker_memory_mib": 512,
        "warm_modules": (),
        "task_registry": REGISTRY,
        "sample_hz": 0.0,
    }
    return Settings(_env_file=None, **given | overrides)


@dataclass
class Installation:
    """One data directory, with what a test does to it."""

    settings: Settings
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    server_lock: FileLock | None = None

    @cached_property
    def workspace(self) -> Workspace:
        """The opened data directory, with triggers that note every effect on a job."""
        workspace = open_workspace(self.settings)
        with workspace.jobs.engine.begin() as connection:
            for statement in _AUDIT:
                connection.execute(text(statement))
        return workspace

    # ---- jobs -----------------------------------------------------------------------------------------------------

    def submit(self, kind: str, **request: Any) -> str:
        """Put a job in the queue and return its id."""
        return submit_job(self.workspace, kind, request, owner="tester").id

    def submit_raw(self, kind: str, request: dict[str, Any]) -> str:
        """Put a job in the queue that no door of this version would let in."""
        submission = Submission(id=uuid.uuid4().hex, kind=kind, request=request, owner="tester")
        return self.workspace.jobs.submit(submission).id

    def job(self, job_id: str) -> Job:
        """Return the job."""
        job = self.workspace.jobs.get(job_id)
        assert job is not None
        return job

    def wait_for(self, job_id: str, *states: JobState, timeout_s: float = LONG_S) -> Job:
        """Return the job as soon as it is in one of `states`."""

        def has_come() -> Job | None:
            job = self.job(job_id)
            return job if job.state in states else None

        return wait_until(has_come, timeout_s, f"{job_id} is {' or '.join(states)}, not {self.job(job_id)}")

    def wait_for_start(self, job_id: str) -> tuple[Job, psutil.Process]:
        """Return the running job and the process that runs it."""
        self.wait_for(job_id, JobState.RUNNING)
        name = next(run.worker for run in self.workspace.jobs.running() if run.job_id == job_id)
        return self.job(job_id), wait_until(lambda: self.workers().get(name), LONG_S, f"{name} is alive")

    def wait_until_done(self, job_id: str, timeout_s: float = LONG_S) -> Job:
        """Return the job when it has ended well; fail when it ended otherwise."""
        job = self.wait_for(job_id, JobState.DONE, JobState.FAILED, JobState.CANCELLED, timeout_s=timeout_s)
        assert job.state is JobState.DONE, job
        return job

    def effects(self, job_id: str) -> list[str]:
        """Return what happened to the job, in order."""
        with self.workspace.jobs.engine.begin() as connection:
            rows = connection.execute(
                text("SELECT state FROM effects WHERE job_id = :id ORDER BY rowid"), {"id": job_id}
            )
            return [row.state for row in rows]

    # ---- processes ------------------------------------------------------------------------------------------------

    def start_worker(self) -> "subprocess.Popen[bytes]":
        """Start a worker that nobody supervises, and wait until it takes jobs."""
        name = f"{machine()}/cpu-9-{uuid.uuid4().hex[:8]}"
        worker = self.start("services.worker", "--leashed", "--name", name)
        assert self.wait_until_done(self.submit("echo")).state is JobState.DONE
        return worker

    def start(self, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a program of the installation."""
        self.workspace  # noqa: B018 - makes the data directory
        with (self.settings.data_dir / "test.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env=child_environment(self.settings),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.started.append(process)
        return process

    def start_supervisor(self) -> psutil.Process:
        """Claim the data directory and start the supervisor, as a server does; return it when workers take jobs."""
        self.workspace  # noqa: B018
        self.server_lock = self.server_lock or claim_data_dir(self.settings, url="http://127.0.0.1:0")
        ensure_supervisor(self.settings)
        self.wait_for_workers(self.settings.workers)
        self.wait_until_done(self.submit("echo"))
        return self.supervisor()

    def supervisor(self) -> psutil.Process:
        """Return the process of the supervisor at work."""

        def process() -> psutil.Process | None:
            holder = read_holder(self.settings.data_dir / SUPERVISOR_LOCK)
            return None if holder is None else holder.process()

        return wait_until(process, LONG_S, "a supervisor is at work")

    def kill_supervisor(self) -> None:
        """Kill the supervisor at once, as a crash would, and wait until it is gone."""
        self.supervisor().kill()
        lock = self.settings.data_dir / SUPERVISOR_LOCK
        wait_until(lambda: not is_held(lock), LONG_S, "the supervisor is dead")

    def workers(self) -> dict[str, psutil.Process]:
        """Return the living workers by name."""
        found = {}
        for process in self._processes():
            with suppress(psutil.Error):
                command = process.cmdline()
                if "services.worker" in command and process.status() != psutil.STATUS_ZOMBIE:
                    found[command[command.index("--name") + 1]] = process
        return found

    def stop_all(self) -> None:
        """End every process of this installation, whatever state a failed test left it in."""
        for process in self._processes():
            with suppress(psutil.Error):
                process.send_signal(signal.SIGCONT)
        stop_supervisor(self.settings)
        kill_processes_of(self.settings.data_dir)
        for started in self.started:
            started.kill()
            started.wait()
            for stream in (started.stdin, started.stdout):
                if stream is not None:
                    stream.close()
        wait_until(lambda: not list(self._processes()), LONG_S, "no process is left", PROCESSES_S)
        if self.server_lock is not None:
            self.server_lock.release()
        self.workspace.jobs.engine.dispose()

    def wait_for_workers(self, count: int) -> None:
        """Wait until so many workers live."""
        wait_until(lambda: len(self.workers()) == count, LONG_S, f"{count} workers live", PROCESSES_S)

    def _processes(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                data_dir = process.environ().get("LOOKAHEAD_DATA_DIR")
                if process.pid != os.getpid() and data_dir == str(self.settings.data_dir):
                    yield process


Install = Callable[..., Installation]
