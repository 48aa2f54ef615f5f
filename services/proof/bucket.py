"""A token bucket: so many a second in the long run, a few more at once after a pause."""

import time
from collections.abc import Callable


class TokenBucket:
    """Refills continuously, in fractions of a token; full at the start."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rate, self._burst = rate, float(burst)
        self._tokens, self._at = self._burst, clock()

    def take(self) -> float:
        """Take a token and return 0, or take none and return how many seconds until there is one."""
        self._refill()
        if self._tokens >= 1 - 1e-9:  # what was waited for is there, whatever the clock's last digit
            self._tokens = max(0.0, self._tokens - 1)
            return 0.0
        return (1 - self._tokens) / self._rate

    def give_back(self) -> None:
        """Return a token that was not used."""
        self._tokens = min(self._burst, self._tokens + 1)

    def change(self, rate: float, burst: int) -> None:
        """Go on at another rate."""
        self._refill()
        self._rate, self._burst = rate, float(burst)
        self._tokens = min(self._tokens, self._burst)

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._at) * self._rate)
        self._at = now
