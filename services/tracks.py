"""The track that a request names: columns of a dataset read together, or the positions in the request."""

import numpy as np

from compute.schema import FieldProblem, Location, RequestError
from compute.series import DatasetColumn
from compute.trajectory.track import DatasetTrack, InlineTrack, Track, TrackReference
from services.datasets.store import DatasetStore
from services.workspace import to_calendar


def check_track(reference: TrackReference, datasets: DatasetStore, loc: Location = ("track",)) -> None:
    """Raise RequestError, at the field to change, unless every column is there and holds numbers."""
    if not isinstance(reference, DatasetTrack):
        return
    places = [(name, ("columns", position)) for position, name in enumerate(reference.columns)]
    if reference.time_column is not None:
        places.append((reference.time_column, ("time_column",)))  # type: ignore[arg-type]
    for name, place in places:
        try:
            datasets.check_column(DatasetColumn(dataset=reference.dataset, column=name), loc)
        except RequestError as error:
            raise _at_the_column(error, loc, (*loc, *place)) from error


def read_track(reference: TrackReference, datasets: DatasetStore, loc: Location = ("track",)) -> Track:
    """Return the track; raise RequestError when its dataset or a column is not there."""
    if isinstance(reference, InlineTrack):
        return _inline(reference, loc)
    check_track(reference, datasets, loc)
    series = [
        datasets.read_series(DatasetColumn(dataset=reference.dataset, column=name), loc)
        for name in (*reference.columns, *([reference.time_column] if reference.time_column else []))
    ]
    d = len(reference.columns)
    times = series[d].values if reference.time_column else None
    return Track(
        positions=np.column_stack([each.values for each in series[:d]]),
        times=times,
        timestamps=series[0].timestamps if times is None else None,
        axes=reference.columns,
        name=datasets.check_exists(reference.dataset, (*loc, "dataset")).name,
    )


def _inline(reference: InlineTrack, loc: Location) -> Track:
    stamps = reference.timestamps
    d = next(len(row) for row in reference.positions if row is not None)
    gone = (None,) * d
    return Track(
        positions=np.array([row or gone for row in reference.positions], dtype=np.float64),
        times=None if reference.times is None else np.array(reference.times, dtype=np.float64),
        timestamps=None if stamps is None else to_calendar(stamps, (*loc, "timestamps")),
        name=reference.name,
    )


def _at_the_column(error: RequestError, loc: Location, place: Location) -> RequestError:
    """Return the problem of one column where the request names that column."""
    return RequestError(
        [
            FieldProblem(loc=place if problem.loc == (*loc, "column") else problem.loc, msg=problem.msg)
            for problem in error.problems
        ]
    )
