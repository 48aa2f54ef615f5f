"""The series that a batch names: columns of a dataset, groups of its rows, or a list. Light: the web process checks."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from compute.forecast.batch.request import BatchForecastRequest, DatasetColumns, DatasetGroups, SeriesCollection
from compute.schema import RequestError
from compute.series import Series
from services.datasets.collections import Collection, check_columns, check_groups, open_columns, open_groups
from services.workspace import Workspace, to_calendar

MAX_STEPS = 2_000_000  # forecast steps of all series: their JSON is some 40 MB per level and million


def check_batch(request: BatchForecastRequest, workspace: Workspace) -> None:
    """Raise RequestError, at the field to change, for what the schema cannot know of the series."""
    reference = request.series
    if isinstance(reference, DatasetColumns):
        check_size(request, len(check_columns(reference, workspace.datasets)))
    elif isinstance(reference, DatasetGroups):
        check_groups(reference, workspace.datasets)
    else:
        check_size(request, len(reference))
        for place, series in enumerate(reference):
            to_calendar(series.timestamps or (), ("series", place, "timestamps"))


def open_collection(reference: SeriesCollection, workspace: Workspace) -> Collection:
    """Return the series that a request names; raise RequestError at the field that names what is not there."""
    if isinstance(reference, DatasetColumns):
        return open_columns(reference, workspace.datasets)
    if isinstance(reference, DatasetGroups):
        return open_groups(reference, workspace.datasets)
    names = distinct_names([series.name for series in reference])

    def read() -> Iterator[Series]:
        for series, name in zip(reference, names, strict=True):
            yield replace(workspace.read_series(series), name=name)

    return Collection(len(reference), read)


def check_size(request: BatchForecastRequest, n_series: int) -> None:
    """Raise RequestError where the forecasts would be more than one result can hold."""
    if n_series * request.horizon > MAX_STEPS:
        raise RequestError.at(
            "horizon",
            msg=f"{request.horizon:,} steps of {n_series:,} series are more than the {MAX_STEPS:,} that one result "
            f"holds; look at most {MAX_STEPS // n_series:,} steps ahead, or split the batch",
        )


def distinct_names(names: list[str]) -> list[str]:
    """Return the names with a number behind each that occurs more than once: rows of a table need one each."""
    often = Counter(names)
    seen: Counter[str] = Counter()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(f"{name} {seen[name]}" if often[name] > 1 else name)
    return distinct
