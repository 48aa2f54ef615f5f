"""Which idle thread of the web server takes the next request: the one that became idle last.

waitress asks its threads in turn, so that all 64 are busy at any load, and the C library keeps freed memory for each:
the server grew for as long as it was measured. The thread that was busy last needs no new memory, and the others are
there when they are needed.
"""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from waitress.task import ThreadedTaskDispatcher

from services.latency.present import QUEUED_NS


class LastIdleFirst:
    """Wakes the latest of those who wait, under a lock that all of them hold: a condition that is a stack."""

    def __init__(self, lock: threading.Lock) -> None:
        self._lock = lock
        self._idle: list[threading.Lock] = []

    def wait(self) -> None:
        """Give the lock up until woken."""
        alarm = threading.Lock()
        alarm.acquire()
        self._idle.append(alarm)
        self._lock.release()
        try:
            alarm.acquire()
        finally:
            self._lock.acquire()

    def notify(self) -> None:
        """Wake who came last, if anybody waits."""
        if self._idle:
            self._idle.pop().release()

    def notify_all(self) -> None:
        """Wake everybody."""
        while self._idle:
            self.notify()


class WarmThreads(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress has no types
    """The threads of the web server. `endings` make requests end that would wait or tell for long."""

    def __init__(self, count: int, endings: Iterable[Callable[[], None]] = ()) -> None:
        super().__init__()
        self._endings = endings
        self.queue_cv = LastIdleFirst(self.lock)
        self.set_thread_count(count)

    def add_task(self, task: Any) -> None:
        """Put a channel in line for a thread, and note when."""
        setattr(task, QUEUED_NS, time.perf_counter_ns())
        super().add_task(task)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Let what is under way end, for at most `timeout` s; return whether what waited in line was cancelled."""
        for end in self._endings:
            end()
        return bool(super().shutdown(cancel_pending, timeout))
