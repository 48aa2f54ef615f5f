"""All that is known of latencies, of now and of the past: the counts in memory and the file, asked in one place."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from services.latency.history import HOUR_S, MINUTE_S, LatencyHistory, Point
from services.latency.recorder import Recorder, Tallies, add_tallies
from services.latency.routes import Route
from services.logs import logger

RECENT_S = 3600  # what memory holds; longer windows are read from the file
FINE_S = 6 * 3600  # windows up to this are read by minutes when all routes are asked for
SAVE_S = 2.0
WEEK_S = 7 * 24 * HOUR_S


@dataclass(frozen=True)
class Window:
    """What was counted in a window that covers `covered_s` seconds."""

    tallies: Tallies
    covered_s: float


class LatencyBook:
    """The latencies of one server."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.recorder = Recorder()
        self.history = LatencyHistory(folder)
        self._clock = clock
        self._saved_at = float("-inf")
        self._saving = threading.Lock()
        self._pending: Tallies = {}
        self.save_problem: str | None = None
        """Why nothing is kept just now."""
        self.read_problem: str | None = None
        """Why what is kept could not be read."""

    def open(self) -> None:
        """Take the last hour of an earlier process in; call it once, before the first answer."""
        now = self._clock()
        try:
            minutes = list(self.history.minutes(now - RECENT_S, now))
        except (sqlite3.Error, ValueError) as error:
            self._note_problem(error)
            return
        self.recorder.restore((now - at, tallies) for at, tallies in minutes)

    def notices(self) -> tuple[str, ...]:
        """Return what befell the measuring, for the reader of its numbers."""
        return tuple(text for text in (self.history.notice, self.save_problem, self.read_problem) if text)

    def window(self, window_s: int) -> Window:
        """Return what was counted in the last `window_s` seconds: from memory up to an hour, else from the file."""
        if window_s <= RECENT_S:
            return Window(*self.recorder.window(window_s))
        now = self._clock()
        read = self.history.minutes if window_s <= FINE_S else self.history.hours
        whole: Tallies = {}
        first = now
        for at, tallies in self._readable(read(now - window_s, now + MINUTE_S)):
            first = min(first, at)
            add_tallies(whole, tallies)
        return Window(whole, max(now - first, 1.0))

    def series(self, window_s: int, step_s: int, route: Route | None = None) -> Iterator[tuple[int, Tallies]]:
        """Yield steps of `step_s` seconds (whole minutes) that hold counts: Unix time of their beginning, and these."""
        now = self._clock()
        read = self.history.hours if step_s >= HOUR_S else self.history.minutes
        begins, gathered = -1, {}  # type: int, Tallies
        for at, tallies in self._readable(read(now - window_s, now + MINUTE_S, route)):
            start = at // step_s * step_s
            if start != begins and gathered:
                yield begins, gathered
                gathered = {}
            begins = start
            add_tallies(gathered, tallies)
        if gathered:
            yield begins, gathered

    def week_before(self, window_s: int) -> Tallies:
        """Return what was counted in the week before the last `window_s` seconds."""
        until = self._clock() - window_s
        whole: Tallies = {}
        for _, tallies in self._readable(self.history.hours(until - WEEK_S, until)):
            add_tallies(whole, tallies)
        return whole

    def _readable(self, points: Iterator[Point]) -> Iterator[Point]:
        """Yield the points until one cannot be read; why is told by `notices`."""
        try:
            yield from points
        except (sqlite3.Error, ValueError) as error:
            logger("latency").warning("latencies cannot be read", error=str(error))
            self.read_problem = f"the kept latencies cannot be read just now: {error}"
        else:
            self.read_problem = None

    def save(self, *, is_forced: bool = False) -> None:
        """Write what is new to the file, every 2 s at most; what cannot be written now is tried again."""
        if not is_forced and time.monotonic() - self._saved_at < SAVE_S:
            return
        with self._saving:
            self._saved_at = time.monotonic()
            add_tallies(self._pending, self.recorder.take_unsaved())
            pending, self._pending = self._pending, {}
            try:
                self.history.write(pending, self._clock())
                self.history.tidy(self._clock())
            except (sqlite3.Error, OSError) as error:
                self._note_problem(error)
            else:
                self.save_problem = None

    def _note_problem(self, error: Exception) -> None:
        if self.save_problem is None:
            logger("latency").warning("latencies are not kept", error=str(error))
        self.save_problem = f"latencies are not kept just now: {error}"
