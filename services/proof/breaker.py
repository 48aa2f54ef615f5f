"""A circuit breaker: after some failures in a row nobody calls for a while; then one does, and its luck decides.

Written here because pybreaker reads the wall clock itself, which a test cannot set and an operator may.
"""

import time
from collections.abc import Callable
from enum import StrEnum

FAILURES = 5
PAUSE_S = 60.0


class BreakerState(StrEnum):
    """Whether calls are made."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"
    """One probe is under way, or may be made."""


class Breaker:
    """Counts failures in a row. Used by one thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None

    @property
    def state(self) -> BreakerState:
        """The state at this moment."""
        if self._opened_at is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self.wait_s() > 0 else BreakerState.HALF_OPEN

    def wait_s(self) -> float:
        """Return how long no call may be made; 0 when one may."""
        return 0.0 if self._opened_at is None else max(0.0, self._opened_at + PAUSE_S - self._clock())

    def succeed(self) -> None:
        """Note a call that came through."""
        self._failures, self._opened_at = 0, None

    def fail(self) -> None:
        """Note a call that failed; a failed probe opens again."""
        self._failures += 1
        if self._failures >= FAILURES or self._opened_at is not None:
            self._opened_at = self._clock()
