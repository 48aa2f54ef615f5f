"""The search for orders: rounds of quick estimates around the best so far, then exact maxima of the best few."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.forecast.progress import portion
from compute.forecast.sarima.kernels import entries
from compute.forecast.sarima.quick import without_regression
from compute.forecast.selection.candidates import Limits, Spec, neighbours, seeds
from compute.job import Report

Array = NDArray[np.float64]

MAX_ROUNDS = 20
QUICK_STEPS = 12  # of least squares; ranks need no more
QUICK_TOLERANCE = 0.05  # of the sum of squares times n: so much of -2 log-likelihood is left to gain
FINALISTS = 8  # whose likelihood is maximised
PROBES = 2  # further starts of each finalist
MIN_ROOT = 1.01  # moduli nearer to the unit circle are refused: a difference too few or too many
MIN_ROOT_WITH_DRIFT = (
    1.03  # a moving average near the circle cancels the difference and makes the drift a straight line
)


@dataclass(frozen=True)
class Candidate:
    """A model that was estimated, with its coefficients (phi, theta, Phi, Theta) and what the criterion says."""

    spec: Spec
    coefficients: Array
    criterion: float


@dataclass(frozen=True)
class Ranking:
    """The finalists, the best first, and how many models were tried."""

    best: tuple[Candidate, ...]
    tried: int


class Ranker:
    """Estimates models of one differenced series, (n,), complete, and compares them."""

    def __init__(self, series: Array, m: int, limits: Limits, criterion: str, is_differenced: bool) -> None:
        self._m = m
        self._limits = limits
        self._criterion = criterion
        self._is_differenced = is_differenced
        self._columns = np.vstack([series, np.ones(series.size)])
        self._means = np.vstack([series, without_regression(self._columns)])
        self._known: dict[Spec, Candidate] = {}

    def rank(self, report: Report) -> Ranking:
        """Return the finalists of the search."""
        n = self._columns.shape[1]
        wanted = seeds(self._limits, n)
        for number in range(MAX_ROUNDS):
            portion(report, 0.0, 0.7)(number / MAX_ROUNDS, f"Choosing orders: {len(self._known)} models tried")
            self._try(wanted)
            around = self._sorted()[:2]
            wanted = [s for c in around for s in neighbours(self._limits, c.spec) if s not in self._known]
            wanted = list(dict.fromkeys(wanted))
            if not wanted:
                break
        finalists = self._sorted()[:FINALISTS]
        portion(report, 0.0, 0.7)(1.0, "Maximising the likelihood of the best models")
        exact = self._estimate([c.spec for c in finalists], finalists, probes=PROBES)
        best = sorted((c for c in exact if np.isfinite(c.criterion)), key=lambda c: c.criterion)
        return Ranking(tuple(best), len(self._known))

    def _sorted(self) -> list[Candidate]:
        return sorted((c for c in self._known.values() if np.isfinite(c.criterion)), key=lambda c: c.criterion)

    def _try(self, specs: list[Spec]) -> None:
        for candidate in self._estimate(specs, ()):
            self._known[candidate.spec] = candidate

    def _estimate(self, specs: list[Spec], starts: Iterable[Candidate], probes: int = -1) -> list[Candidate]:
        if not specs:
            return []
        n = self._columns.shape[1]
        x = np.zeros((len(specs), max(1, *(sum(spec[:4]) for spec in specs))))
        for row, start in enumerate(starts):
            x[row, : start.coefficients.size] = start.coefficients
        found = np.empty((len(specs), 3))
        entries.fit_orders(
            np.array(specs, dtype=np.int64), self._m, self._columns, self._means,
            QUICK_STEPS, QUICK_TOLERANCE / n, 0, probes, x, found, *entries.SEARCH_PARTS,
        )  # fmt: skip
        return [
            Candidate(spec, x[row, : sum(spec[:4])].copy(), self._judge(spec, found[row, 0], found[row, 2]))
            for row, spec in enumerate(specs)
        ]

    def _judge(self, spec: Spec, deviance: float, smallest_root: float) -> float:
        """Return the criterion, infinite where the model is refused."""
        n = self._columns.shape[1]
        k = sum(spec) + 1
        has_drift = spec[4] and self._is_differenced
        if smallest_root < (MIN_ROOT_WITH_DRIFT if has_drift else MIN_ROOT) or not np.isfinite(deviance):
            return np.inf
        if self._criterion == "bic":
            return deviance + k * float(np.log(n))
        if self._criterion == "aic":
            return deviance + 2 * k
        return deviance + 2 * k + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
