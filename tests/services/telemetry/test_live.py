"""What is new since a cursor: made once per sample, bounded, right after a restart and with nothing kept."""

import time

import orjson
import pytest

from services.settings import Settings
from services.telemetry.history import History, Sample
from services.telemetry.latest import FILE as LATEST_FILE
from services.telemetry.latest import LatestWriter
from services.telemetry.live import KEPT_ANSWERS, LONGEST_S, LiveFeed
from services.telemetry.reading import HistoryReader
from services.telemetry.schema import FILE as HISTORY_FILE
from services.telemetry.status import StatusReader

NOW_MS = 1_795_348_800_000


class Sampled:
    """A data directory that is sampled by hand."""

    def __init__(self, settings: Settings) -> None:
        folder = settings.data_dir.absolute()
        self.history = History(folder / HISTORY_FILE, 64)
        self.writer = LatestWriter(folder / LATEST_FILE)
        self.status = StatusReader(settings)
        self.reader = HistoryReader(folder / HISTORY_FILE)
        self.feed = LiveFeed(settings, self.reader, self.status)
        self._plain = self.status.read()

    def sample(self, count: int) -> None:
        for _ in range(count):
            at_ms = NOW_MS + 1000 * self.history.tick
            self.history.add(at_ms, (Sample("host", "host", "", {"cpu_percent": float(self.history.tick)}),))
            self.writer.write(self.history.tick, self._plain, at=time.monotonic(), gpu_at=None)


@pytest.fixture
def sampled(settings: Settings) -> Sampled:
    settings.data_dir.mkdir(parents=True)
    return Sampled(settings.model_copy(update={"sample_hz": 0.2}))


def test_everybody_at_the_same_cursor_gets_the_same_bytes(sampled: Sampled) -> None:
    sampled.sample(3)
    first = sampled.feed.since(1)
    assert sampled.feed.since(1) is first
    assert orjson.loads(first)["series"]["host:host"]["cpu_percent"] == [1.0, 2.0]
    sampled.sample(1)
    assert sampled.feed.since(1) is not first


def test_many_cursors_are_not_all_remembered_and_old_ones_get_the_last_minutes(sampled: Sampled) -> None:
    most = round(LONGEST_S * 0.2)
    sampled.sample(most + 10)
    answer = orjson.loads(sampled.feed.since(0))
    assert len(answer["at"]) == most
    assert answer["cursor"] == most + 10
    for cursor in range(most, most + KEPT_ANSWERS + 5):
        sampled.feed.since(cursor)
    assert len(sampled.feed._answers) <= KEPT_ANSWERS


def test_a_cursor_from_an_earlier_history_begins_anew(sampled: Sampled) -> None:
    sampled.sample(2)
    answer = orjson.loads(sampled.feed.since(10**30))
    assert (answer["begins_anew"], len(answer["at"])) == (True, 2)
