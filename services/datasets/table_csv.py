"""A dataset as CSV text, block by block: flat memory whatever its size."""

from collections.abc import Iterator, Sequence

from services.csv_text import Cell, csv_text
from services.datasets.columns import json_values
from services.datasets.records import DatasetInfo
from services.datasets.store import DatasetStore


def dataset_csv(store: DatasetStore, info: DatasetInfo) -> Iterator[str]:
    """Return all rows with a header as pieces of CSV: ISO 8601 times, numbers exactly, harmless text."""
    return csv_text(_rows(store, info))


def _rows(store: DatasetStore, info: DatasetInfo) -> Iterator[Sequence[Cell]]:
    yield [column.name for column in info.columns]
    with store.reader(info) as reader:
        for block in reader.blocks():
            columns = [json_values(cells, column.kind) for cells, column in zip(block, info.columns, strict=True)]
            yield from zip(*columns, strict=True)
