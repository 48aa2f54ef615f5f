"""The encoding of a text file, found out by reading all of it once, and its bytes turned into UTF-8 on the way."""

import codecs
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from services.datasets.sources.source import refuse

PIECE_BYTES = 2**20
_MARKS = (  # UTF-32's mark begins with UTF-16's: the order matters
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY = bytes(set(range(32)) - set(b"\t\n\r\f\x1b\x1a\x0b\x00"))


@dataclass(frozen=True)
class TextFile:
    """A file of text: how its bytes are to be read."""

    path: Path
    encoding: str
    skip_bytes: int
    """Length of the byte order mark."""
    quotes: int
    """How many quotation marks it holds."""
    warnings: tuple[str, ...]

    def open(self) -> "Utf8Stream":
        """Return the text as a stream of UTF-8 bytes without a mark."""
        return Utf8Stream(self)


class Utf8Stream(io.RawIOBase):
    """The bytes of a text file as UTF-8, decoded on the way in pieces."""

    def __init__(self, file: TextFile) -> None:
        self._file = open(file.path, "rb")  # noqa: SIM115  # closed with this stream
        self._file.seek(file.skip_bytes)
        self._decoder = None if file.encoding == "utf-8" else codecs.getincrementaldecoder(file.encoding)("replace")
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # the io protocol says any buffer
        if self._decoder is None:
            return self._file.readinto(view)
        while not self._rest:
            piece = self._file.read(PIECE_BYTES)
            self._rest = self._decoder.decode(piece, final=not piece).encode("utf-8", "replace")
            if not piece:
                break
        count = min(len(view), len(self._rest))
        view[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def skip(self, count: int) -> None:
        """Pass over `count` bytes of UTF-8."""
        while count > 0 and (piece := self.read(min(count, PIECE_BYTES))):
            count -= len(piece)

    def position(self) -> int:
        """Return how many bytes of the file have been taken."""
        return self._file.tell()

    def close(self) -> None:
        self._file.close()
        super().close()


def inspect_text(path: Path, tick: Callable[[float], None] = lambda fraction: None) -> TextFile:
    """Find out how the file is encoded; refuse one that is no text, naming the line that shows it."""
    with open(path, "rb") as file:
        head = file.read(4096)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return _scan(path, encoding, len(mark), tick)
    wide = _wide_encoding(head)
    return _scan(path, wide or "utf-8", 0, tick)


def _wide_encoding(head: bytes) -> str | None:
    """Return UTF-16 when every other byte of the head is almost always zero, as it is in text of Latin letters."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half >= 4 and odd > 0.8 * half and even < 0.05 * half:
        return "utf-16-le"
    if half >= 4 and even > 0.8 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _scan(path: Path, encoding: str, skip: int, tick: Callable[[float], None]) -> TextFile:
    """Read all of the file: check that it decodes, that nothing in it is binary, and count the quotes."""
    decoder = codecs.getincrementaldecoder(encoding)()
    size = max(path.stat().st_size, 1)
    lines, quotes, bad_line = 1, 0, None
    for piece, position in _pieces(path, skip):
        text = piece
        if bad_line is None:
            try:
                decoded = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                bad_line = lines + error.object[: error.start].count(b"\n")
                if encoding != "utf-8":
                    refuse(f"line {bad_line} is not valid {encoding.upper()}; save the file as UTF-8")
            else:
                text = piece if encoding == "utf-8" else decoded.encode()
        _check_binary(text, lines)
        lines += text.count(b"\n")
        quotes += text.count(b'"')
        tick(position / size)
    if bad_line is None:
        return TextFile(path, encoding, skip, quotes, ())
    # Windows-1252 gives no meaning to five bytes; Latin-1 has one for every byte
    fallback = "cp1252" if _decodes(path, "cp1252", skip) else "latin-1"
    name = "Windows-1252" if fallback == "cp1252" else "Latin-1"
    warning = f"line {bad_line} is not UTF-8; the file was read as {name}. Check that accented letters look right"
    return TextFile(path, fallback, skip, quotes, (warning,))


def _pieces(path: Path, skip: int) -> Iterator[tuple[bytes, int]]:
    """Return the bytes piece by piece with the position after each; the last piece is empty."""
    with open(path, "rb") as file:
        file.seek(skip)
        while piece := file.read(PIECE_BYTES):
            yield piece, file.tell()
        yield b"", file.tell()


def _decodes(path: Path, encoding: str, skip: int) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece, _ in _pieces(path, skip):
            decoder.decode(piece)
    except UnicodeDecodeError:
        return False
    return True


def _check_binary(piece: bytes, lines_before: int) -> None:
    """Refuse a piece with NUL bytes or many control characters."""
    at = piece.find(b"\0")
    if at >= 0:
        line = lines_before + piece.count(b"\n", 0, at)
        refuse(f"line {line} holds a NUL byte, which text never does; export the table as CSV again")
    controls = len(piece) - len(piece.translate(None, _BINARY))
    if controls > 8 + len(piece) // 100:
        refuse("the file does not look like a table of text; CSV, TSV, XLSX, Parquet and JSON records can be read")
