"""Which kind of file it is, by its content: the name proves nothing."""

import re
from pathlib import Path

from services.datasets.sources.delimited import DelimitedSource
from services.datasets.sources.encoding import inspect_text
from services.datasets.sources.json_records import JsonSource
from services.datasets.sources.parquet import ParquetSource
from services.datasets.sources.source import Source, SourceOptions, refuse
from services.datasets.sources.xlsx import XlsxSource

HEAD_BYTES = 4096
READABLE = "CSV, TSV, XLSX, Parquet and JSON records can be read"
_REFUSED = (
    (b"\x1f\x8b", "the file is compressed with gzip; unpack it first"),
    (b"\xd0\xcf\x11\xe0", "this is an old Excel file or one with a password; save it as XLSX without one"),
    (b"%PDF", f"this is a PDF document; {READABLE}"),
    (b"ARROW1", f"this is a Feather file; {READABLE}"),
    (b"PK\x05\x06", "the archive is empty"),
)
_JSON = re.compile(r"\s*(?:\[\s*[{\]\[]|\{\s*[\"}])")


def open_source(path: Path, options: SourceOptions) -> Source:
    """Open a file as a table; raise RequestError at `source` when it is none."""
    with open(path, "rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        refuse("the file is empty; upload one with a header and rows of values")
    if head.startswith(b"PK\x03\x04"):
        return XlsxSource(path)
    if head.startswith(b"PAR1"):
        return ParquetSource(path, options.tick)
    for magic, message in _REFUSED:
        if head.startswith(magic):
            refuse(message)
    text = inspect_text(path, options.tick)
    with text.open() as stream:
        beginning = (stream.read(HEAD_BYTES) or b"").decode("utf-8", "ignore")
    if _JSON.match(beginning):
        return JsonSource(text, options)
    return DelimitedSource(text, options)
