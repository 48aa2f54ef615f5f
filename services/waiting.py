"""Waiting for jobs from the web process: one thread watches the table for everybody who waits.

SQLite tells by its change counter (5 microseconds) whether anything was committed since it was last asked; only then is
the state of the watched jobs read, with one query for all. Other databases are asked every `POLL_S`. Nothing runs while
nobody waits. Submitting and cancelling belong to `services.submission` and `services.jobs`.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from services.jobs import Job, JobState, JobStore
from services.jobs.wakeup import WakeUp, open_wake_up

TICK_S = 0.01  # between looks at the version of the database: a hundred cheap looks a second, unnoticeable to a person
POLL_S = 0.05  # between looks at a database that has no version to look at
RECHECK_S = 1.0  # states are read this often whatever the version says, so that a missed change costs a second at most
IDLE_S = 10.0  # after which the thread ends; it is started again when needed
ABANDONED_CHECK_S = 1.0  # how soon a waiter whose client has gone gives its place back


class NoPlaceError(RuntimeError):
    """As many requests wait already as may; the caller should come back later."""


class WatchFailedError(RuntimeError):
    """The job table could not be read while somebody waited. The jobs themselves go on."""


@dataclass(frozen=True)
class News:
    """Where a watched job was when it was last looked at."""

    state: JobState
    progress: float
    message: str


class _Watch:
    """What the waiters of one job share; guarded by the lock of the watcher."""

    def __init__(self, lock: threading.Lock) -> None:
        self.changed = threading.Condition(lock)
        self.waiters = 0
        self.news: News | None = None
        self.version = 0
        self.is_gone = False
        self.failure: str | None = None

    @property
    def is_over(self) -> bool:
        return self.is_gone or self.failure is not None or (self.news is not None and self.news.state.is_final)


class JobWatcher:
    """Wakes those who wait for jobs when these change. At most `places` requests wait at the same time."""

    def __init__(self, jobs: JobStore, places: int = 48) -> None:
        self._jobs = jobs
        self._places = threading.BoundedSemaphore(places)
        self._lock = threading.Lock()
        self._watches: dict[str, _Watch] = {}
        self._has_work = threading.Condition(self._lock)
        self._has_newcomer = False
        self._thread: threading.Thread | None = None
        self._is_over = False

    def end(self) -> None:
        """Let nobody wait any longer, now and from now on: the server stops. Jobs go on."""
        with self._lock:
            self._is_over = True
            for watch in self._watches.values():
                watch.changed.notify_all()

    def wait(self, job_id: str, timeout_s: float, is_abandoned: Callable[[], bool] = lambda: False) -> Job:
        """Return the job when it has ended, or as it is after `timeout_s` s, or at once when all places are taken.

        `is_abandoned` tells that nobody wants the answer any more. Raise KeyError when there is no such job.
        """
        if timeout_s > 0 and self._places.acquire(blocking=False):
            try:
                self._wait_until_over(job_id, time.monotonic() + timeout_s, is_abandoned)
            finally:
                self._places.release()
        job = self._jobs.get(job_id)
        if job is None:
            raise KeyError(job_id)
        return job

    def follow(self, job_id: str, heartbeat_s: float = 10.0) -> "Following":
        """Return an iterator over the news of a job. Raise NoPlaceError when as many wait already as may.

        It must be closed: it holds a place.
        """
        if not self._places.acquire(blocking=False):
            raise NoPlaceError("too many requests wait for jobs already")
        return Following(self, job_id, heartbeat_s)

    # ---- private: waiters -------------------------------------------------------------------------------------

    def _wait_until_over(self, job_id: str, deadline: float, is_abandoned: Callable[[], bool]) -> None:
        watch = self._enter(job_id)
        try:
            with self._lock:
                while not (watch.is_over or self._is_over) and (remaining := deadline - time.monotonic()) > 0:
                    watch.changed.wait(min(remaining, ABANDONED_CHECK_S))
                    if is_abandoned():
                        return
        finally:
            self._leave(job_id, watch)
        if watch.failure is not None:
            raise WatchFailedError(watch.failure)

    def _enter(self, job_id: str) -> _Watch:
        with self._lock:
            watch = self._watches.get(job_id)
            if watch is None or watch.is_over:
                watch = self._watches[job_id] = _Watch(self._lock)
            watch.waiters += 1
            self._has_newcomer = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch_table, name="job-watcher", daemon=True)
                self._thread.start()
            self._has_work.notify()
            return watch

    def _leave(self, job_id: str, watch: _Watch) -> None:
        with self._lock:
            watch.waiters -= 1
            if watch.waiters == 0 and self._watches.get(job_id) is watch:
                del self._watches[job_id]

    # ---- private: the thread ----------------------------------------------------------------------------------

    def _watch_table(self) -> None:
        wake_up: WakeUp | None = None
        try:
            while self._is_wanted():
                try:
                    wake_up = wake_up or open_wake_up(self._jobs.engine)
                    self._watch_while_wanted(wake_up)
                except (SQLAlchemyError, sqlite3.Error) as error:
                    wake_up = None
                    with self._lock:
                        self._fail_all(str(error))
        finally:  # whatever ends this thread, nobody waits for a dead one: the next to come starts another
            with self._lock:
                if self._thread is threading.current_thread():
                    self._thread = None
                    self._fail_all("the watching thread stopped")

    def _is_wanted(self) -> bool:
        """Wait for somebody who waits; False when nobody came for long, and this thread is no longer the one."""
        with self._lock:
            while not self._watches:
                if not self._has_work.wait(IDLE_S) and not self._watches:
                    self._thread = None
                    return False
            return True

    def _watch_while_wanted(self, wake_up: WakeUp) -> None:
        tick_s = TICK_S if self._jobs.engine.dialect.name == "sqlite" else POLL_S
        next_look = 0.0
        while True:
            with self._lock:
                if not self._watches:
                    return
                must_look, self._has_newcomer = self._has_newcomer, False
                wanted = list(self._watches)
            # The version is read before the states: a change between the two is seen twice, never missed.
            if wake_up.has_changed() or must_look or time.monotonic() >= next_look:
                self._tell(wanted, self._jobs.states(wanted))
                next_look = time.monotonic() + RECHECK_S
            with self._lock:
                if self._watches and not self._has_newcomer:
                    self._has_work.wait(tick_s)

    def _tell(self, asked: list[str], states: dict[str, tuple[JobState, float, str]]) -> None:
        with self._lock:
            for job_id in asked:
                watch = self._watches.get(job_id)
                if watch is None or watch.is_over:
                    continue
                found = states.get(job_id)
                watch.is_gone = found is None
                news = watch.news if found is None else News(*found)
                if watch.is_gone or news != watch.news:
                    watch.news = news
                    watch.version += 1
                    watch.changed.notify_all()

    def _fail_all(self, failure: str) -> None:
        for watch in self._watches.values():
            watch.failure = failure
            watch.changed.notify_all()
        self._watches.clear()


class Following(Iterator[News | None]):
    """The news of one job as they come, None when there was none for `heartbeat_s`; ends after a final state."""

    def __init__(self, watcher: JobWatcher, job_id: str, heartbeat_s: float) -> None:
        self._watcher = watcher
        self._job_id = job_id
        self._heartbeat_s = heartbeat_s
        self._watch = watcher._enter(job_id)
        self._seen = 0
        self._is_closed = False

    def __next__(self) -> News | None:
        watch = self._watch
        with self._watcher._lock:
            if self._is_closed or self._watcher._is_over or (watch.is_over and self._seen == watch.version):
                raise StopIteration
            if self._seen == watch.version:
                watch.changed.wait(self._heartbeat_s)
            if self._seen == watch.version:
                if watch.is_over:
                    raise StopIteration
                return None
            self._seen = watch.version
            if watch.news is None:
                raise StopIteration
            return watch.news

    def close(self) -> None:
        """Give the place back. Closing twice is harmless."""
        with self._watcher._lock:
            was_closed, self._is_closed = self._is_closed, True
        if not was_closed:
            self._watcher._leave(self._job_id, self._watch)
            self._watcher._places.release()
