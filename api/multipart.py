"""A multipart form read as a stream: its small fields as text, its file piece by piece, never whole in memory."""

from collections.abc import Iterator
from typing import IO

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import NEED_DATA, Data, Epilogue, Event, Field, File, MultipartDecoder

from api.errors import ProblemError

PIECE_BYTES = 256 * 1024
MAX_HELD_BYTES = 2**20  # all fields together, or a part's header, or what precedes the first part
MAX_PARTS = 20


class MultipartForm:
    """The form in a body: `open_file` and read it to its end, then `read_rest`; `fields` grow meanwhile."""

    def __init__(self, stream: IO[bytes], boundary: str | None) -> None:
        if not boundary:
            raise ProblemError("unreadable", "Content-Type names no boundary; let your client set this header itself")
        self.fields: dict[str, str] = {}
        self._held_bytes = 0
        self._events = _events(stream, boundary.encode("latin-1", "replace"))

    def open_file(self, name: str) -> "FileStream | None":
        """Return the file in the part called `name`, or None when the form holds no file."""
        for event in self._events:
            if isinstance(event, File):
                if event.name != name:
                    raise ProblemError("unreadable", f"the file is in the part {event.name!r}; call it {name!r}")
                return FileStream(event.filename, self._events)
            self._take(event)
        return None

    def read_rest(self) -> None:
        """Read the fields after the file."""
        for event in self._events:
            if isinstance(event, File):
                raise ProblemError("unreadable", "the form holds more than one file; send one per request")
            self._take(event)

    def _take(self, event: Event) -> None:
        if not isinstance(event, Field):
            return
        name, value = str(event.name), bytearray()
        if name in self.fields:
            raise ProblemError("unreadable", f"the form holds the field {name!r} more than once")
        for piece in _data(self._events):
            self._held_bytes += len(piece)
            if self._held_bytes > MAX_HELD_BYTES:
                raise _too_much()
            value += piece
        try:
            self.fields[name] = value.decode()
        except UnicodeDecodeError as error:
            raise ProblemError("unreadable", f"the field {name!r} is not UTF-8: {error}") from error


class FileStream:
    """The file's bytes, to be read in pieces."""

    def __init__(self, file_name: str, events: Iterator[Event]) -> None:
        self.file_name = file_name
        self._pieces = _data(events)
        self._held = b""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._held = piece
        piece, self._held = self._held[:size], self._held[size:]
        return piece


def _events(stream: IO[bytes], boundary: bytes) -> Iterator[Event]:
    decoder = MultipartDecoder(boundary, MAX_HELD_BYTES, max_parts=MAX_PARTS)
    try:
        while True:
            event = decoder.next_event()
            if event is NEED_DATA:
                decoder.receive_data(stream.read(PIECE_BYTES) or None)
                continue
            yield event
            if isinstance(event, Epilogue):
                return
    except RequestEntityTooLarge as error:
        raise _too_much() from error
    except ValueError as error:
        raise ProblemError("unreadable", f"the multipart form is broken: {error}") from error


def _too_much() -> ProblemError:
    return ProblemError("too-large", f"the form may have {MAX_PARTS} parts, and {MAX_HELD_BYTES} bytes beside its file")


def _data(events: Iterator[Event]) -> Iterator[bytes]:
    for event in events:
        assert isinstance(event, Data), "a part's data follow its header"
        if event.data:
            yield event.data
        if not event.more_data:
            return
