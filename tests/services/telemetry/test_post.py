"""The sampler's place: filled late, watched by its beats, with patience for a slow start and none for a stall."""

import os
import subprocess
import sys

import pytest

from services.settings import Settings, SettingsError, read_settings
from services.telemetry.post import FIRST_AFTER_S, STALL_S, START_S, SamplerPost
from services.workspace import Workspace

BEATING = "import sys, time; sys.stdout.buffer.write(b'hghg'); sys.stdout.flush(); sys.stdin.read()"
DYING = "raise SystemExit(3)"


class Twin(SamplerPost):
    """A place whose sampler is a program of the test's own."""

    program = BEATING

    def _start(self, now: float) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-S", "-c", self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.popen.stdout is not None
        os.set_blocking(self.popen.stdout.fileno(), False)
        self._started_at, self._host_at, self._gpu_at = now, None, None


@pytest.fixture
def twin(settings: Settings, workspace: Workspace) -> Twin:
    return Twin(settings)


def test_workers_come_first(twin: Twin) -> None:
    twin.tick(0.0)
    assert twin.popen is None
    twin.tick(FIRST_AFTER_S)
    assert twin.popen is not None
    twin.dismiss(0.0)
    assert twin.popen is None


def test_sampling_nothing_starts_nothing(settings: Settings) -> None:
    twin = Twin(settings.model_copy(update={"sample_hz": 0.0}))
    for now in (0.0, 10.0, 100.0):
        twin.tick(now)
    assert twin.popen is None


def test_a_slow_start_is_waited_for_and_a_stall_is_not(twin: Twin) -> None:
    twin.program = "import sys; sys.stdin.read()"  # says nothing
    twin.tick(0.0)
    twin.tick(1.0)
    first = twin.popen
    twin.tick(1.0 + START_S - 1)
    assert twin.popen is first
    twin.tick(1.0 + START_S + 1)
    assert twin.popen is None
    assert first is not None
    assert first.returncode == -9


def test_a_sampler_that_stops_beating_is_replaced(twin: Twin) -> None:
    twin.tick(0.0)
    twin.tick(1.0)
    first = twin.popen
    assert first is not None
    assert first.stdout is not None
    os.set_blocking(first.stdout.fileno(), True)
    twin.tick(2.0)  # hears the beats
    os.set_blocking(first.stdout.fileno(), False)
    twin.tick(2.0 + STALL_S - 1)
    assert twin.popen is first
    twin.tick(2.0 + STALL_S + 1)
    assert twin.popen is None


def test_those_that_die_young_are_waited_for_longer_and_longer(twin: Twin) -> None:
    twin.program = DYING
    now, pauses = 0.0, []
    twin.tick(now)
    for _ in range(4):
        began = now
        while twin.popen is None:
            now += 0.5
            twin.tick(now)
        pauses.append(now - began)
        twin.popen.wait()
        twin.tick(now)
    assert pauses == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("hz", ["0.1", "11", "-1"])
def test_a_rate_that_watches_nothing_or_too_much_is_refused(monkeypatch: pytest.MonkeyPatch, hz: str) -> None:
    monkeypatch.setenv("LOOKAHEAD_SAMPLE_HZ", hz)
    with pytest.raises(SettingsError, match="LOOKAHEAD_SAMPLE_HZ"):
        read_settings()
