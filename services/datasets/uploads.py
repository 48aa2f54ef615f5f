"""Uploads in progress: chunks appended to a file, in flat memory. Parsing belongs to `ingest`."""

from pathlib import Path


class UploadStore:
    """Files on their way in. Nothing here is a dataset yet, and what is abandoned is swept."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes
