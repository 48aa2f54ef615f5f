"""The sampler program: looks at GPUs, machine, workers and jobs once a second, keeps it and shows the newest.

    python -m services.telemetry.sampler --leashed

There is one per data directory, started and watched by the supervisor. It says on its standard output that it lives:
`h` for each sample, `g` for each answer of the GPUs.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path

from services.jobs.signals import SignalPipe
from services.jobs.table import open_engine
from services.leash import is_leash_cut
from services.locks import acquire
from services.logs import configure_logging, logger
from services.settings import Settings, read_settings
from services.telemetry.assembling import Assembler
from services.telemetry.gpu_thread import GpuThread
from services.telemetry.history import Event, History
from services.telemetry.latest import FILE as LATEST_FILE
from services.telemetry.latest import LatestWriter
from services.telemetry.schema import FILE as HISTORY_FILE
from services.telemetry.schema import MS

LOCK = Path("telemetry", "sampler.lock")
STDOUT = 1
HOST_BEAT, GPU_BEAT = b"h", b"g"
STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})
CLOCK_STEP_S = 5.0  # a difference between both clocks beyond this was set by somebody


class ExitCode(IntEnum):
    """Why the sampler ended."""

    ASKED = 0
    DRIVER_GONE = 76


class Sampler:
    """One sample after the other."""

    def __init__(self, settings: Settings, parent: int, *, has_gpus: bool = True) -> None:
        folder = settings.data_dir.absolute()
        period_s = 1 / settings.sample_hz
        self._gpus = GpuThread(period_s, asks_pcie=settings.pcie_rates)
        self._has_gpus = has_gpus
        self._assembler = Assembler(folder, parent, open_engine(settings.jobs_url), period_s)
        self._history = History(folder / HISTORY_FILE, settings.history_mib)
        self._latest = LatestWriter(folder / LATEST_FILE)
        self._clocks: tuple[float, float] | None = None
        self._gpu_seen_at: float | None = None

    def start(self) -> None:
        """Begin to read the GPUs."""
        if self._has_gpus:
            self._gpus.start()

    def stop(self) -> None:
        """Let files and threads go."""
        self._gpus.stop()
        self._history.close()
        self._latest.close()

    @property
    def must_be_replaced(self) -> bool:
        """Whether only a fresh process can speak to the driver."""
        return self._gpus.is_driver_gone

    def sample(self) -> bytes:
        """Take one sample and keep it; return the beats to be told."""
        wall, steady = time.time(), time.monotonic()
        gpu = self._gpus.latest
        taken = self._assembler.take(wall, steady, gpu, self._why_no_gpu())
        at_ms = round(wall * MS)
        self._history.add(at_ms, taken.samples, self._events(wall, steady, at_ms), free_mib=taken.host.disk_free_mib)
        status = taken.status(self._history.state, datetime.fromtimestamp(wall, UTC))
        self._latest.write(self._history.tick, status, at=steady, gpu_at=None if gpu is None else gpu.at)
        is_news = gpu is not None and gpu.at != self._gpu_seen_at
        self._gpu_seen_at = None if gpu is None else gpu.at
        return HOST_BEAT + (GPU_BEAT if is_news or not self._has_gpus else b"")

    def _events(self, wall: float, steady: float, at_ms: int) -> tuple[Event, ...]:
        events = [
            Event(at_ms, "xid", f"GPU {index}", words, number) for index, words, number in self._gpus.take_errors()
        ]
        if self._clocks is not None:
            step_s = (wall - self._clocks[0]) - (steady - self._clocks[1])
            if abs(step_s) > CLOCK_STEP_S:
                events.append(Event(at_ms, "clock", "machine", f"the clock was set by {step_s:+.0f} s"))
        self._clocks = (wall, steady)
        return tuple(events)

    def _why_no_gpu(self) -> str:
        if not self._has_gpus:
            return "the driver of the GPUs hangs; they are asked again when it lets go of the process that waits for it"
        return "the GPUs have not answered yet"


def main(arguments: Sequence[str] | None = None) -> int:
    """Sample until told to stop, or until the leash is cut."""
    parser = argparse.ArgumentParser(
        prog="python -m services.telemetry.sampler", description="Sample GPUs and machine."
    )
    parser.add_argument("--leashed", action="store_true", help="end when standard input closes")
    parser.add_argument("--without-gpus", action="store_true", help="leave the driver alone: it hangs another process")
    given = parser.parse_args(arguments)
    signals = SignalPipe(STOP_SIGNALS)
    settings = read_settings()
    configure_logging(settings.log_level)
    lock = acquire(settings.data_dir.absolute() / LOCK)
    if lock is None:
        return ExitCode.ASKED  # another one is at work, and one is enough
    sampler = Sampler(settings, os.getppid(), has_gpus=not given.without_gpus)
    sampler.start()
    logger("sampler").info("sampling", hz=settings.sample_hz)
    code = _run(sampler, signals, 1 / settings.sample_hz, is_leashed=given.leashed)
    sampler.stop()
    sys.stderr.flush()
    os._exit(code)  # a thread that hangs in the driver must not hold up the end


def _run(sampler: Sampler, signals: SignalPipe, period_s: float, *, is_leashed: bool) -> ExitCode:
    due = time.monotonic()
    while not (is_leashed and is_leash_cut()):
        beats = sampler.sample()
        with suppress(OSError):
            os.write(STDOUT, beats)
        if sampler.must_be_replaced:
            return ExitCode.DRIVER_GONE
        due = max(due + period_s, time.monotonic())  # late ones are not caught up with
        if signals.wait(max(0.0, due - time.monotonic())):
            break
    return ExitCode.ASKED


if __name__ == "__main__":
    sys.exit(main())
