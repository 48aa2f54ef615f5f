"""What every kind of file offers to `ingest`: names of columns and blocks of cells, as often as asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from compute.schema import RequestError

MAX_COLUMNS = 2_000  # a table for forecasting; beyond it the file is most likely turned on its side
MAX_CELLS = 1_000_000_000  # rows times columns: what 2 GiB of the shortest cells can hold
MAX_CELL_CHARACTERS = 32_767  # Excel's own limit; a longer cell is a quote that was never closed
MAX_NAME_LENGTH = 500
BLOCK_ROWS = 32_768


@dataclass(frozen=True)
class SourceOptions:
    """What the user said about the file; None where it is to be found out."""

    decimal_comma: bool | None = None
    tick: Callable[[float], None] = lambda fraction: None
    """Called often with the share done while the file is being opened: where a cancelled job stops."""


@dataclass(frozen=True)
class Block:
    """Some rows: one array of text (or, from a typed file, of its own type) per column."""

    columns: tuple[Any, ...]
    fraction: float
    """Share of the file read so far."""

    @property
    def rows(self) -> int:
        """How many rows the block has."""
        return len(self.columns[0]) if self.columns else 0


class Source(Protocol):
    """An opened file."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns: no two alike, none empty."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know of how the file was read. Complete after the blocks were read once."""

    @property
    def prefers_comma(self) -> bool:
        """True when 1,5 is rather one and a half than a group of thousands, as in files parted by semicolons."""

    def row_of(self, index: int) -> int:
        """Return which row of the file, counted from 1, is the `index`th of the table; known for rows read so far.

        Empty lines between the rows are not counted.
        """

    def blocks(self) -> Iterator[Block]:
        """Read the file from its beginning. May be called again."""


def refuse(message: str) -> NoReturn:
    """Raise the error of a file that cannot be read as a table."""
    raise RequestError.at("source", msg=message)


def check_size(columns: int, rows: int = 0) -> None:
    """Refuse a table with more columns or cells than can be kept."""
    if columns > MAX_COLUMNS:
        refuse(
            f"the file has {columns} columns; at most {MAX_COLUMNS} can be read. "
            "Times should run down the rows: turn the table, or leave columns out"
        )
    if columns * rows > MAX_CELLS:
        refuse(f"the table has more than {MAX_CELLS:,} cells; split the file or leave columns out")


def name_columns(names: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return usable names for the columns, none empty and no two alike, and what had to be changed, in words."""
    kept: list[str] = []
    warnings: list[str] = []
    taken: set[str] = set()
    for position, given in enumerate(names, 1):
        printable = "".join(character if character.isprintable() else " " for character in given)
        name = " ".join(printable.split())[:MAX_NAME_LENGTH] or f"column_{position}"
        if not given.strip():
            warnings.append(f"column {position} has no name; it is called {name!r}")
        base, count = name, 1
        while name in taken:
            count += 1
            suffix = f" ({count})"
            name = base[: MAX_NAME_LENGTH - len(suffix)] + suffix
        if name != base:
            warnings.append(f"column {position} has the same name as an earlier one; it is called {name!r}")
        taken.add(name)
        kept.append(name)
    if len(warnings) > 5:
        warnings = [*warnings[:5], f"{len(warnings) - 5} more columns were named likewise"]
    return tuple(kept), warnings
