"""The forms of exponential smoothing: which components a model has, what its parameters are called, which are tried."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from compute.forecast.ets import Ets

Array = NDArray[np.float64]

NONE, ADDITIVE, MULTIPLICATIVE = 0, 1, 2
LETTERS = "NAM"
SMALLEST, LARGEST = 1e-4, 0.9999  # of a smoothing parameter (Hyndman & Khandakar 2008, section 2.3)
LEAST_DAMPING, MOST_DAMPING = 0.98, 0.8


@dataclass(frozen=True)
class Form:
    """ETS(error, trend, season) with m seasonal states.

    Parameters, in this order and as far as the form has them: alpha; beta / alpha; gamma / (1 - alpha); phi; the level,
    the slope and the first m - 1 seasonal states before the first value. The last seasonal state follows from the
    others: they sum to 0, or to m where the season is multiplicative.
    """

    error: int
    trend: int
    damped: bool
    season: int
    m: int = 1

    @property
    def description(self) -> str:
        season = f"[{self.m}]" if self.season else ""
        damping = "d" if self.damped else ""
        return f"ETS({LETTERS[self.error]},{LETTERS[self.trend]}{damping},{LETTERS[self.season]}){season}"

    @property
    def n_smoothing(self) -> int:
        return 1 + self.trend + bool(self.season) + self.damped

    @property
    def n_states(self) -> int:
        """States that are estimated."""
        return 1 + self.trend + (self.m - 1 if self.season else 0)

    @property
    def size(self) -> int:
        """Parameters but the variance of the errors."""
        return self.n_smoothing + self.n_states

    @property
    def is_additive(self) -> bool:
        """Whether forecasts are linear in the errors."""
        return self.error == ADDITIVE and self.season != MULTIPLICATIVE

    @property
    def bounds(self) -> tuple[Array, Array]:
        """Lower and upper bounds of the parameters, (size,) each."""
        lower, upper = np.full(self.size, -np.inf), np.full(self.size, np.inf)
        lower[: self.n_smoothing], upper[: self.n_smoothing] = SMALLEST, LARGEST
        if self.damped:
            lower[self.n_smoothing - 1], upper[self.n_smoothing - 1] = MOST_DAMPING, LEAST_DAMPING
        return lower, upper

    @property
    def code(self) -> tuple[int, int, int, int, int]:
        """What the compiled recursion wants to know."""
        return self.error, self.trend, int(self.damped), self.season, self.m if self.season else 1

    def smoothing(self, parameters: Array) -> dict[str, float]:
        """Return alpha, beta, gamma and phi, as far as the form has them, in the field's usual scale."""
        alpha = float(parameters[0])
        named, i = {"alpha": alpha}, 1
        if self.trend:
            named["beta"] = alpha * float(parameters[i])
            i += 1
        if self.season:
            named["gamma"] = (1 - alpha) * float(parameters[i])
            i += 1
        if self.damped:
            named["phi"] = float(parameters[i])
        return named


def list_forms(model: Ets, m: int, is_positive: bool) -> Iterator[Form]:
    """Yield the forms that a request leaves open, the simplest first.

    Multiplicative components need positive values; an additive error beside a multiplicative season is left out, as
    its variance is not finite (Hyndman, Koehler, Ord & Snyder 2008, section 15.2).
    """
    errors = _open(model.error, is_positive)
    seasons = (NONE,) if m == 1 else (NONE, *_open("auto", is_positive)) if model.season == "auto" else None
    if seasons is None:
        seasons = (NONE,) if model.season == "none" else _open(model.season, is_positive)
    trends = {"auto": (NONE, ADDITIVE), "none": (NONE,), "add": (ADDITIVE,)}[model.trend]
    dampings = {"auto": (False, True), "yes": (True,), "no": (False,)}[model.damped]
    for season, trend, damped, error in product(seasons, trends, dampings, errors):
        if damped and not trend:
            continue
        if error == ADDITIVE and season == MULTIPLICATIVE:
            continue
        yield Form(error, trend, damped, season, m if season else 1)


def _open(choice: str, is_positive: bool) -> tuple[int, ...]:
    if choice == "auto":
        return (ADDITIVE, MULTIPLICATIVE) if is_positive else (ADDITIVE,)
    return (ADDITIVE,) if choice == "add" else (MULTIPLICATIVE,)
