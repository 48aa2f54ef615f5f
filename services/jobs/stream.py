"""What a running job tells beside its progress, such as the moments of a drive: batches in a ring of two files.

They are for those who watch: the result holds all of it. So a ring of a few MiB is enough, nothing of it goes through
the table of jobs, and a disk that is full costs the watchers their view, not the job its result.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from compute.schema import Record
from services.logs import logger

FOLDER = "streams"
BATCH_S = 0.2  # between batches: five a second look continuous
HALF_BYTES = 2 * 2**20  # of each of the two files
KEPT_S = 3600.0  # after the last batch, for those who come back late


class Batch(NamedTuple):
    """Some things that a job told, as JSON; numbers grow by one, over all attempts."""

    number: int
    body: bytes


class StreamWriter:
    """The teller's end of a stream. Whatever goes wrong with the files is logged, and no more."""

    def __init__(
        self,
        data_dir: Path,
        job_id: str,
        attempt: int,
        half_bytes: int = HALF_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._new, self._old = _files(data_dir, job_id)
        self._attempt = attempt
        self._half_bytes = half_bytes
        self._clock = clock
        self._held: list[bytes] = []
        self._told_at = clock()
        self._number: int | None = None

    def publish(self, item: Record) -> None:
        """Tell one thing, with the next batch."""
        self._held.append(item.model_dump_json().encode())
        if self._clock() - self._told_at >= BATCH_S:
            self.flush()

    def flush(self) -> None:
        """Tell what is held back."""
        held, self._held = self._held, []
        self._told_at = self._clock()
        if not held:
            return
        body = b'{"attempt":%d,"frames":[%s]}' % (self._attempt, b",".join(held))
        try:
            self._append(body)
        except OSError as error:
            logger("worker").warning("nobody can watch: the stream cannot be written", error=str(error))

    def _append(self, body: bytes) -> None:
        if self._number is None:
            self._new.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            forget_streams(self._new.parent)
            self._number = max((batch.number for batch in _read(self._new)), default=0)
        self._number += 1
        with suppress(FileNotFoundError):
            if self._new.stat().st_size + len(body) > self._half_bytes:
                self._new.replace(self._old)
        descriptor = os.open(self._new, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, b"%d %s\n" % (self._number, body))
        finally:
            os.close(descriptor)


class StreamReader:
    """A watcher's end of a stream: hears each batch once, those that the ring has dropped excepted."""

    def __init__(self, data_dir: Path, job_id: str, after: int = 0) -> None:
        self._files = _files(data_dir, job_id)
        self._seen: tuple[int, int] | None = None
        self.last = after
        """Number of the last batch that was heard."""

    def read(self) -> list[Batch]:
        """Return the batches that were not heard yet, in order."""
        try:
            status = self._files[0].stat()
        except OSError:
            return []
        if (status.st_ino, status.st_size) == self._seen:
            return []
        self._seen = status.st_ino, status.st_size
        # The newer file is read first: one that becomes the older one meanwhile is read twice, never missed.
        found = {batch.number: batch for file in self._files for batch in _read(file) if batch.number > self.last}
        self.last = max(found, default=self.last)
        return [found[number] for number in sorted(found)]


def forget_streams(folder: Path) -> None:
    """Delete the streams that ended long ago."""
    limit = time.time() - KEPT_S
    for file in folder.glob("*"):
        with suppress(OSError):
            if file.stat().st_mtime < limit:
                file.unlink()


def _files(data_dir: Path, job_id: str) -> tuple[Path, Path]:
    folder = data_dir.absolute() / FOLDER
    return folder / f"{job_id}.new", folder / f"{job_id}.old"


def _read(file: Path) -> Iterator[Batch]:
    try:
        lines = file.read_bytes().splitlines(keepends=True)
    except OSError:
        return
    for line in lines:
        number, _, body = line.partition(b" ")
        if line.endswith(b"\n") and number.isdigit():  # the last one may be half written
            yield Batch(int(number), body[:-1])
