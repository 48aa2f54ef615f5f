"""The rules of the job table, under every order of events that hypothesis can think of.

Set LOOKAHEAD_TEST_POSTGRES to a SQLAlchemy URL of an empty database to run them there as well.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine, select

from services.jobs import Claim, JobError, JobState, JobStore, LeaseLostError, Submission, open_engine
from services.jobs.table import JOBS, METADATA, RESULTS

LEASE_S = 10.0
MAX_ATTEMPTS = 3
POSTGRES = "LOOKAHEAD_TEST_POSTGRES"
ALLOWED = {
    (None, "queued"),
    ("queued", "running"),
    ("queued", "cancelled"),
    ("running", "queued"),
    ("running", "done"),
    ("running", "failed"),
    ("running", "cancelled"),
}


class Table(RuleBasedStateMachine):
    """Submitters, workers and a supervisor at one table, with a clock that only moves when told to."""

    jobs = Bundle("jobs")
    claims = Bundle("claims")
    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        with self.engine.begin() as connection:
            for table in reversed(METADATA.sorted_tables):
                connection.execute(table.delete())
        self.now = 1000.0
        self.store = JobStore(self.engine, clock=lambda: self.now)
        self.seen: dict[str, str] = {}
        self.results: dict[str, bytes] = {}
        self.current: dict[str, Claim] = {}

    @rule(target=jobs, number=st.integers(0, 5), priority=st.integers(0, 2))
    def submit(self, number: int, priority: int) -> str:
        job_id = f"job-number-{number}"
        known = self.store.get(job_id)
        job = self.store.submit(
            Submission(id=job_id, kind="echo", request={"n": number}, owner="me", priority=priority)
        )
        assert known is None or job == known
        return job_id

    @rule(target=claims, worker=st.sampled_from("abc"))
    def claim(self, worker: str) -> Claim | None:
        waiting = self.store.page(states=[JobState.QUEUED]).jobs
        claim = self.store.claim(worker, ("cpu",), LEASE_S)
        assert (claim is None) == (not waiting)
        if claim is not None:
            first = min(waiting, key=lambda job: (-job.priority, job.seq))
            assert claim.job_id == first.id
            assert claim.fence > self.current[first.id].fence if first.id in self.current else claim.fence == 1
            self.current[claim.job_id] = claim
        return claim

    @rule(claim=claims)
    def renew(self, claim: Claim | None) -> None:
        if claim is not None:
            try:
                self.store.renew(claim, LEASE_S, 0.5, "half")
            except LeaseLostError:
                assert not self._is_held(claim)
            else:
                assert self._is_held(claim)

    @rule(claim=claims, how=st.sampled_from(["finish", "fail", "cancelled", "release"]))
    def end(self, claim: Claim | None, how: str) -> None:
        if claim is None:
            return
        was_held = self._is_held(claim)
        result = f"{claim.job_id} {claim.fence}".encode()
        error = JobError(type="internal", title="no", detail="no")
        took_effect = {
            "finish": lambda: self.store.finish(claim, result),
            "fail": lambda: self.store.fail(claim, error),
            "cancelled": lambda: self.store.finish_cancelled(claim),
            "release": lambda: self.store.release(claim),
        }[how]()
        assert took_effect == was_held
        if took_effect and how == "finish":
            assert claim.job_id not in self.results
            self.results[claim.job_id] = result

    @rule(job_id=jobs)
    def cancel(self, job_id: str) -> None:
        job = self.store.cancel(job_id)
        assert job is not None
        assert job.state is not JobState.QUEUED

    @rule(seconds=st.sampled_from([1.0, LEASE_S / 2, LEASE_S + 1]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def sweep(self) -> None:
        expired = {run.job_id for run in self.store.running() if run.lease_until < self.now}
        assert set(self.store.requeue_lost(MAX_ATTEMPTS)) == expired

    @rule(worker=st.sampled_from("abc"))
    def bury(self, worker: str) -> None:
        held = {run.job_id for run in self.store.running() if run.worker == worker}
        assert set(self.store.requeue_lost(MAX_ATTEMPTS, worker=worker)) == held
        assert worker not in {run.worker for run in self.store.running()}

    @precondition(lambda self: self.seen)
    @rule()
    def forget_nothing_young(self) -> None:
        assert self.store.forget_finished(older_than_s=1e9) == 0

    @invariant()
    def every_change_of_state_is_allowed(self) -> None:
        for job in self.store.page(limit=100).jobs:
            before = self.seen.get(job.id)
            assert before == job.state or (before, job.state) in ALLOWED, (before, job.state)
            self.seen[job.id] = job.state

    @invariant()
    def rows_agree_with_themselves(self) -> None:
        with self.engine.begin() as connection:
            rows = connection.execute(select(JOBS)).all()
            stored = {row.job_id for row in connection.execute(select(RESULTS.c.job_id))}
        for row in rows:
            assert (row.worker is not None) == (row.state == "running") == (row.lease_until is not None)
            assert (row.finished_at is not None) == (row.state in ("done", "failed", "cancelled"))
            assert row.state != "queued" or row.cancel_requested_at is None
            assert (row.error is not None) == (row.state == "failed")
            assert 0 <= row.attempts <= row.fence
            assert (row.id in stored) == (row.state == "done")
            assert self.store.result(row.id) == (self.results[row.id] if row.state == "done" else None)

    def _is_held(self, claim: Claim) -> bool:
        running = {run.job_id for run in self.store.running()}
        return claim.job_id in running and self.current[claim.job_id] == claim


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    yield engine
    engine.dispose()


def _run(engine: Engine, examples: int) -> None:
    machine = type("TableHere", (Table,), {"engine": engine})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_order_of_events_breaks_a_rule(tmp_path: object) -> None:
    with _engine(f"sqlite:///{tmp_path}/jobs.db") as engine:
        _run(engine, examples=60)


@pytest.mark.skipif(POSTGRES not in os.environ, reason=f"{POSTGRES} names no database to run this on")
def test_no_order_of_events_breaks_a_rule_on_postgresql() -> None:
    with _engine(os.environ[POSTGRES]) as engine:
        _run(engine, examples=30)
