"""At most so many assets, none of them below a least position: branch and bound, with the gap that is left.

Each node decides for some assets whether they are held; the rest may hold anything between nothing and their bound,
which makes an ordinary quadratic program whose optimum bounds what the node can reach.
"""

import heapq
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Certificate, Conflict, InfeasibleError
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


def solve_discrete(mu: Array, sigma: Array | None, aversion: float, limits: Limits) -> GeneralAnswer:
    """Return the maximiser of `mu'w - aversion/2 w'Sw` among portfolios of at most `limits.max_assets` positions.

    No position is smaller than `limits.min_position`. After NODES nodes the best found is returned with status `limit`
    and the gap to what might still exist. Raises InfeasibleError where no such portfolio exists or was found;
    ValueError for a least position where an asset may be short.
    """
    if limits.min_position > 0 and not limits.is_long_only:
        raise ValueError("a least position needs weights that are not negative; allow no short positions")
    search = _Search(mu, sigma, aversion, limits)
    return search.run()


class _Search:
    """The nodes still open, the most promising first, and the best portfolio so far."""

    def __init__(self, mu: Array, sigma: Array | None, aversion: float, limits: Limits) -> None:
        self.mu, self.sigma, self.aversion, self.limits = mu, sigma, aversion, limits
        self.most = limits.n if limits.max_assets is None else limits.max_assets
        self.least = limits.min_position
        self.relaxed = replace(limits, max_assets=None, min_position=0.0)
        self.best: GeneralAnswer | None = None
        self.best_value = -np.inf
        self.nodes = 0

    def run(self) -> GeneralAnswer:
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
        bound = max(-heap[0][0], self.best_value) if heap else self.best_value
        return self._answer(bound)

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
        if found is None or not self._is_worth(self._value(found)):
            return
        if self._is_allowed(found.weights):
            self._take(found)
            return
        heapq.heappush(heap, (-self._value(found), self.nodes, decided.tobytes(), found.weights))
        self._round(found.weights)

    def _relaxation(self, decided: Decisions) -> GeneralAnswer | None:
        lower = np.where(decided == 1, np.maximum(self.limits.lower, self.least), np.minimum(self.limits.lower, 0.0))
        if self.least == 0:
            lower = self.limits.lower.copy()
        lower, upper = np.where(decided == -1, 0.0, lower), np.where(decided == -1, 0.0, self.limits.upper)
        try:
            return solve_general(self.mu, self.sigma, self.aversion, self.relaxed.within(lower, upper))
        except InfeasibleError:
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

    def _take(self, found: GeneralAnswer) -> None:
        if self._value(found) > self.best_value:
            self.best, self.best_value = found, self._value(found)

    def _value(self, found: GeneralAnswer) -> float:
        risk = 0.0 if self.sigma is None else float(found.weights @ self.sigma @ found.weights)
        return float(self.mu @ found.weights) - 0.5 * self.aversion * risk

    def _answer(self, bound: float) -> GeneralAnswer:
        if self.best is None:
            raise InfeasibleError(self._conflict())
        weights = np.where(np.abs(self.best.weights) <= HELD, 0.0, self.best.weights)
        size = max(abs(float(self.mu @ weights)), abs(self.best_value))
        gap = relative(max(bound - self.best_value, 0.0), size, size)
        inner = self.best.certificate
        proof = Certificate(
            status="optimal" if gap <= 1e-9 else "limit",
            duality_gap=max(gap, inner.duality_gap),
            violation=inner.violation,
            binding=inner.binding,
            iterations=self.nodes,
            method="branch and bound",
        )
        return GeneralAnswer(weights, self.mu, self.sigma, self.aversion, proof)

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
