"""The past of a few series of a batch, read from where the batch read it."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np

from compute.forecast.batch.request import DatasetColumns, DatasetGroups
from compute.forecast.batch.result import BatchForecastResult
from compute.schema import RequestError
from compute.series import InlineSeries, Series
from pages._workspace import workspace
from services.datasets.collections import Collection, open_columns, open_groups
from services.jobs import Job

MOST_ROWS = 5_000_000  # of a dataset whose groups are drawn: their rows are kept in memory for the next look


def pasts(job: Job, result: BatchForecastResult, places: Sequence[int]) -> list[Series | None]:
    """Return the observations of the series at `places` of the result; None where they are no longer there."""
    try:
        return [_in_order(series) for series in _read(job.request.get("series"), result, places)]
    except RequestError:
        return [None] * len(places)


def _read(reference: Any, result: BatchForecastResult, places: Sequence[int]) -> list[Series | None]:
    if isinstance(reference, list):
        return [workspace().read_series(InlineSeries.model_validate(reference[at])) for at in places]
    if "id_column" in reference:
        groups = DatasetGroups.model_validate(reference)
        info = workspace().datasets.check_exists(groups.dataset, ("series", "dataset"))
        if info.rows > MOST_ROWS:
            return [None] * len(places)
        return _pick(_groups(str(workspace().settings.data_dir), groups), places)
    if not places:
        return []
    names = tuple(result.series[at].name for at in places)
    columns = DatasetColumns(dataset=reference["dataset"], columns=names)
    return list(open_columns(columns, workspace().datasets).read())


@lru_cache(maxsize=1)  # an id names a content for ever; the folder tells workspaces apart
def _groups(_folder: str, groups: DatasetGroups) -> Collection:
    return open_groups(groups, workspace().datasets)


def _pick(collection: Collection, places: Sequence[int]) -> list[Series | None]:
    wanted = dict.fromkeys(places)
    found: dict[int, Series] = {}
    for at, series in enumerate(islice(collection.read(), max(places, default=-1) + 1)):
        if at in wanted:
            found[at] = series
    return [found.get(at) for at in places]


def _in_order(series: Series | None) -> Series | None:
    """Return the series sorted by time: rows of a group stand as they stood in the file."""
    if series is None or series.timestamps is None:
        return series
    order = np.argsort(series.timestamps, kind="stable")
    return Series(series.values[order], series.timestamps[order], series.name)
