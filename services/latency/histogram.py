"""A log-linear histogram of durations: quantiles within 0.4 %, merged by adding counts, so without any loss.

Each power of two is cut into 128 equal buckets. A bucket is told by its middle, so no value is told wrong by more than
half a bucket: 1 / 256 of it. HdrHistogram (Tene, 2012) has the idea; here counts are sparse, since most routes take
times of one size. No clock and no lock: who measures, and from which thread, belongs to `recorder`.
"""

import math
import struct
import zlib
from collections.abc import Iterable, Sequence

RELATIVE_ERROR = 1 / 256
_BITS = 7  # of the buckets in each power of two
_EXACT = 2 << _BITS  # smaller values have a bucket each
_PAIR = struct.Struct("<II")


class Histogram:
    """Counts of durations in whole nanoseconds, with their sum, smallest and largest kept exactly."""

    __slots__ = ("buckets", "count", "high", "low", "total")

    def __init__(self) -> None:
        self.buckets: dict[int, int] = {}
        self.count = 0
        self.total = 0
        self.low = 0
        self.high = 0

    def record(self, value: int) -> None:
        """Add one duration in nanoseconds; a negative one, of a clock that was set back, counts as 0."""
        if value < 0:
            value = 0
        shift = value.bit_length() - _BITS - 1
        index = value if shift <= 0 else (shift << _BITS) + (value >> shift)
        buckets = self.buckets
        buckets[index] = buckets.get(index, 0) + 1
        if value > self.high:
            self.high = value
        if value < self.low or not self.count:
            self.low = value
        self.count += 1
        self.total += value

    def merge(self, other: "Histogram") -> None:
        """Add all that `other` has counted, as if it had been recorded here."""
        if not other.count:
            return
        buckets = self.buckets
        for index, count in other.buckets.items():
            buckets[index] = buckets.get(index, 0) + count
        self.low = min(self.low, other.low) if self.count else other.low
        self.high = max(self.high, other.high)
        self.count += other.count
        self.total += other.total

    def mean(self) -> float | None:
        """Return the exact mean in nanoseconds, or None of nothing."""
        return self.total / self.count if self.count else None

    def quantiles(self, shares: Sequence[float]) -> list[float | None]:
        """Return for each share (ascending, 0 to 1) the value in ns that this share of all does not exceed.

        By the nearest rank: the value at rank ceil(share * count). None of nothing.
        """
        if not self.count:
            return [None] * len(shares)
        found: list[float | None] = []
        entries = iter(sorted(self.buckets.items()))
        index, seen = next(entries)
        for share in shares:
            rank = min(max(1, math.ceil(share * self.count - 1e-9)), self.count)
            while seen < rank:
                index, count = next(entries)
                seen += count
            found.append(min(max(middle(index), float(self.low)), float(self.high)))
        return found

    def count_up_to(self, limits: Sequence[float]) -> list[int]:
        """Return for each limit (ascending, ns) how many values do not exceed it, by the middles of their buckets."""
        counts, seen = [], 0
        entries = sorted(self.buckets.items())
        position = 0
        for limit in limits:
            while position < len(entries) and middle(entries[position][0]) <= limit:
                seen += entries[position][1]
                position += 1
            counts.append(seen)
        return counts

    def to_bytes(self) -> bytes:
        """Return the counts as compressed bytes; sum, smallest and largest stand first."""
        head = struct.pack("<QQQ", min(self.total, 2**64 - 1), self.low, self.high)
        pairs = b"".join(_PAIR.pack(index, count) for index, count in sorted(self.buckets.items()))
        return zlib.compress(head + pairs, level=1)

    @classmethod
    def from_bytes(cls, packed: bytes) -> "Histogram":
        """Return the histogram that `to_bytes` packed; raise ValueError when these are no such bytes."""
        try:
            raw = zlib.decompress(packed)
            made = cls()
            made.total, made.low, made.high = struct.unpack_from("<QQQ", raw)
            made.buckets = dict(_PAIR.iter_unpack(raw[24:]))
        except (zlib.error, struct.error) as error:
            raise ValueError(f"no histogram: {error}") from error
        made.count = sum(made.buckets.values())
        return made


def middle(index: int) -> float:
    """Return the middle of a bucket in nanoseconds."""
    if index < _EXACT:
        return float(index)
    shift = (index >> _BITS) - 1
    low = (index - (shift << _BITS)) << shift
    return low + ((1 << shift) - 1) / 2


def merged(histograms: Iterable[Histogram]) -> Histogram:
    """Return one histogram of all."""
    whole = Histogram()
    for histogram in histograms:
        whole.merge(histogram)
    return whole
