"""A dataset's column for drawing: as a series where it is one, else in the order of the file with the reason."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from components.figures.decimate import min_max_indices
from compute.schema import RequestError
from compute.series import DatasetColumn, Series
from pages._workspace import workspace
from services.datasets.records import DatasetInfo

SPARKLINE_POINTS = 120


@dataclass(frozen=True)
class Drawable:
    """A column to draw; `reason` says why its times cannot be used, if so, and so why it cannot be forecast yet."""

    series: Series
    reason: str | None = None


def number_columns(info: DatasetInfo) -> list[str]:
    """Return the names of the columns that hold numbers."""
    return [column.name for column in info.columns if column.kind == "number"]


def drawable(info: DatasetInfo, column: str) -> Drawable:
    """Return the number column `column` for drawing."""
    try:
        return Drawable(workspace().datasets.read_series(DatasetColumn(dataset=info.id, column=column)))
    except RequestError as error:
        position = [each.name for each in info.columns].index(column)
        with workspace().datasets.reader(info) as reader:
            return Drawable(Series(reader.numbers(position), name=column), reason=str(error))


@lru_cache(maxsize=512)  # an id names a content for ever
def shape_of(dataset_id: str, column: str) -> tuple[float | None, ...]:
    """Return the column thinned to what a sparkline shows, None where values are missing; empty when it is gone."""
    info = workspace().datasets.get(dataset_id)
    if info is None:
        return ()  # deleted between the list and here
    values = drawable(info, column).series.values
    kept = values[min_max_indices(values, SPARKLINE_POINTS)]
    return tuple(None if np.isnan(value) else float(value) for value in kept)
