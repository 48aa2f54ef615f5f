"""What the machine does, by psutil: always there, GPU or not."""

import os
from collections.abc import Mapping
from pathlib import Path

import psutil

from services.telemetry.records import Host, Memory

MIB = 2**20


class HostReader:
    """Reads the machine; shares and rates are those since the last look."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._cpu = psutil.cpu_times()
        self._disk: tuple[float, int, int] | None = None
        self._is_first = True

    def read(self, now: float) -> Host:
        """Return the state at `now` (seconds of a steady clock)."""
        memory, swap = psutil.virtual_memory(), psutil.swap_memory()
        read, written = self._disk_rates(now)
        total, free = self._disk_room()
        return Host(
            cpu=self._cpu_percent(),
            cores=psutil.cpu_count() or 1,
            load_1m=os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
            memory=Memory(
                total=memory.total / MIB,
                used=(memory.total - memory.available) / MIB,
                free=memory.available / MIB,
            ),
            swap_used_mib=swap.used / MIB,
            disk_total_mib=total,
            disk_free_mib=free,
            disk_read_mib_s=read,
            disk_write_mib_s=written,
        )

    def _cpu_percent(self) -> float | None:
        """Return the busy share since the last look; None at the first, when too little time has passed to tell."""
        before, self._cpu = self._cpu, psutil.cpu_times()
        if self._is_first:
            self._is_first = False
            return None
        whole = _span(before, self._cpu)
        idle = sum(getattr(self._cpu, name, 0.0) - getattr(before, name, 0.0) for name in ("idle", "iowait"))
        return None if whole <= 0 else min(max(100 * (1 - idle / whole), 0.0), 100.0)

    def _disk_rates(self, now: float) -> tuple[float | None, float | None]:
        counters = psutil.disk_io_counters(nowrap=True)
        if counters is None:
            return None, None
        before, self._disk = self._disk, (now, counters.read_bytes, counters.write_bytes)
        if before is None or now <= before[0]:
            return None, None
        seconds = (now - before[0]) * MIB
        return (counters.read_bytes - before[1]) / seconds, (counters.write_bytes - before[2]) / seconds

    def _disk_room(self) -> tuple[float | None, float | None]:
        try:
            room = psutil.disk_usage(str(self._data_dir))
        except OSError:
            return None, None
        return room.total / MIB, room.free / MIB


def host_values(host: Host) -> Mapping[str, float | None]:
    """Return the machine's numbers under the names of their metrics."""
    return {
        "cpu_percent": host.cpu,
        "memory_used_mib": host.memory.used,
        "swap_used_mib": host.swap_used_mib,
        "load_1m": host.load_1m,
        "disk_free_mib": host.disk_free_mib,
        "disk_read_mib_s": host.disk_read_mib_s,
        "disk_write_mib_s": host.disk_write_mib_s,
    }


def _span(before: object, after: object) -> float:
    # guest time is part of user time already
    names = [name for name in getattr(after, "_fields", ()) if not name.startswith("guest")]
    return float(sum(getattr(after, name) - getattr(before, name) for name in names))
