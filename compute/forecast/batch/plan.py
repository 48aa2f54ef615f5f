"""What a batch is asked, without its series, and the pieces it is computed in: what travels between processes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from compute.forecast.batch.request import BatchForecastRequest
from compute.forecast.batch.result import SeriesAccuracy
from compute.forecast.intervals import is_calibrated
from compute.forecast.options import Bootstrap, Wanted
from compute.forecast.request import Model
from compute.forecast.setting import Setting
from compute.series import Series
from compute.timeindex import Times

Array = NDArray[np.float64]

ENOUGH_TO_POOL = 30  # series, so that the 95 % quantile of their held-out errors is more than the largest one
ORIGINS = 3  # in each series' past: with one, a quiet or a stormy last year would set the width of every interval


@dataclass(frozen=True)
class BatchPlan:
    """What is asked of every series; the `ForecastOptions` of each.

    Attributes
    ----------
    n_series : in the whole batch, not in a chunk
    device : name of the device that may do the work
    """

    model: Model
    horizon: int
    levels: tuple[float, ...]
    intervals: Wanted
    n_bootstrap: int
    bootstrap: Bootstrap
    season_length: int | None
    seed: int
    accuracy: bool
    n_series: int
    device: str = "cpu"

    @classmethod
    def of(cls, request: BatchForecastRequest, n_series: int, device: str = "cpu") -> "BatchPlan":
        """Return the plan of a request."""
        asked = {name: getattr(request, name) for name in BatchForecastRequest.model_fields if name != "series"}
        return cls(**asked, n_series=n_series, device=device)

    @property
    def setting(self) -> Setting:
        """What every fit of the batch depends on beside its series."""
        return Setting(self.horizon, self.seed, self.device)

    @property
    def is_calibrated(self) -> bool:
        """Whether the width of intervals is learned from held-out errors."""
        return is_calibrated(self.intervals) and bool(self.levels)

    @property
    def is_pooled(self) -> bool:
        """Whether it is learned from all series together."""
        return self.is_calibrated and self.n_series >= ENOUGH_TO_POOL

    @property
    def is_rehearsed(self) -> bool:
        """Whether each series is also forecast from origins in its past."""
        return self.is_calibrated or self.accuracy


@dataclass(frozen=True)
class Start:
    """Where estimation begins: coefficients, (k,), that a beginning of the series is known to have."""

    coefficients: Array


@dataclass(frozen=True)
class Chunk:
    """Some series of a batch, computed together.

    Attributes
    ----------
    places : of the series in the batch
    starts : by place in the batch; those that nothing is known of are absent
    """

    places: tuple[int, ...]
    series: tuple[Series, ...]
    starts: Mapping[int, Start] = field(default_factory=dict)

    @classmethod
    def of(cls, first: int, series: Sequence[Series]) -> "Chunk":
        """Return neighbours in the batch, of which the first has the place `first`."""
        return cls(tuple(range(first, first + len(series))), tuple(series))


@dataclass(frozen=True)
class SeriesOutcome:
    """One series computed, its intervals not yet calibrated where that takes the others.

    Attributes
    ----------
    place : in the batch
    reason : why it failed; then nothing below is set
    mean : (horizon,)
    offsets : (levels, 2, horizon) lower and upper limits less the mean; no levels where there is no error to measure
    windows : (origins, horizon) errors over the model's own deviation, NaN where unknown
    frequency : ISO 8601 duration of one step, None when steps are only numbered
    coefficients : (k,) where to begin when this series is fitted again
    estimates : whether they were estimated from nothing, from those of its beginning, or kept from before
    """

    place: int
    name: str
    reason: str | None = None
    future: Times | None = None
    mean: Array = field(default_factory=lambda: np.zeros(0))
    offsets: Array = field(default_factory=lambda: np.zeros((0, 2, 0)))
    windows: Array = field(default_factory=lambda: np.zeros((0, 0)))
    accuracy: SeriesAccuracy | None = None
    description: str | None = None
    season_length: int = 1
    frequency: str | None = None
    notes: tuple[str, ...] = ()
    coefficients: Array = field(default_factory=lambda: np.zeros(0))
    estimates: Literal["fitted", "continued", "remembered"] = "fitted"


Count = Callable[[float], None]
"""Told how many series of the batch are done, in parts of one; it is where a cancelled job stops."""

Work = Callable[[BatchPlan, Iterable[Chunk], Count], Iterator[list[SeriesOutcome]]]
"""Computes chunks, here or in other processes, and yields what became of each, in any order."""
