"""Uploads in progress: chunks appended to a file, in flat memory. Parsing belongs to `ingest`.

How a route uses it: `create` answers an id; each chunk is an `append` at the offset that `describe` or the last
append told; `finish` ends it; the id then goes into `ImportRequest.source`. A small file in one piece: `receive`.
"""

import errno
import fcntl
import hashlib
import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Protocol

from services.datasets.upload_records import (
    IncompleteUploadError,
    StorageFullError,
    UnknownUploadError,
    Upload,
    UploadTooLargeError,
    WrongOffsetError,
    label_of,
)

__all__ = [
    "IncompleteUploadError",
    "ReadableStream",
    "StorageFullError",
    "UnknownUploadError",
    "Upload",
    "UploadStore",
    "UploadTooLargeError",
    "WrongOffsetError",
]

PIECE_BYTES = 256 * 1024  # what is held in memory of a chunk on its way to the disk
CHUNK_LIMIT_BYTES = 64 * 2**20  # a request body larger than this would hold a server thread for too long
ABANDONED_AFTER_S = 6 * 3600.0  # an upload without a byte for this long belongs to nobody
SPARE_BYTES = 64 * 2**20  # of the disk, left for the job table
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_ID = re.compile(r"[0-9a-f]{32}")


class ReadableStream(Protocol):
    """Where a chunk comes from; a request's stream is one."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


class UploadStore:
    """Files on their way in. Nothing here is a dataset yet, and what is abandoned is swept."""

    def __init__(
        self,
        folder: Path,
        limit_bytes: int,
        chunk_limit_bytes: int = CHUNK_LIMIT_BYTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self.limit_bytes = limit_bytes
        self.chunk_limit_bytes = chunk_limit_bytes
        self._clock = clock

    def create(self, file_name: str, size_bytes: int | None = None) -> str:
        """Begin an upload and return its id. Raises UploadTooLargeError or StorageFullError when it cannot fit."""
        self.sweep()
        if size_bytes is not None:
            self._check_total(size_bytes)
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if shutil.disk_usage(self._folder).free < size_bytes + SPARE_BYTES:
                raise StorageFullError(errno.ENOSPC, f"the disk has no room for {size_bytes} more bytes")
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        upload = Upload(id=uuid.uuid4().hex, file_name=label_of(file_name), size_bytes=size_bytes)
        self._data(upload.id).touch(mode=0o600)
        self._write(upload)
        return upload.id

    def append(self, upload_id: str, offset: int, stream: ReadableStream) -> int:
        """Append a chunk that starts at byte `offset`; return the new size.

        When the chunk is too large or the disk full, the file is as it was before and the error says so; when the
        stream breaks, what arrived stays, so that the upload can go on from there.
        """
        with self._locked(upload_id) as (upload, file):
            start = file.seek(0, os.SEEK_END)
            if upload.is_complete or offset != start:
                raise WrongOffsetError(offset, start)
            try:
                self._copy(upload, stream, file, start)
            except (UploadTooLargeError, OSError) as error:
                if isinstance(error, UploadTooLargeError) or error.errno in DISK_FULL:
                    file.truncate(start)
                if isinstance(error, OSError) and error.errno in DISK_FULL:
                    raise StorageFullError(error.errno, "the disk is full; the chunk was not kept") from error
                raise
            return file.tell()

    def finish(self, upload_id: str, sha256: str | None = None) -> Upload:
        """End the upload and return it with its checksum; compare with `sha256` when the sender knows it.

        Finishing twice is the same as once. Raises IncompleteUploadError.
        """
        with self._locked(upload_id) as (upload, file):
            if upload.is_complete:
                return upload
            received = file.seek(0, os.SEEK_END)
            if upload.size_bytes is not None and received != upload.size_bytes:
                raise IncompleteUploadError(f"{received} of {upload.size_bytes} bytes have arrived; send the rest")
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            if sha256 is not None and sha256.lower() != digest:
                raise IncompleteUploadError(f"the file that arrived has checksum {digest}; send it again")
            finished = upload.model_copy(
                update={"size_bytes": received, "received_bytes": received, "is_complete": True, "sha256": digest}
            )
            self._write(finished)
            return finished

    def receive(self, file_name: str, stream: ReadableStream, size_bytes: int | None = None) -> Upload:
        """Take a whole file in one piece, of any size up to the limit; leave nothing behind when it fails."""
        upload_id = self.create(file_name, size_bytes)
        try:
            with self._locked(upload_id) as (upload, file):
                self._copy(upload, stream, file, 0, chunk_limit=self.limit_bytes)
            return self.finish(upload_id)
        except BaseException as error:
            self.remove(upload_id)
            if isinstance(error, OSError) and error.errno in DISK_FULL:
                raise StorageFullError(error.errno, "the disk is full; the file was not kept") from error
            raise

    def describe(self, upload_id: str) -> Upload:
        """Return what is known of the upload; raise UnknownUploadError."""
        upload = self._read(upload_id)
        if upload.is_complete:
            return upload
        return upload.model_copy(update={"received_bytes": self.offset(upload_id)})

    def offset(self, upload_id: str) -> int:
        """Return how many bytes have arrived: where the next chunk starts."""
        self._read(upload_id)
        try:
            return self._data(upload_id).stat().st_size
        except FileNotFoundError:
            raise self._unknown(upload_id) from None

    def path(self, upload_id: str) -> Path:
        """Return where the bytes are; raise UnknownUploadError when there are none (any more)."""
        self.offset(upload_id)
        return self._data(upload_id)

    def mark_imported(self, upload_id: str, dataset_id: str, import_key: str) -> None:
        """Delete the bytes and remember what they became, so that a repeated import answers the same."""
        upload = self._read(upload_id)
        self._write(upload.model_copy(update={"dataset": dataset_id, "import_key": import_key}))
        self._data(upload_id).unlink(missing_ok=True)

    def remove(self, upload_id: str) -> bool:
        """Delete the upload; False when there is none."""
        if not _ID.fullmatch(upload_id):
            return False
        existed = self._state(upload_id).exists()
        self._data(upload_id).unlink(missing_ok=True)
        self._state(upload_id).unlink(missing_ok=True)
        return existed

    def sweep(self, older_than_s: float = ABANDONED_AFTER_S) -> int:
        """Delete uploads that nobody touched for `older_than_s` seconds; return how many files went."""
        limit = self._clock() - older_than_s
        swept = 0
        for path in list(self._folder.glob("*.*")):
            try:
                touched = max(part.stat().st_mtime for part in path.parent.glob(f"{path.stem}.*"))
            except (FileNotFoundError, ValueError):
                continue
            if touched < limit:
                path.unlink(missing_ok=True)
                swept += 1
        return swept

    # ---- private ----------------------------------------------------------------------------------------------

    def _copy(
        self,
        upload: Upload,
        stream: ReadableStream,
        file: FileIO,
        start: int,
        chunk_limit: int | None = None,
    ) -> None:
        room = self.limit_bytes if upload.size_bytes is None else upload.size_bytes
        limit = self.chunk_limit_bytes if chunk_limit is None else chunk_limit
        taken = 0
        while piece := stream.read(PIECE_BYTES):
            taken += len(piece)
            if taken > limit:
                raise UploadTooLargeError(f"a chunk may hold {limit} bytes; send smaller ones")
            if start + taken > room:
                raise UploadTooLargeError(f"more than the {room} bytes that this upload may have")
            rest = memoryview(piece)
            while rest:
                rest = rest[file.write(rest) :]

    def _check_total(self, size_bytes: int) -> None:
        if size_bytes > self.limit_bytes:
            raise UploadTooLargeError(
                f"the file has {size_bytes / 2**20:.0f} MiB; at most {self.limit_bytes / 2**20:.0f} MiB can be uploaded"
            )

    @contextmanager
    def _locked(self, upload_id: str) -> Iterator[tuple[Upload, FileIO]]:
        """Hold the upload's file alone: two chunks at once must not interleave."""
        self._read(upload_id)
        try:
            file = FileIO(self._data(upload_id), "r+")
        except FileNotFoundError:
            raise self._unknown(upload_id) from None
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield self._read(upload_id), file

    def _read(self, upload_id: str) -> Upload:
        if not _ID.fullmatch(upload_id):
            raise self._unknown(upload_id)
        try:
            return Upload.model_validate_json(self._state(upload_id).read_bytes())
        except FileNotFoundError:
            raise self._unknown(upload_id) from None

    def _write(self, upload: Upload) -> None:
        fresh = self._state(upload.id).with_suffix(".new")
        fresh.write_text(upload.model_dump_json())
        fresh.replace(self._state(upload.id))

    def _data(self, upload_id: str) -> Path:
        return self._folder / f"{upload_id}.data"

    def _state(self, upload_id: str) -> Path:
        return self._folder / f"{upload_id}.json"

    @staticmethod
    def _unknown(upload_id: str) -> UnknownUploadError:
        return UnknownUploadError(f"there is no upload {upload_id[:40]!r}; it was never begun, or removed since")
