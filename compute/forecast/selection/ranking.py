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
FINALISTS = 8  # whose likelihood is maximised, first from the least-squares estimate, then from several starts
FEW_FINALISTS = 5  # of a long series without a season, whose least-squares ranks hold
PROBES = 2  # further starts
LONG = 400  # values from which a search takes its time: only the best of the finalists is searched
MAX_STEPS = 100
MIN_ROOT = 1.01  # moduli nearer to the unit circle are refused: a difference too few or too many
MIN_ROOT_WITH_DRIFT = 1.03  # of a moving average that cancels the difference and makes the drift a straight line


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

    def __init__(
        self,
        series: Array,
        m: int,
        limits: Limits,
        criterion: str,
        is_differenced: bool,
        regressors: Array | None = None,
    ) -> None:
        """`regressors`, (k, n), are differenced like the series and explain it in every model."""
        self._m = m
        self._limits = limits
        self._criterion = criterion
        self._is_differenced = is_differenced
        explained = np.zeros((0, series.size)) if regressors is None else regressors
        self._columns = np.vstack([series, explained, np.ones(series.size)])
        self._n_regressors = int(explained.shape[0])
        self._means = np.vstack([without_regression(self._columns[:-1]), without_regression(self._columns)])
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
        finalists = self._sorted()[: FINALISTS if n <= LONG or self._m > 1 else FEW_FINALISTS]
        portion(report, 0.0, 0.7)(1.0, "Maximising the likelihood of the best models")
        exact = self._climb(finalists)
        leaders = exact[: FINALISTS if n <= LONG else 1]
        wide = self._estimate([c.spec for c in leaders], leaders, probes=PROBES if n <= LONG else 1)
        better = {c.spec: min(c, w, key=_criterion) for c, w in zip(leaders, wide, strict=True)}
        return Ranking(tuple(_sort([better.get(c.spec, c) for c in exact])), len(self._known))

    def _climb(self, candidates: list[Candidate]) -> list[Candidate]:
        """Return the candidates at the maximum of their likelihood, or as they are where that is refused, sorted."""
        climbed = self._estimate([c.spec for c in candidates], candidates, steps=MAX_STEPS)
        return _sort([min(pair, key=_criterion) for pair in zip(candidates, climbed, strict=True)])

    def judge(self, spec: Spec) -> float:
        """Return the criterion of one model, roughly estimated; infinite where it is refused."""
        return self._estimate([spec], ())[0].criterion

    def _sorted(self) -> list[Candidate]:
        return _sort(self._known.values())

    def _try(self, specs: list[Spec]) -> None:
        for candidate in self._estimate(specs, ()):
            self._known[candidate.spec] = candidate

    def _estimate(
        self, specs: list[Spec], starts: Iterable[Candidate], steps: int = 0, probes: int = -1
    ) -> list[Candidate]:
        """Return the specs as estimated by least squares alone, a climb from there, or a search from several starts."""
        if not specs:
            return []
        n = self._columns.shape[1]
        x = np.zeros((len(specs), max(1, *(sum(spec[:4]) for spec in specs))))
        for row, start in enumerate(starts):
            x[row, : start.coefficients.size] = start.coefficients
        found = np.empty((len(specs), 4))
        entries.fit_orders(
            np.array(specs, dtype=np.int64), self._m, self._columns, self._means,
            QUICK_STEPS, QUICK_TOLERANCE / n, steps, probes, x, found, *entries.SEARCH_PARTS,
        )  # fmt: skip
        return [
            Candidate(spec, x[row, : sum(spec[:4])].copy(), self._judge(spec, *found[row, [0, 2, 3]].tolist()))
            for row, spec in enumerate(specs)
        ]

    def _judge(self, spec: Spec, deviance: float, regressive_root: float, average_root: float) -> float:
        """Return the criterion, infinite where the model is refused.

        A seasonal moving average may end at the unit circle: it is the likelihood's way to say that the season is the
        same every year.
        """
        n = int(self._columns.shape[1])
        k = sum(spec) + 1 + self._n_regressors
        least = MIN_ROOT_WITH_DRIFT if spec[4] and self._is_differenced else MIN_ROOT
        if regressive_root < MIN_ROOT or average_root < least or not np.isfinite(deviance):
            return float("inf")
        if self._criterion == "bic":
            return float(deviance + k * np.log(n))
        akaike = deviance + 2.0 * k
        if self._criterion == "aic":
            return akaike
        return akaike + 2.0 * k * (k + 1) / (n - k - 1) if n > k + 1 else float("inf")


def _criterion(candidate: Candidate) -> float:
    return candidate.criterion


def _sort(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates that were not refused, the best first."""
    return sorted((c for c in candidates if np.isfinite(c.criterion)), key=_criterion)
