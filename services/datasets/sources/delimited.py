"""Tables of delimited text: CSV, TSV and their relatives, read by Arrow block by block."""

from collections.abc import Iterator
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from services.datasets.reading.cells import first_where
from services.datasets.sources.dialect import SAMPLE_BYTES, detect_dialect
from services.datasets.sources.encoding import TextFile
from services.datasets.sources.source import MAX_CELL_CHARACTERS, Block, SourceOptions, check_size, refuse

BLOCK_BYTES = 2**20  # Arrow reads up to 32 of them ahead; a row must fit into one
MAX_RAGGED_SHARE = 0.01  # more rows of another length are not slips: the table was understood wrongly
FEW_RAGGED = 3
MAX_SKIPPED = 1_000_000
SHOWN = 5


class _SkippedRows:
    """Rows that have another number of cells than the table. Empty ones are nothing; the others are told."""

    def __init__(self, expected: int, rows_before: int) -> None:
        self._expected = expected
        self._rows_before = rows_before
        self._shown: list[str] = []
        self.numbers: list[int] = []
        self.ragged = 0

    def note(self, row: Any) -> str:
        """Take a row into account; called by Arrow."""
        number = (row.number or 0) + self._rows_before
        self.numbers.append(number)
        if row.text.strip():
            self.ragged += 1
            if len(self._shown) < SHOWN:
                self._shown.append(f"row {number} has {row.actual_columns}")
        return "error" if len(self.numbers) > MAX_SKIPPED else "skip"

    def judge(self, rows: int) -> tuple[str, ...]:
        """Return the warning about rows left out; refuse a file with too many of them."""
        if not self.ragged:
            return ()
        places = ", ".join(self._shown) + (" and so on" if self.ragged > SHOWN else "")
        if self.ragged > max(FEW_RAGGED, MAX_RAGGED_SHARE * (rows + self.ragged)) or self.ragged > rows:
            refuse(
                f"{self.ragged} rows do not have the {self._expected} cells of the others ({places}); "
                "check what parts the cells, and put text that contains it in quotes"
            )
        noun = "row was" if self.ragged == 1 else "rows were"
        return (f"{self.ragged} {noun} left out for not having {self._expected} cells: {places}",)


class DelimitedSource:
    """A CSV, TSV or similar file."""

    def __init__(self, file: TextFile, options: SourceOptions) -> None:
        self._file = file
        self._bytes = max(file.path.stat().st_size, 1)
        with self._file.open() as stream:
            head = b""
            while len(head) < SAMPLE_BYTES and (piece := stream.read(SAMPLE_BYTES - len(head))):
                head += piece
            is_whole = not stream.read(1)
        self._dialect = detect_dialect(head, is_whole, options.decimal_comma)
        self._skipped = _SkippedRows(len(self.names), self._dialect.skip_rows)
        self._ragged_warnings: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return self._dialect.names

    @property
    def warnings(self) -> tuple[str, ...]:
        return (*self._file.warnings, *self._dialect.warnings, *self._ragged_warnings)

    @property
    def prefers_comma(self) -> bool:
        return self._dialect.delimiter == ";"

    def row_of(self, index: int) -> int:
        number = self._dialect.skip_rows + 1 + index
        for skipped in self._skipped.numbers:
            if skipped > number:
                break
            number += 1
        return number

    def blocks(self) -> Iterator[Block]:
        self._skipped = _SkippedRows(len(self.names), self._dialect.skip_rows)
        rows = 0
        last = None
        with self._file.open() as stream:
            stream.skip(self._dialect.skip_bytes)
            try:
                for batch in self._reader(stream):
                    self._check(batch, rows)
                    rows += batch.num_rows
                    check_size(len(self.names), rows)
                    if batch.num_rows:
                        last = batch.slice(batch.num_rows - 1)
                        yield Block(tuple(batch.columns), min(stream.position() / self._bytes, 1.0))
            except pa.ArrowInvalid as error:
                self._explain(error, rows)
        self._check_quotes(last, rows)
        self._ragged_warnings = self._skipped.judge(rows)
        if rows == 0:
            refuse("the file has a header but no rows of values")

    def _reader(self, stream: Any) -> Any:
        # Arrow gets names of our own: two columns of a file may be called the same
        keys = [str(position) for position in range(len(self.names))]
        return arrow_csv.open_csv(
            stream,
            read_options=arrow_csv.ReadOptions(
                use_threads=False,  # so that rows are counted, and one block is in memory at a time
                block_size=BLOCK_BYTES,
                column_names=keys,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self._dialect.delimiter,
                newlines_in_values=self._file.quotes > 0,
                invalid_row_handler=self._skipped.note,
                ignore_empty_lines=len(keys) > 1,  # in a single column they are missing values
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(keys, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )

    def _check(self, batch: Any, rows_before: int) -> None:
        """Refuse overlong cells: they are what a quote swallows that was never closed."""
        for name, column in zip(self.names, batch.columns, strict=True):
            if column.nbytes <= MAX_CELL_CHARACTERS:
                continue
            at = first_where(pc.greater(pc.binary_length(column), MAX_CELL_CHARACTERS))
            if at is not None:
                refuse(
                    f"row {self.row_of(rows_before + at)}, column {name!r}: the cell is longer than "
                    f"{MAX_CELL_CHARACTERS} characters; a quote is probably never closed"
                )

    def _check_quotes(self, last_row: Any, rows: int) -> None:
        """Refuse a file whose last quote is never closed: it has swallowed the rest of the rows."""
        if self._file.quotes % 2 == 0 or last_row is None:
            return
        if any("\n" in (cell[0].as_py() or "") for cell in last_row.columns):
            refuse(f"a quote in row {self.row_of(rows - 1)} is never closed; the rows after it cannot be told apart")

    def _explain(self, error: Exception, rows: int) -> NoReturn:
        """Say in the user's words why Arrow cannot go on."""
        if "straddling" in str(error):
            refuse(
                f"a row after row {self.row_of(rows)} is longer than {BLOCK_BYTES // 2**20} MiB; "
                "a quote is probably never closed"
            )
        if len(self._skipped.numbers) > MAX_SKIPPED:
            refuse(f"more than {MAX_SKIPPED:,} rows do not have the {len(self.names)} cells of the first ones")
        refuse(f"the table cannot be read after row {self.row_of(rows)}: {str(error)[:200]}")
