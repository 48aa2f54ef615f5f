"""Counts every answer of this process, in spans that slide: the last minutes in 5 s, the last hour in minutes.

An answer is noted in less than a microsecond, without a lock, and counted later: by whoever asks, each second at
least. Keeping the past belongs to `history`, telling it to `statistics`.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from services.latency.routes import UNMATCHED, Route
from services.latency.tally import Tally

SLOT_NS = 5 * 10**9
FINE_SLOTS = 60  # five minutes of 5 s
MINUTE_SLOTS = 12  # of 5 s in a minute
MINUTES = 60
MAX_ROUTES = 2000  # an application has a few hundred; beyond, all is `unmatched`

MAX_NOTED = 10_000  # answers between two looks; counting so many takes some 30 ms

Tallies = dict[Route, Tally]
_Noted = tuple[Route, int, int, int, int, int]


@dataclass
class Span:
    """What was counted from `starts_ns` on, on the clock of `time.perf_counter_ns`."""

    starts_ns: int
    tallies: Tallies = field(default_factory=dict)

    def merge(self, tallies: Tallies) -> None:
        """Add what another span counted."""
        add_tallies(self.tallies, tallies)


class Recorder:
    """The counts. Safe to use from all threads of the server."""

    def __init__(self, clock_ns: Callable[[], int] = time.perf_counter_ns) -> None:
        self._clock_ns = clock_ns
        self._lock = threading.Lock()
        self._noted: deque[_Noted] = deque()
        self.started_ns = self._begins_ns = clock_ns()
        self._current = Span(self.started_ns)
        self._ends_ns = self.started_ns + SLOT_NS
        self._fine: deque[Span] = deque(maxlen=FINE_SLOTS)
        self._minute = Span(self.started_ns)
        self._minute_slots = 0
        self._minutes: deque[Span] = deque(maxlen=MINUTES)
        self._since_start: Tallies = {}
        self._unsaved: Tallies = {}

    def add(self, route: Route, status: int, total_ns: int, wait_ns: int, serialise_ns: int, now_ns: int) -> None:
        """Count one answer that ended at `now_ns`, a reading of this recorder's clock."""
        self._noted.append((route, status, total_ns, wait_ns, serialise_ns, now_ns))
        if len(self._noted) >= MAX_NOTED:  # nobody asks
            self.count()

    def count(self) -> None:
        """Count what is noted."""
        with self._lock:
            self._count_noted()

    def window(self, window_s: int) -> tuple[Tallies, float]:
        """Return what was counted in about the last `window_s` seconds, an hour at most, and how many seconds that is.

        Whole spans only: the window reaches back to the beginning of the oldest that ends within it.
        """
        with self._lock:
            self._count_noted()
            now_ns = self._clock_ns()
            self._turn(now_ns)
            since_ns = max(now_ns - window_s * 10**9, self._begins_ns)
            is_fine = window_s * 10**9 <= FINE_SLOTS * SLOT_NS
            past = self._fine if is_fine else (*self._minutes, self._minute)
            length_ns = SLOT_NS if is_fine else SLOT_NS * MINUTE_SLOTS
            spans = [span for span in past if span.starts_ns + length_ns > since_ns] + [self._current]
            whole = Span(min(since_ns, *(span.starts_ns for span in spans)))
            for span in spans:
                whole.merge(span.tallies)
        return whole.tallies, max((now_ns - whole.starts_ns) / 1e9, 1e-3)

    def since_start(self) -> Tallies:
        """Return everything that was counted since this recorder began."""
        with self._lock:
            self._count_noted()
            return self._with_current(self._since_start)

    def restore(self, minutes: Iterable[tuple[float, Tallies]]) -> None:
        """Take the last hour of an earlier process in, each minute with its age in seconds, oldest first."""
        with self._lock:
            earlier = [Span(self.started_ns - round(age_s * 1e9), tallies) for age_s, tallies in minutes]
            self._minutes.extendleft(reversed(earlier[-MINUTES:]))
            self._begins_ns = min([self._begins_ns, *(span.starts_ns for span in self._minutes)])

    def take_unsaved(self) -> Tallies:
        """Return what was counted since this was asked last."""
        with self._lock:
            self._count_noted()
            self._turn(self._clock_ns(), is_forced=True)
            taken, self._unsaved = self._unsaved, {}
        return taken

    def _count_noted(self) -> None:
        for _ in range(len(self._noted)):
            route, status, total_ns, wait_ns, serialise_ns, now_ns = self._noted.popleft()
            if now_ns >= self._ends_ns:
                self._turn(now_ns)
            tallies = self._current.tallies
            tally = tallies.get(route)
            if tally is None:
                tally = tallies.setdefault(route if len(tallies) < MAX_ROUTES else UNMATCHED, Tally())
            tally.add(status, total_ns, wait_ns, serialise_ns)

    def _with_current(self, tallies: Tallies) -> Tallies:
        whole: Tallies = {}
        add_tallies(whole, tallies)
        add_tallies(whole, self._current.tallies)
        return whole

    def _turn(self, now_ns: int, *, is_forced: bool = False) -> None:
        """Close the current span when it is over; after a pause, begin where the present one would have begun."""
        if not (is_forced or now_ns >= self._ends_ns):
            return
        closed, is_over = self._current, now_ns >= self._ends_ns
        for tallies in (self._minute.tallies, self._since_start, self._unsaved):
            add_tallies(tallies, closed.tallies)
        self._keep_fine(closed)
        if not is_over:
            self._current = Span(closed.starts_ns)
            return
        passed = (now_ns - self._ends_ns) // SLOT_NS + 1
        self._current = Span(self._ends_ns + (passed - 1) * SLOT_NS)
        self._ends_ns += passed * SLOT_NS
        self._minute_slots += passed
        if self._minute_slots >= MINUTE_SLOTS:
            self._minutes.append(self._minute)
            self._minute = Span(self._current.starts_ns)
            self._minute_slots = 0

    def _keep_fine(self, closed: Span) -> None:
        if self._fine and self._fine[-1].starts_ns == closed.starts_ns:
            self._fine[-1].merge(closed.tallies)
        else:
            self._fine.append(closed)


def add_tallies(into: Tallies, tallies: Tallies) -> None:
    """Add each route's counts to those in `into`."""
    for route, tally in tallies.items():
        mine = into.get(route)
        if mine is None:
            mine = into[route] = Tally()
        mine.merge(tally)
