"""A real supervisor with real workers: what dies is replaced, and each job has one effect."""

import signal
import time

import psutil
import pytest

from services.jobs import JobState
from services.supervisor import ensure_supervisor, stop_supervisor
from tests.live import wait_until
from tests.services.jobs.installation import LONG_S, Install, Installation

pytestmark = pytest.mark.processes


def test_a_killed_worker_is_replaced_and_its_job_run_again_at_once(install: Install) -> None:
    installation = install(lease_s=600)  # so that it cannot be the lease that brings the job back
    installation.start_supervisor()
    job_id = installation.submit("count", steps=20)
    _, process = installation.wait_for_start(job_id)
    before = set(installation.workers())
    process.kill()
    assert installation.wait_until_done(job_id).attempts == 2
    assert installation.effects(job_id).count("result") == 1
    installation.wait_for_workers(2)
    assert len(before & set(installation.workers())) == 1


def test_a_worker_killed_before_its_first_heartbeat_loses_no_job(install: Install) -> None:
    installation = install(lease_s=600, workers=1)
    installation.start_supervisor()
    job_id = installation.submit("ignore", steps=1, step_s=1.5)
    _, process = installation.wait_for_start(job_id)
    process.kill()
    installation.wait_until_done(job_id)
    assert installation.effects(job_id) == ["lost before a heartbeat", "done", "result"]


def test_a_job_that_ignores_being_cancelled_ends_cancelled_with_its_worker_replaced(install: Install) -> None:
    installation = install(workers=1)
    installation.start_supervisor()
    job_id = installation.submit("ignore", steps=1000, step_s=1)
    _, process = installation.wait_for_start(job_id)
    installation.workspace.jobs.cancel(job_id)
    installation.wait_for(job_id, JobState.CANCELLED)
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    installation.wait_until_done(installation.submit("echo"))
    assert installation.effects(job_id) == ["cancelled"]


def test_a_job_that_fills_memory_is_marked_so_and_others_do_not_notice(install: Install) -> None:
    installation = install()
    installation.start_supervisor()
    other = installation.submit("count", steps=50)
    installation.wait_for_start(other)
    job_id = installation.submit("swell", value=700)
    job = installation.wait_for(job_id, JobState.FAILED)
    assert job.error is not None
    assert job.error.type == "memory"
    assert installation.effects(job_id) == ["failed"]
    assert installation.wait_until_done(other).attempts == 1


def test_a_job_whose_worker_dies_each_time_is_given_up(install: Install) -> None:
    installation = install(max_attempts=3, workers=1)
    installation.start_supervisor()
    job_id = installation.submit("die")
    job = installation.wait_for(job_id, JobState.FAILED)
    assert job.error is not None
    assert (job.error.type, job.attempts) == ("lost", 3)
    installation.wait_until_done(installation.submit("echo"))


def test_a_stopped_worker_is_replaced_after_its_lease_and_changes_nothing_any_more(install: Install) -> None:
    installation = install(lease_s=1.0)
    installation.start_supervisor()
    job_id = installation.submit("ignore", steps=1, step_s=1)
    _, process = installation.wait_for_start(job_id)
    process.suspend()
    installation.wait_until_done(job_id)
    wait_until(lambda: not process.is_running(), LONG_S, "the stopped worker is ended")
    installation.wait_for_workers(2)
    assert installation.effects(job_id).count("result") == 1


def test_a_killed_supervisor_is_followed_by_one_that_finds_the_running_job(install: Install) -> None:
    installation = install(lease_s=600)
    installation.start_supervisor()
    running = installation.submit("count", steps=30)
    installation.wait_for_start(running)
    installation.kill_supervisor()
    installation.wait_for_workers(1)
    waiting = installation.submit("echo")
    ensure_supervisor(installation.settings)
    installation.wait_until_done(waiting)
    assert installation.wait_until_done(running).attempts == 1
    installation.wait_for_workers(2)


def test_a_worker_that_died_while_there_was_no_supervisor_leaves_no_job_behind(install: Install) -> None:
    installation = install(lease_s=600, workers=1)
    installation.start_supervisor()
    job_id = installation.submit("count", steps=20)
    _, process = installation.wait_for_start(job_id)
    installation.kill_supervisor()
    process.kill()
    ensure_supervisor(installation.settings)
    assert installation.wait_until_done(job_id).attempts == 2


def test_an_orphan_that_ignores_being_cancelled_is_ended_by_the_next_supervisor(install: Install) -> None:
    installation = install(lease_s=600, workers=1)
    installation.start_supervisor()
    job_id = installation.submit("ignore", steps=1000, step_s=1)
    _, process = installation.wait_for_start(job_id)
    installation.kill_supervisor()
    installation.workspace.jobs.cancel(job_id)
    ensure_supervisor(installation.settings)
    installation.wait_for(job_id, JobState.CANCELLED)
    wait_until(lambda: not process.is_running(), LONG_S, "the orphan is ended")


def test_stopping_puts_running_jobs_back_and_the_next_start_runs_them(install: Install) -> None:
    installation = install(workers=1)
    installation.start_supervisor()
    job_id = installation.submit("count", steps=20)
    installation.wait_for_start(job_id)
    stop_supervisor(installation.settings)
    assert not installation.workers()
    job = installation.job(job_id)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    ensure_supervisor(installation.settings)
    assert installation.wait_until_done(job_id).attempts == 1


def test_without_a_server_the_supervisor_ends_when_no_job_is_left(installation: Installation) -> None:
    job_ids = [installation.submit("count", steps=10) for _ in range(3)]
    supervisor = installation.start("services.supervisor", "--linger", "0.5")
    assert supervisor.wait(LONG_S) == 0
    assert [installation.job(job_id).state for job_id in job_ids] == [JobState.DONE] * 3
    assert not installation.workers()


def test_a_second_supervisor_leaves_the_place_to_the_first(install: Install) -> None:
    installation = install(workers=1)
    first = installation.start_supervisor()
    second = installation.start("services.supervisor")
    assert second.wait(LONG_S) == 0
    ensure_supervisor(installation.settings)
    assert installation.supervisor() == first


def test_a_supervisor_of_other_settings_is_replaced(install: Install) -> None:
    old, new = install(), install(workers=1)
    first = old.start_supervisor()
    job_id = old.submit("count", steps=20)
    old.wait_for_start(job_id)
    ensure_supervisor(new.settings)
    assert new.supervisor() != first
    assert old.wait_until_done(job_id).attempts == 1
    old.wait_for_workers(1)


def test_workers_that_cannot_start_are_tried_ever_less_often(install: Install) -> None:
    installation = install(warm_modules=("no_such_module",), workers=1)
    installation.start("services.supervisor", "--linger", "600")
    log = installation.settings.data_dir / "test.log"
    wait_until(lambda: log.exists() and log.read_text().count('"worker started"') >= 4, LONG_S, "four tries")
    starts = [
        line.split('"timestamp": "')[1][17:26] for line in log.read_text().splitlines() if "worker started" in line
    ]
    seconds = [float(start) for start in starts]
    assert (seconds[3] - seconds[2]) % 60 > 0.2
    assert installation.supervisor().is_running()


def test_a_killed_server_leaves_jobs_running_and_the_next_one_takes_over(install: Install) -> None:
    installation = install(workers=1)
    server = installation.start("tests.services.jobs.server_twin")
    supervisor = installation.supervisor()
    job_id = installation.submit("count", steps=40)
    installation.wait_for_start(job_id)
    server.kill()
    server.wait()
    follower = installation.start("tests.services.jobs.server_twin")
    assert installation.wait_until_done(job_id).attempts == 1
    assert follower.poll() is None
    assert installation.supervisor() == supervisor


def test_a_server_replaces_a_killed_supervisor_by_itself(install: Install) -> None:
    installation = install(workers=1)
    installation.start("tests.services.jobs.server_twin")
    first = installation.supervisor()
    installation.wait_until_done(installation.submit("echo"))
    installation.kill_supervisor()
    assert installation.supervisor() != first
    installation.wait_until_done(installation.submit("echo"))


def test_workers_end_soon_after_a_signal_even_when_the_job_would_not(install: Install) -> None:
    installation = install()
    supervisor = installation.start_supervisor()
    for _ in range(2):
        installation.wait_for_start(installation.submit("ignore", steps=1000, step_s=1))
    asked_at = time.monotonic()
    supervisor.send_signal(signal.SIGTERM)
    installation.wait_for_workers(0)
    assert time.monotonic() - asked_at < 4.0
