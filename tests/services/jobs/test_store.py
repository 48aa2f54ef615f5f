"""What the job table answers and keeps."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from services.jobs import JobState, JobStore, Submission, open_engine
from services.jobs.table import REQUESTS


class Clock:
    """Time that moves when told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock at 1000 s."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[JobStore]:
    """An empty table."""
    engine = open_engine(f"sqlite:///{tmp_path}/jobs.db")
    yield JobStore(engine, clock)
    engine.dispose()


def submission(job_id: str = "job-00001", **fields: object) -> Submission:
    """Return a submission of an echo."""
    return Submission.model_validate({"id": job_id, "kind": "echo", "request": {"n": 1}, "owner": "ann"} | fields)


def run_to_end(store: JobStore, result: bytes = b"{}") -> str:
    """Run the next job and return its id."""
    claim = store.claim("w", ("cpu",), 10.0, device="cpu")
    assert claim is not None
    assert store.finish(claim, result)
    return claim.job_id


def test_an_idempotency_key_returns_the_first_job(store: JobStore) -> None:
    first = store.submit(submission("job-00001", idempotency_key="k"))
    assert store.submit(submission("job-00002", idempotency_key="k")) == first
    assert store.get("job-00002") is None


def test_an_equal_request_is_answered_by_a_young_result_of_the_same_code(store: JobStore, clock: Clock) -> None:
    store.submit(submission("job-00001", cache_key="c"), code_version="1")
    run_to_end(store, b'{"answer": 42}')
    clock.now += 60
    cached = store.submit(submission("job-00002", cache_key="c"), cache_ttl_s=100, code_version="1")
    assert (cached.state, cached.result_of, cached.progress) == (JobState.DONE, "job-00001", 1.0)
    assert store.result("job-00002") == b'{"answer": 42}'
    for job_id, ttl_s, version in (("job-00003", 59, "1"), ("job-00004", 100, "2"), ("job-00005", 0, "1")):
        again = store.submit(submission(job_id, cache_key="c"), cache_ttl_s=ttl_s, code_version=version)
        assert again.state is JobState.QUEUED


def test_pages_follow_each_other_without_gap_or_repeat(store: JobStore) -> None:
    ids = [store.submit(submission(f"job-{n:05}", owner="ann" if n % 2 else "bob")).id for n in range(11)]
    found: list[str] = []
    cursor = None
    while True:
        page = store.page(limit=4, cursor=cursor)
        found += [job.id for job in page.jobs]
        cursor = page.cursor
        if cursor is None:
            break
    assert found == ids[::-1]
    assert [job.owner for job in store.page(owner="bob").jobs] == ["bob"] * 6


def test_only_the_lane_asked_for_is_served(store: JobStore) -> None:
    store.submit(submission("job-00001", lane="gpu"))
    assert store.claim("w", ("cpu",), 10.0) is None
    assert not store.has_turn(("cpu",))
    claim = store.claim("w", ("cpu", "gpu"), 10.0)
    assert claim is not None
    assert claim.job_id == "job-00001"


def test_jobs_ahead_are_those_of_the_lane_that_come_first(store: JobStore) -> None:
    for job_id, fields in (
        ("job-00001", {}),
        ("job-00002", {"lane": "gpu"}),
        ("job-00003", {}),
        ("job-00004", {"priority": 1}),
    ):
        store.submit(submission(job_id, **fields))
    assert [store.ahead_of(f"job-0000{n}") for n in (1, 2, 3, 4)] == [1, 0, 2, 0]
    assert store.ahead_of("job-unknown") == 0


def test_a_job_that_lends_its_result_is_kept_as_long_as_the_borrower(store: JobStore, clock: Clock) -> None:
    store.submit(submission("job-00001", cache_key="c"), code_version="1")
    run_to_end(store)
    clock.now += 90
    store.submit(submission("job-00002", cache_key="c"), cache_ttl_s=1000, code_version="1")
    clock.now += 20
    assert store.forget_finished(older_than_s=100) == 0
    clock.now += 100
    assert store.forget_finished(older_than_s=100) == 1  # the borrower; the lender goes at the next sweep
    assert store.forget_finished(older_than_s=100) == 1
    assert store.page().jobs == ()


def test_a_running_job_is_never_forgotten(store: JobStore, clock: Clock) -> None:
    store.submit(submission())
    store.claim("w", ("cpu",), 10.0)
    clock.now += 1e6
    assert store.forget_finished(older_than_s=1) == 0


def test_many_threads_claim_each_job_once(store: JobStore) -> None:
    for number in range(60):
        store.submit(submission(f"job-{number:05}"))

    def work(worker: str) -> list[str]:
        taken = []
        while (claim := store.claim(worker, ("cpu",), 10.0)) is not None:
            taken.append(claim.job_id)
            assert store.finish(claim, b"1")
        return taken

    with ThreadPoolExecutor(6) as pool:
        taken = [job_id for ids in pool.map(work, "abcdef") for job_id in ids]
    assert sorted(taken) == [f"job-{number:05}" for number in range(60)]


def test_a_kept_value_stays_what_it_was_first(store: JobStore) -> None:
    assert [store.keep_value("key", value) for value in ("first", "second")] == ["first", "first"]


@pytest.mark.parametrize("n", [1, 10_000])
def test_a_request_comes_back_whole_whatever_its_size(store: JobStore, n: int) -> None:
    request = {"series": {"values": list(range(n)), "name": "x"}, "horizon": 3}
    given = store.submit(submission(request=request, idempotency_key="k"))
    assert given.request == request
    assert store.get(given.id) == given
    assert store.submit(submission("job-00002", idempotency_key="k")) == given
    claim = store.claim("w", ("cpu",), 10.0)
    assert claim is not None
    assert claim.request == request


def test_lists_hold_the_outline_of_a_large_request(store: JobStore, clock: Clock) -> None:
    request = {"series": {"values": [[1.0]] * 10_000, "name": "x" * 9000}, "horizon": 3}
    store.submit(submission(request=request))
    (listed,) = store.page().jobs
    assert listed.request["horizon"] == 3
    assert listed.request["series"]["name"].startswith("xxx")
    assert len(str(listed.request)) < 1000
    run_to_end(store)
    clock.now += 10
    assert store.forget_finished(older_than_s=1) == 1
    with store.engine.begin() as connection:
        assert connection.execute(select(REQUESTS)).all() == []


def test_a_table_of_an_earlier_release_gets_the_columns_it_lacks(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE jobs DROP COLUMN is_request_apart")
    engine.dispose()
    engine = open_engine(url)
    store = JobStore(engine)
    assert store.submit(submission()) == store.get("job-00001")
    engine.dispose()


def test_the_revision_changes_with_all_that_a_list_of_jobs_shows_and_with_nothing_else(store: JobStore) -> None:
    seen = [store.revision()]

    def note() -> None:
        seen.append(store.revision())

    store.submit(submission("job-00001"))
    note()
    store.submit(submission("job-00002"))
    note()
    claim = store.claim("w", ("cpu",), 10.0)
    assert claim is not None
    note()
    store.renew(claim, 10.0, progress=0.5, message="half")
    note()
    store.renew(claim, 10.0)  # a heartbeat: nothing to see
    assert store.revision() == seen[-1]
    store.cancel(claim.job_id)
    note()
    assert store.finish_cancelled(claim)
    note()
    run_to_end(store)
    note()
    store.submit(submission("job-00003", cache_key="c"), code_version="1")
    run_to_end(store)
    note()
    assert len(set(seen)) == len(seen)
