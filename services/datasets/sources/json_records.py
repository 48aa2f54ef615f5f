"""JSON records: an array of objects, or objects one after another, decoded one at a time."""

import codecs
import json
import math
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from services.datasets.sources.encoding import TextFile
from services.datasets.sources.source import (
    BLOCK_ROWS,
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    Block,
    SourceOptions,
    check_size,
    name_columns,
    refuse,
)

PIECE_BYTES = 2**20
MAX_RECORD_CHARACTERS = 8 * 2**20
_BLANKS = " \t\r\n"
_SHAPE = 'it should look like [{"time": "2025-01-01", "value": 1.5}, ...]'


class JsonSource:
    """A file of JSON records. A column for every key that any record has."""

    prefers_comma = False

    def __init__(self, file: TextFile, options: SourceOptions) -> None:
        self._file = file
        self._bytes = max(file.path.stat().st_size, 1)
        keys: dict[str, None] = {}
        rows = 0
        for record, fraction in self._records():
            rows += 1
            if rows % BLOCK_ROWS == 0:
                options.tick(fraction)
            if record.keys() - keys.keys():
                keys |= dict.fromkeys(record)
                check_size(len(keys))
            check_size(min(len(keys), MAX_COLUMNS), rows)
        if not rows:
            refuse(f"the file holds no records; {_SHAPE}")
        if not keys:
            refuse(f"the records of the file are empty; {_SHAPE}")
        self._keys = tuple(keys)
        self.names, renamed = name_columns(self._keys)
        self.warnings: tuple[str, ...] = (*file.warnings, *renamed)

    def row_of(self, index: int) -> int:
        return index + 1

    def blocks(self) -> Iterator[Block]:
        columns: list[list[str | None]] = [[] for _ in self._keys]
        fraction = 0.0
        for row, (record, fraction) in enumerate(self._records(), 1):
            for key, column in zip(self._keys, columns, strict=True):
                column.append(_text(record.get(key), row, key))
            if len(columns[0]) >= BLOCK_ROWS:
                yield Block(tuple(pa.array(column, pa.string()) for column in columns), fraction)
                columns = [[] for _ in self._keys]
        if columns[0]:
            yield Block(tuple(pa.array(column, pa.string()) for column in columns), fraction)

    def _records(self) -> Iterator[tuple[dict[str, Any], float]]:
        """Return each record with the share of the file read so far."""
        with self._file.open() as stream:
            reader = _Buffer(stream)
            is_array = reader.take("[")
            count = 0
            while not reader.is_at_end() and not (is_array and reader.take("]")):
                if count and is_array and not reader.take(","):
                    refuse(f"record {count} is not followed by a comma; is the file cut off?")
                count += 1
                yield reader.record(count), min(stream.position() / self._bytes, 1.0)
            if is_array and not reader.was_closed:
                refuse(f"the array is not closed after record {count}; the file is probably cut off")
            if not reader.is_at_end():
                refuse(f"there is more after the end of the array of {count} records")


class _Buffer:
    """A window on the text, moving over it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._json = json.JSONDecoder()
        self._text = ""
        self._at = 0
        self._is_exhausted = False
        self.was_closed = False

    def is_at_end(self) -> bool:
        """Skip blanks; True when nothing is left."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANKS:
                self._at += 1
            if self._at < len(self._text):
                return False
            if not self._fill():
                return True

    def take(self, character: str) -> bool:
        """Skip blanks and, if it is next, the character; return whether it was."""
        if self.is_at_end() or self._text[self._at] != character:
            return False
        self._at += 1
        self.was_closed = self.was_closed or character == "]"
        return True

    def record(self, number: int) -> dict[str, Any]:
        """Decode the next object."""
        if self.is_at_end():
            refuse(f"record {number} is missing; the file is probably cut off")
        if self._text[self._at] != "{":
            refuse(f"record {number} begins with {self._text[self._at]!r} and is no object; {_SHAPE}")
        while True:
            try:
                value, self._at = self._json.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if len(self._text) - self._at > MAX_RECORD_CHARACTERS:
                    refuse(f"record {number} is longer than {MAX_RECORD_CHARACTERS // 2**20} MiB; {_SHAPE}")
                if not self._fill():
                    refuse(f"record {number} is not valid JSON: {error.msg}")
            except RecursionError:
                refuse(f"record {number} is nested too deeply; {_SHAPE}")
            except ValueError:
                refuse(f"record {number} holds a number of more than 4300 digits")
            else:
                assert isinstance(value, dict), "it began with a brace"
                return value

    def _fill(self) -> bool:
        """Read on; False at the end of the file."""
        if self._is_exhausted:
            return False
        piece = self._stream.read(PIECE_BYTES)
        self._is_exhausted = not piece
        self._text = self._text[self._at :] + self._decoder.decode(piece, final=not piece)
        self._at = 0
        return not self._is_exhausted


def _text(value: Any, row: int, key: str) -> str | None:
    """Return a value as the text that stands for it."""
    if isinstance(value, dict | list):
        what = "a list" if isinstance(value, list) else "an object"
        refuse(f"record {row}, {key[:100]!r} holds {what}; give each value a key of its own")
    if isinstance(value, str) and len(value) > MAX_CELL_CHARACTERS:
        refuse(f"record {row}, {key[:100]!r}: the text is longer than {MAX_CELL_CHARACTERS} characters")
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return str(int(value))
    # half of a surrogate pair can be written in JSON, but is no character
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else repr(value)
