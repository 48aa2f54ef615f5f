"""At most so many assets, none of them below a least position: branch and bound, with the gap that is left.

Each node decides for some assets whether they are held; the rest may hold anything between nothing and their bound,
which makes an ordinary program (quadratic, or of the Sharpe ratio) whose optimum bounds what the node can reach.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Certificate, Conflict, InfeasibleError, Solution, UndefinedError
from compute.portfolio.solvers.box import Mask
from compute.portfolio.solvers.certificate import relative
from compute.portfolio.solvers.general import GeneralAnswer, solve_general

Decisions = NDArray[np.int8]
"""(n,) 1 for an asset that is held, -1 for one that is not, 0 where that is open."""

NODES = 2000
HELD = 1e-10
"""A weight below this is no position."""
CLOSE = 1e-10
"""Nodes that could gain less than this, relatively, are not opened."""


Relaxation = Callable[[Limits], Solution]
"""The largest value over limits without counts; InfeasibleError or UndefinedError where there is none."""


@dataclass(frozen=True, eq=False)
class Found:
    """The best portfolio of a search, and what might still exist."""

    best: Solution
    bound: float
    """No portfolio has a larger value."""
    nodes: int

    def certificate(self, size: float) -> Certificate:
        """Return the proof, its gap relative to `size` of the objective."""
        gap = relative(max(self.bound - self.best.objective, 0.0), size, size)
        inner = self.best.certificate
        return Certificate(
            status="optimal" if gap <= 1e-9 else "limit",
            duality_gap=max(gap, inner.duality_gap),
            violation=inner.violation,
            binding=inner.binding,
            iterations=self.nodes,
            method="branch and bound",
        )


def solve_discrete(mu: Array, sigma: Array | None, aversion: float, limits: Limits) -> GeneralAnswer:
    """Return the maximiser of `mu'w - aversion/2 w'Sw` among portfolios of at most `limits.max_assets` positions.

    No position is smaller than `limits.min_position`. After NODES nodes the best found is returned with status `limit`
    and the gap to what might still exist. Raises InfeasibleError where no such portfolio exists or was found;
    ValueError for a least position where an asset may be short.
    """
    found = search(limits, lambda relaxed: solve_general(mu, sigma, aversion, relaxed).as_solution())
    weights = found.best.weights
    size = max(abs(float(mu @ weights)), abs(found.best.objective))
    return GeneralAnswer(weights, mu, sigma, aversion, found.certificate(size))


def search(limits: Limits, relaxation: Relaxation) -> Found:
    """Return the best portfolio within counts and least positions, for an objective that `relaxation` maximises.

    Raises as `solve_discrete` does, and UndefinedError where there are such portfolios but the objective has no maximum
    among them.
    """
    if limits.min_position > 0 and not limits.is_long_only:
        raise ValueError("a least position needs weights that are not negative; allow no short positions")
    return _Search(limits, relaxation).run()


class _Search:
    """The nodes still open, the most promising first, and the best portfolio so far."""

    def __init__(self, limits: Limits, relaxation: Relaxation) -> None:
        self.limits, self.relaxation = limits, relaxation
        self.most = limits.n if limits.max_assets is None else limits.max_assets
        self.least = limits.min_position
        self.relaxed = replace(limits, max_assets=None, min_position=0.0)
        self.best: Solution | None = None
        self.best_value = -np.inf
        self.undefined: UndefinedError | None = None
        self.nodes = 0

    def run(self) -> Found:
        """Search until nothing better can exist, or the nodes are used up."""
        decided: Decisions = np.zeros(self.limits.n, dtype=np.int8)
        decided[(self.limits.lower > 0) | (self.limits.upper < 0)] = 1
        heap: list[tuple[float, int, bytes, Array]] = []
        self._open(heap, decided)
        bound = -heap[0][0] if heap else -np.inf
        while heap and self.nodes < NODES:
            bound = -heap[0][0]
            if not self._is_worth(bound):
                break
            _, _, key, weights = heapq.heappop(heap)
            decided = np.frombuffer(key, dtype=np.int8)
            asset = self._branch(decided, weights)
            for side in (1, -1):
                child = decided.copy()
                child[asset] = side
                self._open(heap, child)
        if self.best is None:
            raise self.undefined or InfeasibleError(self._conflict())
        weights = np.where(np.abs(self.best.weights) <= HELD, 0.0, self.best.weights)
        bound = max(-heap[0][0], self.best_value) if heap else self.best_value
        return Found(replace(self.best, weights=weights), bound, self.nodes)

    def _is_worth(self, bound: float) -> bool:
        size = max(abs(bound), abs(self.best_value)) if np.isfinite(self.best_value) else 0.0
        return bound > self.best_value + CLOSE * size

    def _open(self, heap: list[tuple[float, int, bytes, Array]], decided: Decisions) -> None:
        """Solve a node; keep it if it may hold something better, and try to make a portfolio of it."""
        if np.count_nonzero(decided == 1) > self.most:
            return
        if np.count_nonzero(decided == 1) == self.most:
            decided = np.where(decided == 0, np.int8(-1), decided)
        found = self._relaxation(decided)
        self.nodes += 1
        if found is None or not self._is_worth(found.objective):
            return
        if self._is_allowed(found.weights):
            self._take(found)
            return
        heapq.heappush(heap, (-found.objective, self.nodes, decided.tobytes(), found.weights))
        self._round(found.weights)

    def _relaxation(self, decided: Decisions) -> Solution | None:
        lower = np.where(decided == 1, np.maximum(self.limits.lower, self.least), np.minimum(self.limits.lower, 0.0))
        if self.least == 0:
            lower = self.limits.lower.copy()
        lower, upper = np.where(decided == -1, 0.0, lower), np.where(decided == -1, 0.0, self.limits.upper)
        try:
            return self.relaxation(self.relaxed.within(lower, upper))
        except InfeasibleError:
            return None
        except UndefinedError as error:
            self.undefined = error
            return None

    def _branch(self, decided: Decisions, weights: Array) -> int:
        """Return the open asset that matters most: too small a position, else the largest."""
        size = np.where(decided == 0, np.abs(weights), -1.0)
        small = (size > HELD) & (size < self.least - HELD)
        return int(np.where(small, size, -1.0).argmax()) if small.any() else int(size.argmax())

    def _is_allowed(self, weights: Array) -> bool:
        held = np.abs(weights) > HELD
        return bool(held.sum() <= self.most and (np.abs(weights[held]) >= self.least - HELD).all())

    def _round(self, weights: Array) -> None:
        """Keep the largest positions of a relaxation and solve for them alone."""
        held: Mask = np.zeros(self.limits.n, dtype=bool)
        held[np.argsort(-np.abs(weights), kind="stable")[: self.most]] = True
        held &= np.abs(weights) >= min(self.least / 2, float(np.abs(weights).max()))
        found = self._relaxation(np.where(held, 1, -1).astype(np.int8))
        if found is not None and self._is_allowed(found.weights):
            self._take(found)

    def _take(self, found: Solution) -> None:
        if found.objective > self.best_value:
            self.best, self.best_value = found, found.objective

    def _conflict(self) -> Conflict:
        named = []
        if self.most < self.limits.n:
            named.append(f"at most {self.most} assets")
        if self.least > 0:
            named.append(f"positions of at least {self.least:g}")
        largest = float(np.sort(self.limits.upper)[::-1][: self.most].sum())
        needed = int(np.searchsorted(np.cumsum(np.sort(self.limits.upper)[::-1]), self.limits.net - 1e-12)) + 1
        way = (
            f"Allow {needed} assets" if largest < self.limits.net - 1e-12 else "Allow more assets or smaller positions"
        )
        return Conflict(
            (*named, "bounds", f"weights sum to {self.limits.net:g}"),
            f"No portfolio with {' and '.join(named)} meets the other limits; the largest weights of {self.most} "
            f"assets sum to {largest:.6g}.",
            f"{way}, or raise the largest weights.",
        )
