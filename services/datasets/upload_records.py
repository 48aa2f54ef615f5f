"""What is known of an upload, and what can be wrong with one. Keeping its bytes belongs to `uploads`."""

import re
import unicodedata

from pydantic import Field

from compute.schema import Record

MAX_NAME_LENGTH = 200


class UnknownUploadError(LookupError):
    """There is no upload of that id: never made, swept, or imported already. A 404."""


class WrongOffsetError(ValueError):
    """The chunk does not continue the file; `expected` is where it ends. A 409."""

    def __init__(self, offset: int, expected: int) -> None:
        super().__init__(f"the chunk starts at byte {offset}, but {expected} bytes have arrived; continue there")
        self.expected = expected


class UploadTooLargeError(ValueError):
    """More bytes than the limit, or than were announced. A 413."""


class IncompleteUploadError(ValueError):
    """The upload was finished before all announced bytes arrived, or with a different checksum. A 409."""


class StorageFullError(OSError):
    """The disk cannot hold the upload. A 507."""


class Upload(Record):
    """What is known of an upload."""

    id: str
    file_name: str
    """A label for people; never used as a path."""
    size_bytes: int | None = Field(default=None)
    """Announced size, when there was one."""
    received_bytes: int = 0
    is_complete: bool = False
    sha256: str | None = None
    dataset: str | None = None
    """What it became, once imported; its bytes are gone then."""
    import_key: str | None = None
    """Hash of the request that imported it."""


def label_of(file_name: str) -> str:
    """Return the last part of a file name, printable and short: a label, whatever path somebody put in it."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", file_name))[-1]
    printable = "".join(character for character in last if character.isprintable()).strip()
    return printable[:MAX_NAME_LENGTH] or "upload"
