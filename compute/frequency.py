"""One step of a regular grid of times: its name, where steps fall, which season it suggests.

Times are datetime64[ns] in UTC. Finding the step behind given times belongs to `timeindex`.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.datetime64]
Steps = NDArray[np.int64]

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

MAX_DEFAULT_SEASON = 1440  # a day of minutes; longer cycles are rarely what a chart of such data is about


class Frequency(ABC):
    """One step of a regular grid of times."""

    @property
    @abstractmethod
    def iso(self) -> str:
        """ISO 8601 duration of one step, such as `P1M` or `PT15M`."""

    @property
    @abstractmethod
    def words(self) -> str:
        """The step for a sentence, such as `1 month` or `15 minutes`."""

    @property
    @abstractmethod
    def season_length(self) -> int:
        """Steps in the season such data usually has (12 for months); 1 where there is no usual one."""

    @abstractmethod
    def steps(self, origin: np.datetime64, times: Times) -> Steps:
        """Return how many steps after `origin` each time is, rounded to the nearest grid point."""

    @abstractmethod
    def at(self, origin: np.datetime64, steps: Steps) -> Times:
        """Return the times that lie `steps` after `origin`; OverflowError beyond the year 2262."""

    def extend(self, last: np.datetime64, count: int) -> Times:
        """Return the `count` times that follow `last`; OverflowError beyond the year 2262."""
        return self.at(last, np.arange(1, count + 1, dtype=np.int64))

    def grid(self, first: np.datetime64, last: np.datetime64) -> Times:
        """Return every time of the grid from `first` to `last`, both included."""
        count = int(self.steps(first, _one(last))[0])
        return self.at(first, np.arange(count + 1, dtype=np.int64))


@dataclass(frozen=True)
class FixedStep(Frequency):
    """Steps of equal length: fractions of a second to weeks."""

    nanoseconds: int

    @property
    def iso(self) -> str:
        for unit, letter in ((WEEK, "W"), (DAY, "D")):
            if self.nanoseconds % unit == 0:
                return f"P{self.nanoseconds // unit}{letter}"
        for unit, letter in ((HOUR, "H"), (MINUTE, "M")):
            if self.nanoseconds % unit == 0:
                return f"PT{self.nanoseconds // unit}{letter}"
        whole, fraction = divmod(self.nanoseconds, SECOND)
        return f"PT{whole}.{fraction:09d}".rstrip("0").rstrip(".") + "S"

    @property
    def words(self) -> str:
        for unit, name in ((WEEK, "week"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second")):
            if self.nanoseconds % unit == 0:
                return _plural(self.nanoseconds // unit, name)
        return f"{self.nanoseconds / SECOND:g} seconds"

    @property
    def season_length(self) -> int:
        if self.nanoseconds % WEEK == 0:
            return max(1, round(52 / (self.nanoseconds // WEEK)))
        if self.nanoseconds % DAY == 0:
            return 7 if self.nanoseconds == DAY else 1
        for cycle in (DAY, HOUR, MINUTE, SECOND):
            count, rest = divmod(cycle, self.nanoseconds)
            if rest == 0 and 1 < count <= MAX_DEFAULT_SEASON:
                return count
        return 1

    def steps(self, origin: np.datetime64, times: Times) -> Steps:
        elapsed = times.astype(np.int64) - _as_int(origin)
        return (elapsed + self.nanoseconds // 2) // self.nanoseconds

    def at(self, origin: np.datetime64, steps: Steps) -> Times:
        _check_range(*(_as_int(origin) + int(step) * self.nanoseconds for step in _ends(steps)))
        return (_as_int(origin) + steps * self.nanoseconds).astype("datetime64[ns]")


@dataclass(frozen=True)
class CalendarStep(Frequency):
    """Steps of whole months: months, quarters, years. `day` 31 is the last of each month, whatever its length."""

    months: int
    day: int
    time_of_day: int = 0
    """Nanoseconds from the midnight nearest to it, -12 h to 12 h: local midnights are not UTC's."""

    @property
    def iso(self) -> str:
        return f"P{self.months // 12}Y" if self.months % 12 == 0 else f"P{self.months}M"

    @property
    def words(self) -> str:
        for unit, name in ((12, "year"), (3, "quarter")):
            if self.months % unit == 0:
                return _plural(self.months // unit, name)
        return _plural(self.months, "month")

    @property
    def season_length(self) -> int:
        return 12 // self.months if 12 % self.months == 0 else 1

    def steps(self, origin: np.datetime64, times: Times) -> Steps:
        first = month_numbers(nearest_days(_one(origin), self.time_of_day))
        elapsed = month_numbers(nearest_days(times, self.time_of_day)) - first
        return (elapsed + self.months // 2) // self.months

    def at(self, origin: np.datetime64, steps: Steps) -> Times:
        first = month_numbers(nearest_days(_one(origin), self.time_of_day))[0]
        months = (first + steps * self.months).astype("datetime64[M]")
        days = months.astype("datetime64[D]").astype(np.int64) + np.minimum(self.day, month_lengths(months)) - 1
        return _midnights(days, self.time_of_day)


@dataclass(frozen=True)
class BusinessDay(Frequency):
    """Mondays to Fridays. Holidays are gaps in the grid: which days they are is not the calendar's to say."""

    time_of_day: int = 0
    """As in `CalendarStep`."""

    @property
    def iso(self) -> str:
        return "P1D"

    @property
    def words(self) -> str:
        return "1 business day"

    @property
    def season_length(self) -> int:
        return 5

    def steps(self, origin: np.datetime64, times: Times) -> Steps:
        first = nearest_days(_one(origin), self.time_of_day)[0]
        days = nearest_days(times, self.time_of_day)
        return np.asarray(np.busday_count(first.astype("datetime64[D]"), days.astype("datetime64[D]")), dtype=np.int64)

    def at(self, origin: np.datetime64, steps: Steps) -> Times:
        first = nearest_days(_one(origin), self.time_of_day)[0].astype("datetime64[D]")
        days = np.busday_offset(first, steps, roll="backward").astype(np.int64)
        return _midnights(days, self.time_of_day)


def nearest_days(times: Times, time_of_day: int) -> Steps:
    """Return days since 1970 of the nearest `time_of_day`."""
    return (times.astype(np.int64) - time_of_day + DAY // 2) // DAY


def month_numbers(days: Steps) -> Steps:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def month_lengths(months: Times) -> Steps:
    starts = months.astype("datetime64[D]").astype(np.int64)
    return (months + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64) - starts


def _midnights(days: Steps, time_of_day: int) -> Times:
    _check_range(*(int(day) * DAY + time_of_day for day in _ends(days)))
    return (days * DAY + time_of_day).astype("datetime64[ns]")


def _ends(values: Steps) -> tuple[int, ...]:
    return (int(values.min()), int(values.max())) if values.size else ()


def _check_range(*nanoseconds: int) -> None:
    if any(abs(value) > np.iinfo(np.int64).max for value in nanoseconds):
        raise OverflowError("times before 1678 or after 2262 cannot be represented")


def _one(time: np.datetime64) -> Times:
    return np.array([time], dtype="datetime64[ns]")


def _as_int(time: np.datetime64) -> int:
    return int(time.astype("datetime64[ns]").astype(np.int64))


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
