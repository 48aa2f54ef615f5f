"""What is new since a cursor, as JSON that is made once per sample however many ask: the answer of the live page.

Cursors are numbers of samples, which grow whatever the clock does.
"""

import threading
import zlib
from typing import Any

import orjson

from services.settings import Settings
from services.telemetry.latest import FILE, read_tick
from services.telemetry.reading import HistoryReader, News
from services.telemetry.records import Device, Status
from services.telemetry.schema import MS
from services.telemetry.status import StatusReader
from services.telemetry.view import samples_of

LONGEST_S = 900.0
KEPT_ANSWERS = 64  # of different cursors; all who keep up have the same one


class LiveFeed:
    """Answers with what came after a cursor; any number of threads may ask."""

    def __init__(self, settings: Settings, history: HistoryReader, status: StatusReader) -> None:
        self._path = settings.data_dir.absolute() / FILE
        self._limit = max(2, round(LONGEST_S * settings.sample_hz))
        self._history = history
        self._status = status
        self._lock = threading.Lock()
        self._tick: int | None = None
        self._answers: dict[int, bytes] = {}

    def since(self, cursor: int) -> bytes:
        """Return the samples after `cursor` as JSON: the next cursor, times, and values by `subject:key` and metric."""
        tick = read_tick(self._path)
        with self._lock:
            if tick != self._tick:
                self._tick = tick
                self._answers.clear()
            answer = self._answers.get(cursor)
            if answer is None:
                if len(self._answers) >= KEPT_ANSWERS:
                    self._answers.clear()
                answer = self._answers[cursor] = self._make(cursor, tick)
            return answer

    def _make(self, cursor: int, tick: int | None) -> bytes:
        has_begun_anew = tick is None or cursor > tick
        after = 0 if has_begun_anew else cursor
        news = self._history.news(after, self._limit)
        if tick is not None and tick > after and (news is None or not news.at_ms):
            news = self._newest(tick)  # nothing is kept just now, on a full disk: what can be shown is the newest
        if news is None:
            news = News(after, [], {})
        status = self._status.read()
        return orjson.dumps(
            {
                "cursor": news.cursor,
                "begins_anew": has_begun_anew and cursor > 0,
                "at": news.at_ms,
                "series": {f"{subject}:{key}": _rounded(values) for (subject, key), values in news.values.items()},
                "stale_since": None if status.stale_since is None else status.stale_since.isoformat(),
                "reason": status.reason,
                "is_kept": status.history.is_kept,
                "digest": _digest(status),
            }
        )

    def _newest(self, tick: int) -> News:
        status = self._status.read()
        values: Any = {
            (sample.subject, sample.key): {name: [value] for name, value in sample.values.items()}
            for sample in samples_of(status)
        }
        return News(tick, [round(status.sampled_at.timestamp() * MS)], values)


def _digest(status: Status) -> str:
    """Return what changes when tables and notices beside the charts have to be drawn anew."""
    told = [
        [(worker.post, worker.job_id) for worker in status.workers],
        [(each.uuid, each.state, each.throttle_reasons, _pids(each)) for each in status.devices],
        [status.reason, status.history.reason, status.history.notice, status.stale_since],
    ]
    return f"{zlib.crc32(repr(told).encode()):08x}"


def _pids(device: Device) -> list[int]:
    return [process.pid for process in device.processes or ()]


def _rounded(values: dict[str, list[float | None]]) -> Any:
    """Return the metrics that were reported at all, to hundredths: a third of the bytes."""
    return {
        name: [None if value is None else round(value, 2) for value in column]
        for name, column in values.items()
        if any(value is not None for value in column)
    }
