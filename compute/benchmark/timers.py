"""How calls are timed: by the clock on a processor, by CUDA events on a GPU. The clock itself comes in from outside."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

ClockName = Literal["wall", "cuda_events"]
MS = 1000.0


class Timer(Protocol):
    """Times calls."""

    @property
    def name(self) -> ClockName:
        """By what it times."""

    def time_ms(self, call: Callable[[], Any], calls: int) -> float:
        """Return how long `calls` calls took together, until the last answer was there."""


def _nothing_to_wait_for() -> None:
    """Return at once: a processor's answers are there when the call returns."""


@dataclass(frozen=True)
class WallTimer:
    """By a clock of seconds; `synchronise` waits until a device has done what it was given."""

    clock: Callable[[], float]
    synchronise: Callable[[], None] = _nothing_to_wait_for
    name: ClockName = "wall"

    def time_ms(self, call: Callable[[], Any], calls: int) -> float:
        """Return the time between the clock's two readings."""
        self.synchronise()
        began = self.clock()
        for _ in range(calls):
            call()
        self.synchronise()
        return (self.clock() - began) * MS


@dataclass(frozen=True)
class EventTimer:
    """By a pair of events in a GPU's queue, which only its own work lies between.

    Attributes
    ----------
    make_event : returns one that can be recorded
    elapsed_ms : returns the milliseconds between two recorded events, once the second has come
    """

    make_event: Callable[[], Any]
    elapsed_ms: Callable[[Any, Any], float]
    name: ClockName = "cuda_events"

    def time_ms(self, call: Callable[[], Any], calls: int) -> float:
        """Return the time between the two events."""
        begin, end = self.make_event(), self.make_event()
        begin.record()
        for _ in range(calls):
            call()
        end.record()
        end.synchronize()
        return float(self.elapsed_ms(begin, end))
