"""The least conditional drawdown at risk (Chekhlov, Uryasev and Zabarankin 2005), exactly.

A drawdown is the largest of many linear losses: the fall since each earlier moment. Only the falls that turn out to be
the largest somewhere get a row, until the program knows all that matter at its own answer.
"""

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Certificate, Solution
from compute.portfolio.solvers.box import moved_inside, solve_box
from compute.portfolio.solvers.cvar import checked_scenarios
from compute.portfolio.solvers.lagrangian import linear_binding, linear_bound, violation_of
from compute.portfolio.solvers.linear_form import linear_form
from compute.portfolio.solvers.linear_program import LinearProgram, Vertex
from compute.portfolio.solvers.quadratic import OfReturns
from compute.portfolio.tail_mean import drawdown_at_risk

ROUNDS = 400
CROSSED = 1e-11
ROWS_AT_ONCE = 200


def minimum_cdar(
    returns: Array, confidence: float, limits: Limits, min_return: float | None = None, mu: Array | None = None
) -> Solution:
    """Return the portfolio whose worst `1 - confidence` of drawdowns have the least mean, which is the `objective`.

    `returns` (T, n) in the order of time. Drawdowns are falls of the sum of returns (not compounded) below its highest
    value so far, the start counting as 0; there is one for every moment. Other arguments and what is raised as in
    `minimum_cvar`; as often as rows must be found anew the program is solved, so this is slower.
    """
    returns, limits = checked_scenarios(returns, confidence, limits, min_return, mu)
    scale = 1.0 / max(float(np.abs(returns).mean()), 1e-300)
    wealth = np.vstack([np.zeros(limits.n), np.cumsum(returns, axis=0)]) * scale
    weights = solve_box(OfReturns(returns), np.zeros(limits.n), limits).weights
    program = _Falls(wealth, (1.0 - confidence) * len(returns), limits)
    weights, vertex = program.solve(weights)
    objective = drawdown_at_risk(returns @ weights, confidence)
    gradient, duals = program.gradient(vertex) / scale, vertex.row_dual / scale
    gap = max(objective - linear_bound(gradient, duals, program.form, limits), 0.0)
    size = max(abs(objective), 1e-6 / scale)
    proof = Certificate(
        status="optimal" if gap <= 1e-6 * size else "limit",
        duality_gap=gap / size,
        violation=violation_of(weights, limits),
        binding=linear_binding(gradient, duals, program.form, weights, limits),
        iterations=vertex.iterations,
        method="row generation",
    )
    return Solution(weights, objective, proof)


class _Falls:
    """The linear program with the falls found so far: `excess_t + threshold >= (wealth_s - wealth_t)'w`."""

    def __init__(self, wealth: Array, share: float, limits: Limits) -> None:
        self.wealth, self.share, self.limits, self.n = wealth, share, limits, limits.n
        self.form = linear_form(limits)
        self.width = self.form.lower.size
        self.program = LinearProgram(self.form, np.zeros(self.width))
        self.program.add_columns(np.ones(1), np.zeros(1), np.array([np.inf]))
        self.column = np.full(len(wealth), -1)
        self.falls: list[Array] = []
        self.known: set[tuple[int, int]] = set()

    def solve(self, weights: Array) -> tuple[Array, Vertex]:
        """Return the weights (n,) and the last vertex."""
        threshold, excess = -np.inf, np.zeros(len(self.wealth))
        vertex: Vertex | None = None
        for _ in range(ROUNDS):
            value = self.wealth @ weights
            peak = _peaks(value)
            beyond = value[peak] - value - threshold - excess
            if vertex is None:
                beyond = value[peak] - value - np.quantile(value[peak] - value, 1.0 - 2.0 * self.share / len(value))
            moments = np.flatnonzero(beyond > CROSSED)
            moments = moments[np.argsort(-beyond[moments])][:ROWS_AT_ONCE]
            fresh = [int(t) for t in moments if (int(t), int(peak[t])) not in self.known and peak[t] < t]
            if vertex is not None and not fresh:
                return moved_inside(weights, self.limits), vertex
            self._add(np.array(fresh, dtype=np.intp), peak)
            vertex = self.program.solve()
            weights, threshold = vertex.x[: self.n], float(vertex.x[self.width])
            has = self.column >= 0
            excess = np.zeros(len(self.wealth))
            excess[has] = vertex.x[self.column[has]]
        assert vertex is not None
        return moved_inside(weights, self.limits), vertex

    def gradient(self, vertex: Vertex) -> Array:
        """Return the mixture of falls that prices the answer, (n,): probabilities at most `1/share` each, 1 in all."""
        if not self.falls:
            return np.zeros(self.n)
        rows = np.concatenate(self.falls)
        prices = np.maximum(vertex.row_dual[-len(rows) :], 0.0)
        return np.asarray(prices @ rows)

    def _add(self, moments: NDArray[np.intp], peak: NDArray[np.intp]) -> None:
        count = moments.size
        if not count:
            return
        new = moments[self.column[moments] < 0]
        first = self.program.columns
        self.column[new] = np.arange(first, first + new.size)
        self.program.add_columns(np.full(new.size, 1.0 / self.share), np.zeros(new.size), np.full(new.size, np.inf))
        falls = self.wealth[peak[moments]] - self.wealth[moments]
        self.falls.append(falls)
        self.known |= {(int(t), int(peak[t])) for t in moments}
        indices = np.empty((count, self.n + 2), dtype=np.int32)
        indices[:, : self.n] = np.arange(self.n)
        indices[:, self.n] = self.width
        indices[:, self.n + 1] = self.column[moments]
        values = np.ones((count, self.n + 2))
        values[:, : self.n] = -falls
        starts = np.arange(count) * (self.n + 2)
        self.program.add_rows(np.zeros(count), np.full(count, np.inf), starts, indices.ravel(), values.ravel())


def _peaks(value: Array) -> NDArray[np.intp]:
    """Return for each moment when the highest value so far was reached, (T + 1,)."""
    highest = np.maximum.accumulate(value)
    is_new = np.concatenate([[True], value[1:] > highest[:-1]])
    return np.maximum.accumulate(np.where(is_new, np.arange(value.size), 0))
