"""What disturbs the processors while they are measured: others' time, other jobs, heat. By psutil and /sys."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from compute.benchmark.result import Evidence

SHORTEST_S = 0.1  # the system counts in hundredths: of less nothing can be told
CPUS = Path("/sys/devices/system/cpu")
THROTTLED = "cpu*/thermal_throttle/package_throttle_count"
_IDLE = ("idle", "iowait")
_COUNTED_TWICE = ("guest", "guest_nice")  # they are part of user and nice


class HostWatch:
    """Compares the first look with the last; `running` returns how many jobs run, this one among them."""

    def __init__(self, running: Callable[[], int], cpus: Path = CPUS) -> None:
        self._running = running
        self._cpus = cpus
        self._first: tuple[float, float, float] | None = None
        self._last = (0.0, 0.0, 0.0)
        self._other_jobs = 0
        self._clocks: list[float] = []
        self._throttled: list[int] = []

    def look(self) -> None:
        """Note the times of machine and process, the jobs, the clock and how often heat held it back."""
        self._last = (time.monotonic(), _busy_s(), _own_s())
        self._first = self._first or self._last
        self._other_jobs = max(self._other_jobs, self._running() - 1)
        clock, throttled = _clock_mhz(), _throttle_count(self._cpus)
        if clock is not None:
            self._clocks.append(clock)
        if throttled is not None:
            self._throttled.append(throttled)

    def evidence(self) -> Evidence:
        """Return what was seen."""
        rose = self._throttled[-1] - self._throttled[0] if self._throttled else None
        reasons = None if rose is None else ((f"heat, {rose} times",) if rose > 0 else ())
        return Evidence(
            others_cpu_percent=self._others_percent(),
            other_jobs=self._other_jobs,
            throttle_reasons=reasons,
            clock_mhz=(self._clocks[0], self._clocks[-1]) if self._clocks else None,
        )

    def _others_percent(self) -> float | None:
        """Return the share of all cores' time that was neither idle nor ours."""
        if self._first is None or self._last[0] - self._first[0] < SHORTEST_S:
            return None
        elapsed, busy, own = (now - then for now, then in zip(self._last, self._first, strict=True))
        share = 100 * (busy - own) / (elapsed * (psutil.cpu_count() or 1))
        return min(max(share, 0.0), 100.0)


def _busy_s() -> float:
    times = psutil.cpu_times()._asdict()
    return float(sum(value for name, value in times.items() if name not in (*_IDLE, *_COUNTED_TWICE)))


def _own_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _clock_mhz() -> float | None:
    """Return the clock; None where its range is not known either: a virtual machine tells a number that never moves."""
    told = psutil.cpu_freq() if hasattr(psutil, "cpu_freq") else None
    return float(told.current) if told is not None and told.max > told.min >= 0 and told.current > 0 else None


def _throttle_count(cpus: Path) -> int | None:
    counts = []
    for path in cpus.glob(THROTTLED):
        with suppress(OSError, ValueError):
            counts.append(int(path.read_text("ascii")))
    return max(counts) if counts else None
