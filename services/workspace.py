"""The opened data directory: what pages, routes, the command line and workers share of the world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from compute.schema import Location, RequestError
from compute.series import DatasetColumn, InlineSeries, Series, SeriesReference
from services.datasets.store import DatasetStore
from services.datasets.uploads import UploadStore
from services.jobs import JobStore, open_engine
from services.maps import MapStore
from services.saved_portfolios import PortfolioStore
from services.settings import Settings

if TYPE_CHECKING:
    from services.task_records import Task

CALENDAR = np.array(["1678-01-01", "2261-12-31"], dtype="datetime64[us]")  # what nanoseconds since 1970 can count


@dataclass(frozen=True)
class Workspace:
    """Settings, jobs, datasets, uploads, saved portfolios and maps of one installation."""

    settings: Settings
    tasks: Mapping[str, Task]
    jobs: JobStore
    datasets: DatasetStore
    uploads: UploadStore
    portfolios: PortfolioStore
    maps: MapStore

    def read_series(self, reference: SeriesReference, loc: Location = ("series",)) -> Series:
        """Return the series that a request names at `loc`; raise RequestError when its dataset is not there."""
        if isinstance(reference, DatasetColumn):
            return self.datasets.read_series(reference, loc)
        return _inline(reference, loc)


def open_workspace(settings: Settings) -> Workspace:
    """Open (and create where absent) everything under the data directory."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = open_engine(settings.jobs_url)
    return Workspace(
        settings=settings,
        tasks=load_tasks(settings.task_registry),
        jobs=JobStore(engine),
        datasets=DatasetStore(engine, settings.data_dir / "datasets"),
        uploads=UploadStore(settings.data_dir / "uploads", limit_bytes=settings.upload_limit_mib * 2**20),
        portfolios=PortfolioStore(engine),
        maps=MapStore(engine),
    )


def load_tasks(registry: str) -> Mapping[str, Task]:
    """Return the table of job kinds named `module:name`."""
    module, _, name = registry.partition(":")
    tasks: Mapping[str, Task] = getattr(import_module(module), name)
    return tasks


def to_calendar(times: Iterable[datetime], loc: Location) -> NDArray[np.datetime64]:
    """Return times, in UTC where they name no zone, as datetime64[ns]; RequestError at `loc` for years out of range."""
    exact = np.array([_naive_utc(time) for time in times], dtype="datetime64[us]")
    outside = (exact < CALENDAR[0]) | (exact > CALENDAR[1])
    if outside.any():
        raise RequestError.at(
            *loc, msg=f"{exact[outside][0]} is outside the years 1678 to 2261, the range of the clock; correct it"
        )
    return exact.astype("datetime64[ns]")


def _inline(reference: InlineSeries, loc: Location) -> Series:
    times = reference.timestamps
    return Series(
        values=np.array([np.nan if value is None else value for value in reference.values], dtype=np.float64),
        timestamps=None if times is None else to_calendar(times, (*loc, "timestamps")),
        name=reference.name,
    )


def _naive_utc(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time
