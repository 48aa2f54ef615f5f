"""Calls are timed between two readings of a clock, or two events of a queue, and nothing else is."""

from dataclasses import dataclass

import pytest

from compute.benchmark.timers import EventTimer, WallTimer


@dataclass
class Queue:
    """A device that does what it was given only when somebody waits; a call takes 3 s there and 1 s here."""

    here: float = 0.0
    there: float = 0.0
    waiting: int = 0

    def call(self) -> None:
        """Put one call into the queue."""
        self.here += 1
        self.waiting += 1

    def wait(self) -> None:
        """Do what waits."""
        self.there += 3 * self.waiting
        self.here = max(self.here, self.there)
        self.waiting = 0

    def event(self) -> "Event":
        """Return an event of this queue."""
        return Event(self)


@dataclass
class Event:
    """A mark in the queue."""

    queue: Queue
    at: float = 0.0

    def record(self) -> None:
        """Remember when the device comes here."""
        self.at = self.queue.there + 3 * self.queue.waiting

    def synchronize(self) -> None:
        """Wait until it does."""
        self.queue.wait()


def test_the_clock_is_read_when_the_device_is_done() -> None:
    queue = Queue()
    queue.call()  # what was left from before does not count
    timer = WallTimer(lambda: queue.here, queue.wait)
    assert timer.time_ms(queue.call, 4) == 12_000
    assert timer.name == "wall"


def test_events_count_the_device_s_own_time() -> None:
    queue = Queue()
    timer = EventTimer(queue.event, lambda begin, end: 1000 * (end.at - begin.at))
    assert timer.time_ms(queue.call, 5) == pytest.approx(15_000)
    assert queue.waiting == 0
    assert timer.name == "cuda_events"
