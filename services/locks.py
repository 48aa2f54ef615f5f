"""Locks on the data directory: held by a living process, freed by the kernel whatever way it dies.

The lock is a `flock`, so there is nothing to clean up after a crash; the file's text says who holds it. The descriptor
is never inherited by a child, so a lock cannot outlive its process. What holders do belongs to them.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from compute.schema import Record
from services.settings import Settings

PROBE_S = 0.5  # reading a lock takes it for microseconds; whoever wants it outwaits such a reader
POLL_S = 0.01
CLOCK_STEP_S = 5.0  # by as much may a process's age seem to differ when the wall clock was set meanwhile
SERVER_LOCK = "server.lock"


class Holder(Record):
    """The process that holds a lock, as it described itself."""

    pid: int
    created_at: float
    """When the process began (Unix seconds): with the pid it names one process for ever."""
    url: str | None = None
    identity: str | None = None
    """What the process runs: code version and settings."""

    def process(self) -> psutil.Process | None:
        """Return the process, or None when it is gone (its number may be somebody else's by now)."""
        try:
            process = psutil.Process(self.pid)
            is_same = abs(process.create_time() - self.created_at) < CLOCK_STEP_S
            return process if is_same else None
        except psutil.NoSuchProcess:
            return None


class DataDirInUseError(RuntimeError):
    """Another server works on the same data directory."""


class FileLock:
    """A lock that is held until `release` or the end of the process."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor: int | None = descriptor

    def describe(self, **facts: Any) -> None:
        """Write who holds the lock, for others to read."""
        assert self._descriptor is not None, "a released lock has no holder"
        holder = Holder(pid=os.getpid(), created_at=psutil.Process().create_time(), **facts)
        text = holder.model_dump_json().encode()
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text, 0)

    def release(self) -> None:
        """Let others have the lock. Harmless when it was released before."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)  # closing would not do while a child is between fork and exec
            os.close(self._descriptor)
            self._descriptor = None


def acquire(path: Path, **facts: Any) -> FileLock | None:
    """Return the lock on `path`, described by `facts`; None when another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if not wait_until(lambda: _take(descriptor), PROBE_S):
        os.close(descriptor)
        return None
    lock = FileLock(path, descriptor)
    lock.describe(**facts)
    return lock


@contextmanager
def wait_for_turn(path: Path) -> Iterator[None]:
    """Hold the lock on `path`, however long others hold it before; a holder that dies lets go of it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_held(path: Path) -> bool:
    """True when a living process holds the lock on `path`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _take(descriptor, fcntl.LOCK_SH)  # shared: two that look at once do not mistake each other for it
    finally:
        os.close(descriptor)


def read_holder(path: Path) -> Holder | None:
    """Return who holds the lock on `path`; None when nobody does, or the holder has not said so yet."""
    if not is_held(path):
        return None
    try:
        return Holder.model_validate(json.loads(path.read_bytes()))
    except (FileNotFoundError, ValueError):
        return None  # freed, or taken and not described, between the two looks


def claim_data_dir(settings: Settings, url: str) -> FileLock:
    """Return the server's lock on the data directory; raise DataDirInUseError that names the server at work there."""
    path = settings.data_dir / SERVER_LOCK
    lock = acquire(path, url=url)
    if lock is None:
        holder = read_holder(path)
        who = f"process {holder.pid} at {holder.url}" if holder else "a process that is just starting"
        raise DataDirInUseError(
            f"{settings.data_dir.resolve()} is in use by another server, {who}; "
            "stop it or set LOOKAHEAD_DATA_DIR to another directory"
        )
    return lock


def wait_until(condition: Callable[[], bool], timeout_s: float, poll_s: float = POLL_S) -> bool:
    """Return True as soon as `condition` holds, False when it does not within `timeout_s` seconds."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(poll_s)
    return True


def _take(descriptor: int, mode: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
