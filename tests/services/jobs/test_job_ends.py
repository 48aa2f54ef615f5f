"""How jobs end on warm workers that go on afterwards."""

import json

import pytest

from services.jobs import JobState
from tests.live import wait_until
from tests.services.jobs.installation import LONG_S, Installation

pytestmark = pytest.mark.processes


def test_a_job_ends_with_its_result_and_what_it_cost(crew: Installation) -> None:
    job = crew.wait_until_done(crew.submit("count", steps=3, step_s=0.05))
    assert json.loads(crew.workspace.jobs.result(job.id) or b"") == {"value": 3.0}
    assert job.measures is not None
    assert job.measures.wall_s >= 0.15
    assert 0 <= job.measures.cpu_s < job.measures.wall_s
    assert job.measures.peak_memory_mib is not None
    assert 10 < job.measures.peak_memory_mib < 2000


def test_progress_is_seen_while_the_job_runs(crew: Installation) -> None:
    job_id = crew.submit("count", steps=1000, step_s=0.02)
    seen = wait_until(lambda: (job := crew.job(job_id)).progress > 0 and job, LONG_S, "some progress")
    later = wait_until(lambda: (job := crew.job(job_id)).progress > seen.progress and job, LONG_S, "more of it")
    crew.workspace.jobs.cancel(job_id)
    assert seen.message.startswith("step ")
    assert later.progress < 1


def test_a_job_that_raises_fails_with_its_own_words(crew: Installation) -> None:
    job = crew.wait_for(crew.submit("raise", text="the moon is full"), JobState.FAILED)
    assert job.error is not None
    assert (job.error.type, job.error.detail) == ("internal", "the moon is full")


def test_a_refused_request_fails_at_its_field(crew: Installation) -> None:
    job = crew.wait_for(crew.submit("refuse", text="x"), JobState.FAILED)
    assert job.error is not None
    assert job.error.type == "request"
    assert job.error.errors[0].loc == ("text",)
    assert "choose another" in job.error.errors[0].msg


def test_a_job_of_a_kind_that_is_no_more_fails_in_words(crew: Installation) -> None:
    job = crew.wait_for(crew.submit_raw("forgotten", {}), JobState.FAILED)
    assert job.error is not None
    assert "'forgotten'" in job.error.detail


def test_a_request_that_an_older_version_accepted_fails_at_its_field(crew: Installation) -> None:
    job = crew.wait_for(crew.submit_raw("count", {"steps": -1}), JobState.FAILED)
    assert job.error is not None
    assert [problem.loc for problem in job.error.errors] == [("steps",)]


def test_a_queued_job_is_cancelled_without_ever_starting(crew: Installation) -> None:
    before = [crew.submit("count", steps=10) for _ in range(2)]
    job_id = crew.submit("echo")
    crew.workspace.jobs.cancel(job_id)
    for earlier in before:
        crew.wait_until_done(earlier)
    crew.wait_until_done(crew.submit("echo"))
    assert (crew.job(job_id).state, crew.job(job_id).attempts) == (JobState.CANCELLED, 0)


def test_a_running_job_is_cancelled_and_its_worker_goes_on(crew: Installation) -> None:
    workers = crew.workers()
    job_id = crew.submit("count", steps=10_000)
    crew.wait_for_start(job_id)
    crew.workspace.jobs.cancel(job_id)
    crew.wait_for(job_id, JobState.CANCELLED)
    crew.wait_until_done(crew.submit("echo"))
    assert crew.workers() == workers
    assert crew.effects(job_id) == ["cancelled"]


def test_six_submissions_are_a_queue_on_the_same_workers(crew: Installation) -> None:
    workers = crew.workers()
    job_ids = [crew.submit("count", steps=6) for _ in range(6)]
    most = 0

    def are_all_done() -> bool:
        nonlocal most
        counts = crew.workspace.jobs.counts()
        most = max(most, counts[JobState.RUNNING])
        return not counts[JobState.RUNNING] + counts[JobState.QUEUED]

    wait_until(are_all_done, LONG_S, "all are done")
    assert most == 2
    assert crew.workers() == workers
    assert {crew.job(job_id).state for job_id in job_ids} == {JobState.DONE}
