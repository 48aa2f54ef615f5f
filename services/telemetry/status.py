"""The newest status for whoever asks: the sampler's, with how stale it is; without a sampler the machine alone."""

import threading
import time
from datetime import UTC, datetime

from services.settings import Settings
from services.telemetry.host import HostReader
from services.telemetry.latest import FILE, Latest, read_latest
from services.telemetry.records import Device, HistoryState, Host, Status

STALE_S = 5.0
STALE_PERIODS = 3
NO_SAMPLER = "nothing samples this machine: the sampler is started with the server and its workers"
OFF = "sampling is switched off (LOOKAHEAD_SAMPLE_HZ=0)"


class StatusReader:
    """Reads the newest status; any number of threads may ask."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._path = settings.data_dir.absolute() / FILE
        self._patience_s = max(STALE_S, STALE_PERIODS / settings.sample_hz) if settings.sample_hz else STALE_S
        self._host = HostReader(settings.data_dir)
        self._lock = threading.Lock()
        self._parsed: tuple[bytes, Status] | None = None

    def latest(self) -> Latest | None:
        """Return the newest status as bytes, when the sampler is at work."""
        found = read_latest(self._path)
        return found if found is not None and self._is_fresh(found.written_at) else None

    def read(self) -> Status:
        """Return the newest status."""
        latest = read_latest(self._path)
        if latest is None or not self._is_fresh(latest.written_at):
            return self._without_sampler(latest)
        status = self._parse(latest)
        return status if self._is_fresh(latest.gpu_at) else self._with_stale_gpus(status)

    def _is_fresh(self, at: float) -> bool:
        # The steady clock starts anew with the machine: a time that is yet to come is of an earlier life.
        return -self._patience_s <= time.monotonic() - at <= self._patience_s

    def _parse(self, latest: Latest) -> Status:
        with self._lock:
            if self._parsed is None or self._parsed[0] != latest.body:
                self._parsed = (latest.body, latest.status())
            return self._parsed[1]

    def _with_stale_gpus(self, status: Status) -> Status:
        """Return the status with what the GPUs said last, marked as old; nothing is marked where none ever answered."""
        if status.gpu_sampled_at is None:
            return status
        reason = "the driver of the GPUs does not answer; what is shown is what they said last"
        return status.model_copy(update={"stale_since": status.gpu_sampled_at, "reason": reason})

    def _without_sampler(self, latest: Latest | None) -> Status:
        reason = OFF if self._settings.sample_hz == 0 else NO_SAMPLER
        devices: tuple[Device, ...] = ()
        since: datetime | None = None
        if latest is not None:
            known = self._parse(latest)
            devices, since = known.devices, known.sampled_at
        return Status(
            available=bool(devices),
            reason=reason,
            devices=devices,
            host=self._read_host(),
            history=HistoryState(is_kept=False, reason=reason),
            sampled_at=datetime.now(UTC),
            gpu_sampled_at=since if devices else None,
            stale_since=since,
        )

    def _read_host(self) -> Host:
        with self._lock:
            return self._host.read(time.monotonic())
