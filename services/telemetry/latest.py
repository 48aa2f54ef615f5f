"""The newest status, in a file of fixed size that is overwritten in place: a full disk cannot stop it.

One process writes, any number read; whoever reads in the middle of a write sees it by the checksum and reads again.
The time beside the status is of the machine's steady clock, so that setting the wall clock makes nothing look stale.
"""

import os
import struct
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from services.telemetry.records import Status

FILE = Path("telemetry", "latest")
SIZE = 2**18
_HEADER = struct.Struct("<4sIIQdd")  # magic, length, checksum, tick, when written, when the GPUs last answered
_MAGIC = b"LAT1"
_NEVER = float("-inf")
_READS = 3


@dataclass(frozen=True)
class Latest:
    """A status and when it was written (seconds of the steady clock)."""

    tick: int
    written_at: float
    gpu_at: float
    body: bytes

    def status(self) -> Status:
        """Return the status as a record."""
        return Status.model_validate_json(self.body)


class LatestWriter:
    """The one writer."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with suppress(OSError, AttributeError):  # a disk that is full from the beginning leaves the file as it is
            os.posix_fallocate(self._descriptor, 0, SIZE)

    def write(self, tick: int, status: Status, *, at: float, gpu_at: float | None) -> None:
        """Put `status` in the place of the one before."""
        body = status.model_dump_json().encode()
        if len(body) > SIZE - _HEADER.size:
            body = _without_processes(status).model_dump_json().encode()
        header = _HEADER.pack(_MAGIC, len(body), zlib.crc32(body), tick, at, _NEVER if gpu_at is None else gpu_at)
        with suppress(OSError):
            os.pwrite(self._descriptor, header + body, 0)

    def close(self) -> None:
        """Let the file go."""
        os.close(self._descriptor)


def read_latest(path: Path) -> Latest | None:
    """Return the newest status, or None when none was ever written (or it cannot be read)."""
    for _ in range(_READS):
        try:
            with path.open("rb", buffering=0) as file:
                raw = file.read(_HEADER.size)
                magic, length, checksum, tick, at, gpu_at = _HEADER.unpack(raw)
                body = file.read(length) if magic == _MAGIC and length < SIZE else b""
        except (OSError, struct.error):
            return None
        if body and zlib.crc32(body) == checksum:
            return Latest(tick, at, gpu_at, body)
    return None


def read_tick(path: Path) -> int | None:
    """Return the number of the newest sample, or None when there never was one: cheaper than all of it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            raw = os.read(descriptor, _HEADER.size)
        finally:
            os.close(descriptor)
        return int(_HEADER.unpack(raw)[3])
    except (OSError, struct.error):
        return None


def _without_processes(status: Status) -> Status:
    devices = tuple(device.model_copy(update={"processes": None}) for device in status.devices)
    return status.model_copy(update={"devices": devices})
