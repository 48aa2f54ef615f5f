"""One real worker process without a supervisor: what ends it, and what then becomes of its job."""

import signal

import psutil
import pytest

from services.jobs import JobState
from services.worker import ExitCode
from tests.live import wait_until
from tests.services.jobs.installation import LONG_S, Install, Installation

pytestmark = pytest.mark.processes


def test_exhausting_memory_is_said_and_ends_the_worker(installation: Installation) -> None:
    worker = installation.start_worker()
    job = installation.wait_for(installation.submit("hog", value=4096), JobState.FAILED)
    assert job.error is not None
    assert job.error.type == "memory"
    assert "512 MiB" in job.error.detail
    assert worker.wait(LONG_S) == ExitCode.OUT_OF_MEMORY


def test_a_worker_asked_to_stop_gives_its_job_back_as_if_it_had_not_begun(installation: Installation) -> None:
    worker = installation.start_worker()
    job_id = installation.submit("ignore", steps=1000, step_s=1)
    installation.wait_for_start(job_id)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(LONG_S) == ExitCode.ASKED
    job = installation.job(job_id)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)


def test_a_worker_without_supervisor_finishes_its_job_and_ends(installation: Installation) -> None:
    worker = installation.start_worker()
    job_id = installation.submit("count", steps=20)
    installation.wait_for_start(job_id)
    waiting = installation.submit("echo")
    assert worker.stdin is not None
    worker.stdin.close()
    assert worker.wait(LONG_S) == ExitCode.ASKED
    assert installation.job(job_id).state is JobState.DONE
    assert installation.job(waiting).state is JobState.QUEUED


def test_a_worker_stopped_past_its_lease_has_no_effect_any_more_and_ends(install: Install) -> None:
    installation = install(lease_s=0.5)
    stopped = installation.start_worker()
    job_id = installation.submit("ignore", steps=1, step_s=2)
    installation.wait_for_start(job_id)
    psutil.Process(stopped.pid).suspend()
    jobs = installation.workspace.jobs
    wait_until(lambda: job_id in jobs.requeue_lost(max_attempts=5), LONG_S, "the lease runs out")
    other = installation.start_worker()
    installation.wait_until_done(job_id)
    psutil.Process(stopped.pid).resume()
    assert stopped.wait(LONG_S) == ExitCode.LEASE_LOST
    assert other.poll() is None
    assert installation.effects(job_id).count("result") == 1
    assert installation.job(job_id).attempts == 2


def test_a_late_result_is_refused_even_when_the_job_waits_for_nobody_else(install: Install) -> None:
    installation = install(lease_s=0.5)
    worker = installation.start_worker()
    job_id = installation.submit("ignore", steps=1, step_s=2)
    installation.wait_for_start(job_id)
    psutil.Process(worker.pid).suspend()
    jobs = installation.workspace.jobs
    wait_until(lambda: job_id in jobs.requeue_lost(max_attempts=1), LONG_S, "the lease runs out")
    psutil.Process(worker.pid).resume()
    assert worker.wait(LONG_S) == ExitCode.LEASE_LOST
    job = installation.job(job_id)
    assert job.error is not None
    assert (job.state, job.error.type) == (JobState.FAILED, "lost")
    assert installation.effects(job_id) == ["failed"]
