"""What the kernel's own counters add to the death of a worker."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.jobs import Job, JobState, Submission, oversight
from services.jobs.crew import Member, Post, Slot
from services.jobs.oversight import Oversight, kernel_oom_kills
from services.workspace import Workspace

pytestmark = pytest.mark.processes


def _bury_a_killed_worker(workspace: Workspace, counters: Path, kills_after: int) -> Job:
    """Let a worker be killed while it runs a job, the kernel's count being 3 before and `kills_after` then."""
    counters.write_text("pgfault 1\noom_kill 3\n")
    workspace.jobs.submit(Submission(id="job-00001", kind="echo", request={}, owner="me"))
    assert workspace.jobs.claim("worker", ("cpu",), lease_s=600) is not None
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        slot = Slot(Post("cpu-1", ("cpu",), "cpu", {}), Member("worker", process, started_at=0.0))
        slot.not_before = float("inf")  # nobody follows
        watcher = Oversight(workspace, [slot])
        process.kill()
        process.wait()
        counters.write_text(f"pgfault 1\noom_kill {kills_after}\n")
        watcher.tick()
    job = workspace.jobs.get("job-00001")
    assert job is not None
    return job


@pytest.fixture
def counters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in the place of the kernel's counters."""
    monkeypatch.setattr(oversight, "_KERNEL_COUNTERS", tmp_path / "vmstat")
    return tmp_path / "vmstat"


def test_a_worker_that_the_kernel_killed_for_memory_has_its_job_marked_so(workspace: Workspace, counters: Path) -> None:
    job = _bury_a_killed_worker(workspace, counters, kills_after=4)
    assert job.error is not None
    assert (job.state, job.error.type) == (JobState.FAILED, "memory")


def test_a_worker_that_somebody_else_killed_has_its_job_run_again(workspace: Workspace, counters: Path) -> None:
    assert _bury_a_killed_worker(workspace, counters, kills_after=3).state is JobState.QUEUED


def test_counters_that_are_not_there_count_nothing(counters: Path) -> None:
    assert kernel_oom_kills() == 0


def test_uploads_that_nobody_finished_go_without_anybody_uploading_again(workspace: Workspace) -> None:
    old, young = workspace.uploads.create("old.csv"), workspace.uploads.create("young.csv")
    for path in workspace.settings.data_dir.rglob(f"{old}.*"):
        os.utime(path, (0, 0))
    Oversight(workspace, ()).tick()
    assert not list(workspace.settings.data_dir.rglob(f"{old}.*"))
    assert workspace.uploads.offset(young) == 0
