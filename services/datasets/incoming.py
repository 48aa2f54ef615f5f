"""Files that are being written: nothing is left of them when their writer fails, is cancelled or dies."""

import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

SETTLE_S = 60.0  # between the creation of a file and its lock; a younger one is left alone


@contextmanager
def incoming_file(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Open a fresh file that nobody else can see as finished; it is deleted on leaving unless it was moved away.

    The writer holds a lock on it for as long as it lives, so that `sweep_incoming` knows what is abandoned.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    sweep_incoming(folder)
    path = folder / f"{uuid.uuid4().hex}.incoming"
    with open(path, "x+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield path, file
        finally:
            path.unlink(missing_ok=True)


def sweep_incoming(folder: Path, settle_s: float = SETTLE_S) -> int:
    """Delete the files of writers that died; return how many."""
    swept = 0
    for path in list(folder.glob("*.incoming")):
        try:
            with open(path, "rb") as file:
                if time.time() - os.fstat(file.fileno()).st_mtime < settle_s:
                    continue
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
                swept += 1
        except (FileNotFoundError, BlockingIOError):
            continue
    return swept
