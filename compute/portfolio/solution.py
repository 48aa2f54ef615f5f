"""What a solver answers: weights with a certificate, or an error that names what stands against an answer.

Everything is per period, as the solver was given it; annual numbers are made by those who report. How the numbers of
a certificate are computed belongs to `solvers/certificate.py`.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Status = Literal["optimal", "infeasible", "undefined", "limit"]
"""`optimal`: proved; `limit`: the best found before a limit of steps or nodes, its gap reported; the other two come
as errors."""


class Binding(NamedTuple):
    """A limit that holds the answer back."""

    name: str
    """The limit in words, such as `AAPL at most 0.1` or `technology at most 0.3`."""
    multiplier: float
    """By how much the objective would improve per unit that the limit is loosened; not negative. Zero when the limit
    is met without holding anything back."""


@dataclass(frozen=True)
class Certificate:
    """Proof of how good an answer is, computed from the weights and the data, not taken from the solver."""

    status: Status
    duality_gap: float
    """Upper bound of what any other portfolio within the limits could gain, relative to the objective; not negative.
    `inf` where the method proves nothing (heuristics without an objective, such as equal weights, have 0)."""
    violation: float
    """Largest amount by which a limit is exceeded, in weight (or in the limit's own unit)."""
    binding: tuple[Binding, ...] = ()
    iterations: int = 0
    method: str = ""
    """Algorithm in a few words, such as `active set` or `critical line`."""


@dataclass(frozen=True, eq=False)
class Solution:
    """An answer: weights within the limits, and why to believe it."""

    weights: Array
    """(n,) fractions of the capital."""
    objective: float
    """What was minimised or maximised, in the units of the request: variance, Sharpe ratio, CVaR, ..."""
    certificate: Certificate


@dataclass(frozen=True)
class Conflict:
    """Why there is no answer, and what would give one."""

    constraints: tuple[str, ...]
    """The limits in conflict, in words; removing any one of them removes the conflict where that could be shown."""
    message: str
    """One sentence that names the limits in conflict, with their values."""
    nearest: str
    """The smallest change that makes an answer possible, as one sentence."""


class PortfolioError(ValueError):
    """There is no answer; `conflict` says why. Only its two kinds are raised."""

    status: Status = "infeasible"

    def __init__(self, conflict: Conflict) -> None:
        super().__init__(f"{conflict.message} {conflict.nearest}".strip())
        self.conflict = conflict


class InfeasibleError(PortfolioError):
    """No portfolio meets all the limits."""


class UndefinedError(PortfolioError):
    """Portfolios meet the limits, but the objective has no maximum or no meaning among them, such as a Sharpe ratio
    where no portfolio earns more than the risk-free rate."""

    status: Status = "undefined"
