"""What explains a series beside its own past: the record a user fills in, and the columns it becomes."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from compute.schema import Record, RequestError
from compute.series import SeriesReference

Array = NDArray[np.float64]

MAX_REGRESSORS = 20


class Regressor(Record, title="A series that explains"):
    """A series that explains the one to forecast, with its values over the horizon: known, planned or supposed."""

    series: SeriesReference = Field(
        title="Values",
        description="One value for each value of the series to forecast: at the same times, or without times in the "
        "same order.",
    )
    future: tuple[float, ...] = Field(
        default=(),
        max_length=10_000,
        title="Future values",
        description="One for each step of the horizon: known (holidays, prices) or a what-if. Empty: what its column "
        "holds after the last value of the series to forecast.",
    )
    name: str | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        title="Name",
        description="Shown beside its coefficient. Empty: the name of its column.",
    )


@dataclass(frozen=True)
class Regressors:
    """Columns that explain a series, from its first value to the end of what is known of them.

    Attributes
    ----------
    names : (k,) of the known columns
    known : (k, n + horizon)
    season, pairs : sines and cosines of a season of so many steps, so many of each, known for ever
    start : place of the first value in the season
    """

    names: tuple[str, ...]
    known: Array
    season: int = 1
    pairs: int = 0
    start: int = 0

    @property
    def all_names(self) -> tuple[str, ...]:
        waves = [f"{wave}{k}" for k in range(1, self.pairs + 1) for wave in ("sin", "cos")]
        return (*self.names, *waves)

    def since(self, first: int) -> "Regressors":
        """Return the columns from place `first` on."""
        return replace(self, known=self.known[:, first:], start=self.start + first)

    def until(self, length: int) -> Array:
        """Return the columns up to a length, (k, length); RequestError where the future of one ends before."""
        if self.names and self.known.shape[1] < length:
            raise RequestError.at(
                "regressors",
                msg=f"the regressors are known {length - self.known.shape[1]} steps short of the forecast's end; "
                "give each as many future values as the horizon has steps",
            )
        places = (self.start + np.arange(length)) % self.season
        angles = 2 * np.pi * np.arange(1, self.pairs + 1)[:, None] * places / self.season
        waves = np.stack([np.sin(angles), np.cos(angles)], axis=1).reshape(2 * self.pairs, length)
        return np.vstack([self.known[:, :length] if self.names else np.zeros((0, length)), waves])


NO_REGRESSORS = Regressors((), np.zeros((0, 0)))
