"""What a worker counts, and how healthy that is. Counts are since its start, rates and shares over a window."""

import time
from collections import Counter, deque
from collections.abc import Callable
from enum import StrEnum

import numpy as np

from compute.schema import Record
from services.proof.replies import ErrorClass

RATE_WINDOW_S = 60.0
OUTCOMES = 50  # of the last submissions and failures, of which the share that failed is taken
LEAST_OUTCOMES = 10  # fewer say nothing about a share
TIMES = 1000
DEGRADED, UNHEALTHY, CRITICAL = 2, 5, 10  # failures in a row
DEGRADED_SHARE, UNHEALTHY_SHARE = 0.2, 0.5


class Health(StrEnum):
    """How a worker does."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"
    CRITICAL = "critical"

    @property
    def is_serving(self) -> bool:
        """Whether a health check should pass."""
        return self in (Health.HEALTHY, Health.DEGRADED)


class Figures(Record):
    """The counts at one moment."""

    attempts: int
    successes: int
    """Receipts that the verifier has."""
    failures: dict[str, int]
    """By class: gpu, network, signature, validation."""
    consecutive_failures: int
    failed_share: float | None
    """Of the last outcomes; None while there are too few."""
    health: Health
    mean_ms: float | None
    min_ms: float | None
    max_ms: float | None
    p95_ms: float | None
    attempts_per_second: float
    receipts_per_second: float


class Statistics:
    """Counts attempts, receipts and failures where they happen. Used by the threads of one worker, each its part."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started_at = clock()
        self._attempts = self._successes = self._consecutive = 0
        self._failures: Counter[ErrorClass] = Counter()
        self._times_ms: deque[float] = deque(maxlen=TIMES)
        self._outcomes: deque[bool] = deque(maxlen=OUTCOMES)
        self._attempted_at: deque[float] = deque(maxlen=100_000)
        self._accepted_at: deque[float] = deque(maxlen=100_000)

    def attempted(self, time_ms: float) -> None:
        """Note an attempt that was computed."""
        self._attempts += 1
        self._times_ms.append(time_ms)
        self._attempted_at.append(self._clock())

    def accepted(self) -> None:
        """Note a receipt that the verifier has."""
        self._successes += 1
        self._consecutive = 0
        self._outcomes.append(True)
        self._accepted_at.append(self._clock())

    def failed(self, error_class: ErrorClass) -> None:
        """Note a failure, of computing or of sending."""
        self._failures[error_class] += 1
        self._consecutive += 1
        self._outcomes.append(False)

    def figures(self) -> Figures:
        """Return the counts at this moment."""
        times = np.array(tuple(self._times_ms))
        outcomes = tuple(self._outcomes)
        share = outcomes.count(False) / len(outcomes) if len(outcomes) >= LEAST_OUTCOMES else None
        return Figures(
            attempts=self._attempts,
            successes=self._successes,
            failures={each.value: self._failures[each] for each in ErrorClass},
            consecutive_failures=self._consecutive,
            failed_share=share,
            health=judge(self._consecutive, share),
            mean_ms=float(times.mean()) if times.size else None,
            min_ms=float(times.min()) if times.size else None,
            max_ms=float(times.max()) if times.size else None,
            p95_ms=float(np.percentile(times, 95)) if times.size else None,
            attempts_per_second=self._rate(self._attempted_at),
            receipts_per_second=self._rate(self._accepted_at),
        )

    def _rate(self, moments: deque[float]) -> float:
        now = self._clock()
        window = min(RATE_WINDOW_S, max(now - self._started_at, 1.0))
        return sum(moment > now - window for moment in tuple(moments)) / window


def judge(consecutive_failures: int, failed_share: float | None) -> Health:
    """Return the health of a worker from its failures in a row and their share of the last outcomes."""
    share = failed_share or 0.0
    if consecutive_failures >= CRITICAL:
        return Health.CRITICAL
    if consecutive_failures >= UNHEALTHY or share >= UNHEALTHY_SHARE:
        return Health.UNHEALTHY
    if consecutive_failures >= DEGRADED or share >= DEGRADED_SHARE:
        return Health.DEGRADED
    return Health.HEALTHY
