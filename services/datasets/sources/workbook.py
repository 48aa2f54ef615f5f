"""The parts of an XLSX file, unpacked with care: what a member may unpack to is bounded before it is read."""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from services.datasets.sources.source import refuse

PIECE_BYTES = 256 * 1024
MAX_DIRECTORY_BYTES = 4 * 2**20
MAX_STRINGS_BYTES = 256 * 2**20  # held in memory
MAX_SHEET_BYTES = 4 * 2**30
SMALL_BYTES = 64 * 2**20
MAX_RATIO = 300  # of unpacked to packed; sheets of a single repeated number reach 200
_BUILTIN_DATES = frozenset([*range(14, 18), 22, *range(27, 37), *range(50, 59)])
_READ_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)

Handler = Callable[[str, dict[str, str]], Any]


@dataclass(frozen=True)
class Sheet:
    """The sheet that is read, and what its cells refer to."""

    member: str
    name: str
    others: int
    """How many further sheets there are."""
    strings: tuple[str, ...]
    date_styles: frozenset[int]
    is_1904: bool


class Workbook:
    """An XLSX file: a ZIP archive of XML."""

    def __init__(self, path: Path) -> None:
        self._path = path
        _check_directory(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except _READ_ERRORS as error:
            _damaged(error)
        if "xl/workbook.xml" not in self._zip.NameToInfo:
            refuse("this is a ZIP archive, not a workbook; unpack it and upload the table in it")

    def __enter__(self) -> "Workbook":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def sheet(self) -> Sheet:
        """Return the first sheet that is not hidden."""
        sheets: list[tuple[str, str]] = []
        targets: dict[str, str] = {}
        dates = {"is_1904": False}

        def on_book(name: str, attributes: dict[str, str]) -> None:
            if name == "sheet" and attributes.get("state", "visible") == "visible":
                relation = next((value for key, value in attributes.items() if key.endswith(" id")), "")
                sheets.append((attributes.get("name", ""), relation))
            elif name == "workbookPr":
                dates["is_1904"] = attributes.get("date1904", "0") in ("1", "true")

        def on_relation(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        self.parse("xl/workbook.xml", on_book)
        self.parse("xl/_rels/workbook.xml.rels", on_relation)
        tables = [(name, targets[relation]) for name, relation in sheets if relation in targets]
        if not tables:
            refuse("the workbook has no visible sheet with cells")
        name, target = tables[0]
        member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        return Sheet(
            member, name, len(tables) - 1, self._strings(), self._date_styles(), is_1904=bool(dates["is_1904"])
        )

    def parse(
        self,
        member: str,
        on_start: Handler,
        on_end: Callable[[str], Any] | None = None,
        on_text: Callable[[str], Any] | None = None,
        limit: int = SMALL_BYTES,
    ) -> None:
        """Run through a member's XML, all at once."""
        for _ in self.parse_in_pieces(member, on_start, on_end, on_text, limit):
            pass

    def parse_in_pieces(
        self,
        member: str,
        on_start: Handler,
        on_end: Callable[[str], Any] | None = None,
        on_text: Callable[[str], Any] | None = None,
        limit: int = SMALL_BYTES,
    ) -> Iterator[float]:
        """Run through a member's XML piece by piece; return the share done after each. Names come without prefix."""
        info = self._zip.NameToInfo.get(member)
        if info is None:
            refuse(f"the workbook is damaged: {member[:100]!r} is missing")
        if info.file_size > limit or info.file_size > max(MAX_RATIO * info.compress_size, SMALL_BYTES):
            refuse(f"{member[:100]!r} in the workbook unpacks to {info.file_size:,} bytes; save the table as CSV")
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        names: dict[str, str] = {}  # the few names of elements, without their namespaces

        def local(name: str) -> str:
            return names.get(name) or names.setdefault(name, name.rpartition(" ")[2])

        parser.StartElementHandler = lambda name, attributes: on_start(local(name), attributes)
        if on_end is not None:
            parser.EndElementHandler = lambda name: on_end(local(name))
        if on_text is not None:
            parser.CharacterDataHandler = on_text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        read = 0
        try:
            with self._zip.open(info) as file:
                while piece := file.read(PIECE_BYTES):
                    read += len(piece)
                    parser.Parse(piece, False)
                    yield min(read / max(info.file_size, 1), 1.0)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            refuse(f"the workbook is damaged: {member[:100]!r} is no valid XML ({error})")
        except _READ_ERRORS as error:
            _damaged(error)
        yield 1.0

    def _strings(self) -> tuple[str, ...]:
        """Return the table of texts that cells refer to."""
        strings: list[str] = []
        if "xl/sharedStrings.xml" not in self._zip.NameToInfo:
            return ()
        parts: list[str] = []
        state = {"in_text": False, "in_phonetic": False}

        def on_start(name: str, _: dict[str, str]) -> None:
            if name == "si":
                parts.clear()
            elif name == "rPh":
                state["in_phonetic"] = True
            elif name == "t":
                state["in_text"] = not state["in_phonetic"]

        def on_end(name: str) -> None:
            if name == "si":
                strings.append("".join(parts))
            elif name == "rPh":
                state["in_phonetic"] = False
            elif name == "t":
                state["in_text"] = False

        def on_text(text: str) -> None:
            if state["in_text"]:
                parts.append(text)

        self.parse("xl/sharedStrings.xml", on_start, on_end, on_text, MAX_STRINGS_BYTES)
        return tuple(strings)

    def _date_styles(self) -> frozenset[int]:
        """Return the styles by which a number is shown as a date."""
        if "xl/styles.xml" not in self._zip.NameToInfo:
            return frozenset()
        formats: dict[int, str] = {}
        styles: list[int] = []
        place = {"in_cells": False}

        def on_start(name: str, attributes: dict[str, str]) -> None:
            if name == "numFmt":
                formats[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
            elif name == "cellXfs":
                place["in_cells"] = True
            elif name == "xf" and place["in_cells"]:
                styles.append(_number(attributes.get("numFmtId")))

        def on_end(name: str) -> None:
            if name == "cellXfs":
                place["in_cells"] = False

        self.parse("xl/styles.xml", on_start, on_end)
        return frozenset(
            style
            for style, number in enumerate(styles)
            if number in _BUILTIN_DATES or (number in formats and is_date_format(formats[number]))
        )


def is_date_format(code: str) -> bool:
    """True for a number format that shows a date, such as `dd.mm.yyyy`; a duration such as `[h]:mm` is none."""
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.', "", code.lower())
    if re.search(r"\[[hms]+\]", bare):
        return False
    bare = re.sub(r"\[[^\]]*\]", "", bare)
    return "y" in bare or "d" in bare or ("m" in bare and not re.search(r"[hs0#]", bare))


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else -1


def _check_directory(path: Path) -> None:
    """Refuse an archive with an endless list of members, before that list is read."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        file.seek(max(size - 65_557, 0))  # the end record and its longest comment
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        refuse("the workbook is damaged: it ends too early; upload it again")
    if int.from_bytes(tail[at + 12 : at + 16], "little") > MAX_DIRECTORY_BYTES:
        refuse("the workbook has too many parts; save the table as CSV")


def _refuse_doctype(*_: Any) -> NoReturn:
    refuse("the workbook defines XML entities, which no spreadsheet program does; save the table as CSV")


def _damaged(error: Exception) -> NoReturn:
    from compute.schema import RequestError

    if isinstance(error, RequestError):
        raise error
    if "password" in str(error) or "encrypted" in str(error):
        refuse("the workbook is protected by a password; save it without one")
    refuse(f"the workbook is damaged: {str(error)[:200]}")
