"""What the tests of importing share: a file's bytes in, what became of them out."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compute.job import Report, ignore_progress
from services.datasets.columns import ColumnReader, json_values
from services.datasets.parse import ParseOptions, parse_file
from services.datasets.records import DatasetInfo


@dataclass(frozen=True)
class Parsed:
    """A parsed file."""

    info: DatasetInfo
    columns: dict[str, list[Any]]

    @property
    def kinds(self) -> dict[str, str]:
        return {column.name: column.kind for column in self.info.columns}

    @property
    def codes(self) -> set[str]:
        return {finding.code for finding in self.info.findings}

    @property
    def said(self) -> str:
        """Everything that is said about the file."""
        findings = [f"{finding.message} {finding.examples}" for finding in self.info.findings]
        return "\n".join([*self.info.warnings, *findings])


def parse(folder: Path, content: bytes | str, report: Report = ignore_progress, **options: Any) -> Parsed:
    """Parse a file that holds `content`."""
    path = folder / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    sink = io.BytesIO()
    info = parse_file(path, sink, ParseOptions(**options), report)
    with ColumnReader(sink.getvalue()) as reader:
        arrays = reader.slice(0, info.rows)
    values = [json_values(array, column.kind) for array, column in zip(arrays, info.columns, strict=True)]
    return Parsed(info, {column.name: cells for column, cells in zip(info.columns, values, strict=True)})
