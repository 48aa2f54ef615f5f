"""Waiting for jobs: prompt, cheap, bounded, and robust against a table that cannot be read."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from services import waiting
from services.jobs import Job, JobState, JobStore, Submission, open_engine
from services.waiting import Following, JobWatcher, News, NoPlaceError, WatchFailedError
from tests.live import wait_until

OBSERVED_S = 0.5  # how long an idle thread is looked at
LONG_S = 30.0  # a bound that no test reaches unless it fails


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Address of an empty job table."""
    return f"sqlite:///{tmp_path / 'jobs.db'}"


@pytest.fixture
def jobs(url: str) -> Iterator[JobStore]:
    """The table as the web process sees it."""
    engine = open_engine(url)
    yield JobStore(engine)
    engine.dispose()


@pytest.fixture
def elsewhere(url: str) -> Iterator[JobStore]:
    """The same table as another process sees it: through connections of its own."""
    engine = open_engine(url)
    yield JobStore(engine)
    engine.dispose()


@pytest.fixture
def watcher(jobs: JobStore) -> JobWatcher:
    """A watcher with few places."""
    return JobWatcher(jobs, places=4)


def submit(jobs: JobStore) -> Job:
    return jobs.submit(Submission(id=uuid.uuid4().hex, kind="k", request={}, owner="test"))


def run_to_end(jobs: JobStore) -> None:
    claim = jobs.claim("worker", ["cpu"], lease_s=60)
    assert claim is not None
    assert jobs.finish(claim, b"{}")


def in_thread(call: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    return thread


def test_an_ended_job_is_returned_at_once(jobs: JobStore, watcher: JobWatcher) -> None:
    job = submit(jobs)
    run_to_end(jobs)
    assert watcher.wait(job.id, LONG_S).state is JobState.DONE


def test_a_job_that_ends_elsewhere_is_noticed_within_a_blink(
    jobs: JobStore, elsewhere: JobStore, watcher: JobWatcher
) -> None:
    delays = []
    for _ in range(10):
        job = submit(jobs)
        with ThreadPoolExecutor(1) as pool:
            waiter = pool.submit(lambda job_id=job.id: (watcher.wait(job_id, LONG_S), time.perf_counter()))
            wait_until(lambda: watcher._watches, LONG_S, "the job is watched")
            run_to_end(elsewhere)
            ended = time.perf_counter()
            found, woken = waiter.result(LONG_S)
        assert found.state is JobState.DONE
        delays.append(woken - ended)
    assert sorted(delays)[5] < 0.25, delays


def test_who_waits_in_vain_gets_the_job_as_it_is(jobs: JobStore, watcher: JobWatcher) -> None:
    started = time.monotonic()
    assert watcher.wait(submit(jobs).id, 0.2).state is JobState.QUEUED
    assert 0.2 <= time.monotonic() - started < 10


def test_an_unknown_job_is_told_at_once(watcher: JobWatcher) -> None:
    started = time.monotonic()
    with pytest.raises(KeyError):
        watcher.wait("no-such-job", LONG_S)
    assert time.monotonic() - started < 10


def test_all_who_wait_for_one_job_are_woken(jobs: JobStore) -> None:
    watcher, job = JobWatcher(jobs, places=20), submit(jobs)
    with ThreadPoolExecutor(20) as pool:
        waits = [pool.submit(watcher.wait, job.id, LONG_S) for _ in range(20)]
        wait_until(lambda: watcher._watches and watcher._watches[job.id].waiters == 20, LONG_S, "all wait")
        run_to_end(jobs)
        assert {wait.result(LONG_S).state for wait in waits} == {JobState.DONE}
    assert watcher._watches == {}


def test_beyond_the_places_nobody_waits(jobs: JobStore, watcher: JobWatcher) -> None:
    job = submit(jobs)
    held = [watcher.follow(job.id) for _ in range(4)]
    started = time.monotonic()
    assert watcher.wait(job.id, LONG_S).state is JobState.QUEUED
    assert time.monotonic() - started < 10
    with pytest.raises(NoPlaceError):
        watcher.follow(job.id)
    for following in held:
        following.close()
        following.close()
    watcher.follow(job.id).close()


def test_who_hangs_up_gives_the_place_back(jobs: JobStore, watcher: JobWatcher) -> None:
    job, gone = submit(jobs), threading.Event()
    waiter = in_thread(lambda: watcher.wait(job.id, LONG_S, is_abandoned=gone.is_set))
    wait_until(lambda: watcher._watches, LONG_S, "the job is watched")
    gone.set()
    waiter.join(5)
    assert not waiter.is_alive()


def test_news_come_in_order_and_end_with_the_job(jobs: JobStore, elsewhere: JobStore, watcher: JobWatcher) -> None:
    following = watcher.follow(submit(jobs).id, heartbeat_s=LONG_S)
    assert next(following) == News(JobState.QUEUED, 0.0, "")
    claim = elsewhere.claim("worker", ["cpu"], lease_s=60)
    assert claim is not None
    news = _until(following, lambda item: item.state is JobState.RUNNING)
    elsewhere.renew(claim, 60, 0.5, "half")
    news = _until(following, lambda item: item.progress == 0.5)
    assert news.message == "half"
    elsewhere.finish(claim, b"{}")
    assert _until(following, lambda item: item.state.is_final).state is JobState.DONE
    assert list(following) == []
    following.close()


def test_a_quiet_job_gives_heartbeats(jobs: JobStore, watcher: JobWatcher) -> None:
    following = watcher.follow(submit(jobs).id, heartbeat_s=0.05)
    next(following)
    assert [next(following), next(following)] == [None, None]
    following.close()


def test_a_closed_following_ends(jobs: JobStore, watcher: JobWatcher) -> None:
    following = watcher.follow(submit(jobs).id)
    following.close()
    assert list(following) == []


def test_nothing_runs_while_nobody_waits(jobs: JobStore, watcher: JobWatcher) -> None:
    watcher.wait(submit(jobs).id, 0.05)
    thread = watcher._thread
    assert thread is not None
    before = _cpu_s(thread)
    threading.Event().wait(OBSERVED_S)
    assert _cpu_s(thread) - before < 0.01


def test_a_thread_that_nobody_needs_ends_and_the_next_to_wait_starts_another(
    jobs: JobStore, watcher: JobWatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "IDLE_S", 0.05)
    for _ in range(2):
        assert watcher.wait(submit(jobs).id, 0.1).state is JobState.QUEUED
        wait_until(lambda: watcher._thread is None, LONG_S, "the thread has ended")


def test_waiting_is_cheap(jobs: JobStore, watcher: JobWatcher) -> None:
    job = submit(jobs)
    watcher.wait(job.id, 0.1)
    thread = watcher._thread
    assert thread is not None
    before = _cpu_s(thread)
    watcher.wait(job.id, 1.0)
    assert _cpu_s(thread) - before < 0.1, "a hundred looks a second cost less than a tenth of a core"


def test_a_table_that_cannot_be_read_is_told_to_who_waits_and_not_held_against_later_ones(
    jobs: JobStore, watcher: JobWatcher
) -> None:
    job = submit(jobs)
    with ThreadPoolExecutor(1) as pool:
        waiter = pool.submit(watcher.wait, job.id, LONG_S)
        wait_until(lambda: watcher._watches, LONG_S, "the job is watched")
        with jobs.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE jobs RENAME TO hidden")
        with pytest.raises(WatchFailedError, match="no such table"):
            waiter.result(LONG_S)
    with jobs.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE hidden RENAME TO jobs")
    run_to_end(jobs)
    assert watcher.wait(job.id, LONG_S).state is JobState.DONE


def _until(following: Following, holds: Callable[[News], bool]) -> News:
    for news in following:
        if news is not None and holds(news):
            return news
    raise AssertionError("the news ended")


def _cpu_s(thread: threading.Thread) -> float:
    times = {item.id: item.user_time + item.system_time for item in psutil.Process().threads()}
    return float(times[thread.native_id or 0])
