"""What a fan chart draws: whatever has a past, a mean and intervals."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from compute.forecast.result import Interval, Values


class Forecast(Protocol):
    """What is drawn: the result of a forecast, or a row of a leaderboard with its series."""

    @property
    def name(self) -> str: ...

    @property
    def frequency(self) -> str | None: ...

    @property
    def history_timestamps(self) -> tuple[datetime, ...] | None: ...

    @property
    def history(self) -> Values: ...

    @property
    def timestamps(self) -> tuple[datetime, ...] | None: ...

    @property
    def mean(self) -> Values: ...

    @property
    def intervals(self) -> tuple[Interval, ...]: ...


@dataclass(frozen=True)
class DrawnForecast:
    """A forecast put together from parts of a larger result, such as a row of a leaderboard."""

    name: str
    frequency: str | None
    history_timestamps: tuple[datetime, ...] | None
    history: Values
    timestamps: tuple[datetime, ...] | None
    mean: Values
    intervals: tuple[Interval, ...]
