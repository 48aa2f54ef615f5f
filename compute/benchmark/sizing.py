"""Finding the size that takes a wanted time: a bracket that grows from the least size, then bisection inside it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from compute.benchmark.workload import SizeRange

TOLERANCE = 0.1
MOST_PROBES = 24
STEPS = (1.3, 8.0)  # of the bracket: the least that is worth a probe, the largest that cannot take minutes
POWERS = (1.0, 3.0)  # of the size that time grows as; a step that overshoots all the same is brought back by bisection
INNER = 0.1  # bisection stays this far (of the bracket, in logarithms) from its ends


@dataclass(frozen=True)
class Found:
    """A size and how it was found.

    Attributes
    ----------
    time_ms : that it took
    probes : every (size, time) that was tried, in order
    is_at_limit : whether the least or the largest size allowed ended the search
    """

    size: int
    time_ms: float
    probes: tuple[tuple[int, float], ...]
    is_at_limit: bool


def find_size(cost: Callable[[int], float], sizes: SizeRange, target_ms: float) -> Found:
    """Return the size whose `cost` (ms, growing with the size but for noise) is within 10 % of the target.

    Where no multiple is that near, the nearest in ratio of those around it. At most 24 sizes are tried. A larger size
    that seems quicker than a smaller one is noise: it counts as equally slow, so that the bracket stays one.
    """
    search = _Search(cost, sizes, target_ms)
    low = search.probe(sizes.least)
    while low[1] < target_ms * (1 - TOLERANCE):
        if low[0] >= sizes.most or search.is_exhausted:
            return search.found(low[0], is_at_limit=True)
        high = search.probe(search.larger(*low))
        if high[1] >= target_ms * (1 - TOLERANCE):
            return search.bisect(low, (high[0], max(high[1], low[1])))
        low = (high[0], max(high[1], low[1]))
    return search.found(low[0], is_at_limit=low[1] > target_ms * (1 + TOLERANCE))


def largest_size(sizes: SizeRange, memory: Callable[[int], float], limit_bytes: float) -> int | None:
    """Return the largest size that takes no more memory than the limit; None when even the least takes more."""
    if memory(sizes.least) > limit_bytes:
        return None
    low, high = sizes.least // sizes.multiple, sizes.most // sizes.multiple
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if memory(middle * sizes.multiple) <= limit_bytes else (low, middle - 1)
    return max(low * sizes.multiple, sizes.least)


class _Search:
    def __init__(self, cost: Callable[[int], float], sizes: SizeRange, target_ms: float) -> None:
        self._cost = cost
        self._sizes = sizes
        self._target_ms = target_ms
        self._probes: list[tuple[int, float]] = []

    @property
    def is_exhausted(self) -> bool:
        return len(self._probes) >= MOST_PROBES

    def probe(self, size: int) -> tuple[int, float]:
        self._probes.append((size, max(self._cost(size), 1e-9)))
        return self._probes[-1]

    def found(self, size: int, *, is_at_limit: bool = False) -> Found:
        time_ms = next(time for each, time in reversed(self._probes) if each == size)
        return Found(size, time_ms, tuple(self._probes), is_at_limit)

    def larger(self, size: int, time_ms: float) -> int:
        """Return the next size of the bracket: the nearer the target, the smaller the step; always a larger one."""
        step = (self._target_ms / time_ms) ** (1 / self._power())
        wanted = self._rounded(size * min(max(step, STEPS[0]), STEPS[1]))
        return min(max(wanted, size + self._sizes.multiple), self._sizes.most)

    def _power(self) -> float:
        """Return the power of the size that time grew as lately; before two probes tell, the steepest."""
        if len(self._probes) < 2:
            return POWERS[1]
        (before, before_ms), (latest, latest_ms) = self._probes[-2:]
        return min(max(math.log(latest_ms / before_ms) / math.log(latest / before), POWERS[0]), POWERS[1])

    def bisect(self, low: tuple[int, float], high: tuple[int, float]) -> Found:
        """Narrow the bracket, by straight lines in logarithms, until a size is near enough or none lies between."""
        while not (self._is_near(high[1]) or self._is_near(low[1])):
            size = self._between(low, high)
            if size is None or self.is_exhausted:
                break
            _, time_ms = self.probe(size)
            time_ms = min(max(time_ms, low[1]), high[1])
            if time_ms < self._target_ms:
                low = (size, time_ms)
            else:
                high = (size, time_ms)
        nearest = min((high, low), key=lambda end: abs(math.log(end[1] / self._target_ms)))
        return self.found(nearest[0])

    def _between(self, low: tuple[int, float], high: tuple[int, float]) -> int | None:
        span = math.log(high[1] / low[1])
        share = math.log(self._target_ms / low[1]) / span if span > 0 else 0.5
        share = min(max(share, INNER), 1 - INNER)
        size = self._rounded(low[0] * (high[0] / low[0]) ** share)
        size = min(max(size, low[0] + self._sizes.multiple), high[0] - self._sizes.multiple)
        return size if low[0] < size < high[0] else None

    def _is_near(self, time_ms: float) -> bool:
        return abs(time_ms / self._target_ms - 1) <= TOLERANCE

    def _rounded(self, size: float) -> int:
        return max(round(size / self._sizes.multiple) * self._sizes.multiple, self._sizes.least)
