"""One real worker process without a supervisor: how jobs end, and what signals do."""

import json
import signal

import psutil
import pytest

from services.jobs import JobState
from services.worker import ExitCode
from tests.live import wait_until
from tests.services.jobs.installation import LONG_S, Install, Installation

pytestmark = pytest.mark.processes


def test_a_job_ends_with_its_result_and_what_it_cost(installation: Installation) -> None:
    installation.start_worker()
    job = installation.wait_until_done(installation.submit("count", steps=3, step_s=0.05))
    assert json.loads(installation.workspace.jobs.result(job.id) or b"") == {"value": 3.0}
    assert job.measures is not None
    assert job.measures.wall_s >= 0.15
    assert 0 <= job.measures.cpu_s < job.measures.wall_s
    assert job.measures.peak_memory_mib is not None
    assert 10 < job.measures.peak_memory_mib < 2000


def test_progress_is_seen_while_the_job_runs(installation: Installation) -> None:
    installation.start_worker()
    job_id = installation.submit("count", steps=200, step_s=0.05)
    seen = wait_until(lambda: (job := installation.job(job_id)).progress > 0 and job, LONG_S, "some progress")
    later = wait_until(lambda: (job := installation.job(job_id)).progress > seen.progress and job, LONG_S, "more of it")
    assert seen.message.startswith("step ")
    assert later.progress < 1


def test_a_job_that_raises_fails_with_its_own_words(installation: Installation) -> None:
    installation.start_worker()
    job = installation.wait_for(installation.submit("raise", text="the moon is full"), JobState.FAILED)
    assert job.error is not None
    assert (job.error.type, job.error.detail) == ("internal", "the moon is full")


def test_a_refused_request_fails_at_its_field(installation: Installation) -> None:
    installation.start_worker()
    job = installation.wait_for(installation.submit("refuse", text="x"), JobState.FAILED)
    assert job.error is not None
    assert job.error.type == "request"
    assert job.error.errors[0].loc == ("text",)
    assert "choose another" in job.error.errors[0].msg


def test_exhausting_memory_is_said_and_ends_the_worker(installation: Installation) -> None:
    worker = installation.start_worker()
    job = installation.wait_for(installation.submit("hog", value=4096), JobState.FAILED)
    assert job.error is not None
    assert job.error.type == "memory"
    assert "512 MiB" in job.error.detail
    assert worker.wait(LONG_S) == ExitCode.OUT_OF_MEMORY


def test_a_queued_job_is_cancelled_without_ever_starting(installation: Installation) -> None:
    installation.start_worker()
    first = installation.submit("count", steps=10)
    second = installation.submit("echo")
    installation.workspace.jobs.cancel(second)
    installation.wait_until_done(first)
    installation.wait_until_done(installation.submit("echo"))
    assert installation.job(second).state is JobState.CANCELLED
    assert installation.job(second).attempts == 0


def test_a_running_job_is_cancelled_and_its_worker_goes_on(installation: Installation) -> None:
    worker = installation.start_worker()
    job_id = installation.submit("count", steps=10_000)
    _, process = installation.wait_for_start(job_id)
    installation.workspace.jobs.cancel(job_id)
    installation.wait_for(job_id, JobState.CANCELLED)
    installation.wait_until_done(installation.submit("echo"))
    assert worker.poll() is None
    assert process.pid == worker.pid


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
