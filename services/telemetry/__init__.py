"""What GPUs, machine and workers do, live and kept: sampled by one process, read by all.

`open_telemetry` is the way in for whoever reads; the sampler's own parts are `sampler` and what it imports.
"""

from dataclasses import dataclass
from functools import lru_cache

from services.settings import Settings
from services.telemetry.live import LiveFeed
from services.telemetry.reading import HistoryReader
from services.telemetry.schema import FILE
from services.telemetry.status import StatusReader

__all__ = ["HistoryReader", "LiveFeed", "StatusReader", "Telemetry", "open_telemetry"]


@dataclass(frozen=True)
class Telemetry:
    """Everything that can be asked, by any number of threads."""

    status: StatusReader
    history: HistoryReader
    live: LiveFeed


@lru_cache(maxsize=8)
def open_telemetry(settings: Settings) -> Telemetry:
    """Return the readers of one data directory, whether anything was sampled there yet or not: the same to all."""
    history = HistoryReader(settings.data_dir.absolute() / FILE)
    status = StatusReader(settings)
    return Telemetry(status, history, LiveFeed(settings, history, status))
