"""Which kind of file it is, by its content: the name proves nothing."""

from pathlib import Path

from services.datasets.sources.delimited import DelimitedSource
from services.datasets.sources.source import Source, SourceOptions, refuse

HEAD_BYTES = 4096


def open_source(path: Path, options: SourceOptions) -> Source:
    """Open a file as a table; raise RequestError at `source` when it is none."""
    with open(path, "rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        refuse("the file is empty; upload one with a header and rows of values")
    return DelimitedSource(path, options)
