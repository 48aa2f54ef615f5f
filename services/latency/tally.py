"""What is counted of one route in one span of time: answers, failures, and how long each stage took."""

from typing import Final

from services.latency.histogram import Histogram

STAGES: Final = ("total", "wait", "compute", "serialise")
"""`total` = `wait` + `compute` + `serialise`, of every single answer."""
FAILED = 500  # the first status that is a fault of the server
REFUSED = 400  # the first status that is a fault of the request


class Tally:
    """Counts of one route; `total`, `wait`, `compute` and `serialise` are histograms in nanoseconds."""

    __slots__ = ("compute", "failed", "refused", "serialise", "total", "wait")

    def __init__(self) -> None:
        self.failed = 0
        self.refused = 0
        self.total = Histogram()
        self.wait = Histogram()
        self.compute = Histogram()
        self.serialise = Histogram()

    @property
    def count(self) -> int:
        """How many answers there were."""
        return self.total.count

    def add(self, status: int, total_ns: int, wait_ns: int, serialise_ns: int) -> None:
        """Count one answer; what is neither waiting nor serialising is computing."""
        if status >= REFUSED:
            if status >= FAILED:
                self.failed += 1
            else:
                self.refused += 1
        self.total.record(total_ns)
        self.wait.record(wait_ns)
        self.compute.record(total_ns - wait_ns - serialise_ns)
        self.serialise.record(serialise_ns)

    def merge(self, other: "Tally") -> None:
        """Add all that `other` has counted."""
        self.failed += other.failed
        self.refused += other.refused
        self.total.merge(other.total)
        self.wait.merge(other.wait)
        self.compute.merge(other.compute)
        self.serialise.merge(other.serialise)

    def stage(self, name: str) -> Histogram:
        """Return the histogram of one of STAGES."""
        found: Histogram = getattr(self, name)
        return found
