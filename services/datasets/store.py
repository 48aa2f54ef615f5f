"""Stored datasets: what is known of each, its columns, its rows. Parsing belongs to `ingest`, repair to `repair`."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from compute.schema import Location
from compute.series import DatasetColumn, Series
from services.datasets.records import DatasetInfo


class DatasetStore:
    """Datasets of one installation. An id names a content for ever: datasets are made and deleted, never changed."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder

    def get(self, dataset_id: str) -> DatasetInfo | None:
        """Return what is known of the dataset, or None when there is none of that id."""
        raise NotImplementedError

    def page(self, limit: int = 200) -> tuple[DatasetInfo, ...]:
        """Return the datasets, newest first, samples last."""
        raise NotImplementedError

    def check_exists(self, dataset_id: str, loc: Location) -> DatasetInfo:
        """Return the dataset; raise RequestError at `loc` when there is none."""
        raise NotImplementedError

    def check_column(self, reference: DatasetColumn, loc: Location) -> None:
        """Raise RequestError at `loc + ("dataset",)` or `loc + ("column",)` unless it is a number column."""
        raise NotImplementedError

    def read_series(self, reference: DatasetColumn) -> Series:
        """Return the column with its times; raise RequestError when it is not there."""
        raise NotImplementedError

    def rows(self, dataset_id: str, offset: int = 0, limit: int = 100) -> list[dict[str, Any]]:
        """Return rows as JSON-able records: numbers, text, ISO 8601 times, None where missing."""
        raise NotImplementedError

    def delete(self, dataset_id: str) -> bool:
        """Delete a dataset; False when there is none or it is a bundled sample."""
        raise NotImplementedError
