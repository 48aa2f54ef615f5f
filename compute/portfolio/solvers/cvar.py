"""The least conditional value at risk, exactly, at any number of scenarios.

The linear program of Rockafellar and Uryasev (2000) has a row for every scenario, but few of them matter. Scenarios are
split: those deep in the tail count in full and are summed into the objective, those far from it are left out, and only
a band around the threshold has rows. For any split this is a relaxation, so when no scenario turns out to be on the
wrong side the answer is the optimum; otherwise those join the band and the dual simplex goes on.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Certificate, Solution
from compute.portfolio.solvers.box import moved_inside, solve_box
from compute.portfolio.solvers.conflict import check_linear
from compute.portfolio.solvers.feasibility import check_box
from compute.portfolio.solvers.lagrangian import linear_binding, linear_bound, violation_of
from compute.portfolio.solvers.linear_form import LinearForm, linear_form
from compute.portfolio.solvers.linear_program import LinearProgram, Vertex
from compute.portfolio.solvers.quadratic import OfReturns
from compute.portfolio.tail_mean import tail_mean

BAND = 0.5
"""Half-width of the first band, as a share of the scenarios in the tail."""
LEAST_BAND = 30
REBUILDS = 8
ROUNDS = 200
CROSSED = 1e-10
"""How far beyond the threshold a scenario must be to count as on the wrong side; returns are scaled to about 1."""
STEPS = np.array([0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0])


def minimum_cvar(
    scenarios: Array, confidence: float, limits: Limits, min_return: float | None = None, mu: Array | None = None
) -> Solution:
    """Return the portfolio of least CVaR; `objective` is the mean of the worst `1 - confidence` of its losses.

    `scenarios` (T, n) returns per period, equally likely; where `(1 - confidence) T` is no whole number the last loss
    counts in part. `min_return` asks for `mu'w` at least so much, `mu` (n,) being the scenarios' means by default.
    Raises InfeasibleError where no portfolio meets the limits; ValueError for a confidence outside (0, 1) and for
    limits that are not linear (volatility, tracking error, number of assets).
    """
    scenarios, limits = checked_scenarios(scenarios, confidence, limits, min_return, mu)
    program = _Partition(scenarios, confidence, limits)
    weights, prices, vertex = program.solve(_first_guess(scenarios, limits))
    objective = cvar(scenarios @ weights, confidence)
    gradient = -(prices @ scenarios)
    duals = vertex.row_dual / program.scale
    gap = max(objective - linear_bound(gradient, duals, program.form, limits), 0.0)
    scale = max(abs(objective), 1e-6 * float(np.abs(scenarios).mean()))
    proof = Certificate(
        status="optimal" if gap <= 1e-6 * scale else "limit",
        duality_gap=gap / scale,
        violation=violation_of(weights, limits),
        binding=linear_binding(gradient, duals, program.form, weights, limits),
        iterations=vertex.iterations,
        method="partitioned linear program",
    )
    return Solution(weights, objective, proof)


def cvar(returns: Array, confidence: float) -> float:
    """Return the mean of the worst `1 - confidence` of the losses `-returns` (T,), the last counted in part."""
    return tail_mean(-returns, confidence)


def checked_scenarios(
    scenarios: Array, confidence: float, limits: Limits, min_return: float | None, mu: Array | None
) -> tuple[Array, Limits]:
    """Return the scenarios, and the limits with the least return among their rows; raise as `minimum_cvar` does."""
    scenarios = np.asarray(scenarios, dtype=np.float64)
    if scenarios.ndim != 2 or scenarios.shape[1] != limits.n or not len(scenarios):
        raise ValueError(f"scenarios have shape {scenarios.shape} where (any, {limits.n}) is needed")
    if not np.isfinite(scenarios.sum()):
        raise ValueError("scenarios hold NaN or infinity")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence {confidence} is not between 0 and 1")
    if not limits.is_linear:
        raise ValueError("tail risk is minimised over linear limits only: no volatility, tracking error or asset count")
    if min_return is not None:
        means = scenarios.mean(axis=0) if mu is None else np.asarray(mu, dtype=np.float64)
        limits = with_least_return(limits, means, min_return)
    check_box(limits) if limits.is_box else check_linear(limits)
    return scenarios, limits


def with_least_return(limits: Limits, mu: Array, least: float) -> Limits:
    """Return `limits` with `mu'w >= least` among their rows."""
    return replace(
        limits,
        rows=np.vstack([limits.rows, mu]),
        row_lower=np.append(limits.row_lower, least),
        row_upper=np.append(limits.row_upper, np.inf),
        names=(*limits.names, "return"),
    )


def _first_guess(scenarios: Array, limits: Limits) -> Array:
    return solve_box(OfReturns(scenarios), np.zeros(limits.n), limits).weights


class _Partition:
    """The linear program with its scenarios split into tail, band and rest."""

    def __init__(self, scenarios: Array, confidence: float, limits: Limits) -> None:
        self.scale = 1.0 / max(float(np.abs(scenarios).mean()), 1e-300)
        self.returns = np.ascontiguousarray(scenarios * self.scale)
        self.confidence, self.limits = confidence, limits
        self.form: LinearForm = linear_form(limits)
        self.count, self.n = scenarios.shape
        self.share = (1.0 - confidence) * self.count
        self.half = max(LEAST_BAND, int(BAND * self.share))

    def solve(self, weights: Array) -> tuple[Array, Array, Vertex]:
        """Return the weights (n,), the scenarios' prices (T,), which sum to 1, and the program's last vertex."""
        for rebuild in range(REBUILDS + 1):
            returns = self.returns @ weights
            self._build(np.argsort(returns))
            for _ in range(ROUNDS):
                vertex = self.program.solve()
                found = moved_inside(vertex.x[: self.n], self.limits)
                beyond = -(self.returns @ vertex.x[: self.n]) - vertex.x[self.width]
                wrong = np.flatnonzero(~self.in_band & np.where(self.in_tail, beyond < -CROSSED, beyond > CROSSED))
                if not wrong.size:
                    return found, self._prices(vertex), vertex
                if wrong.size > 2 * self.half and rebuild < REBUILDS:
                    break
                worst = wrong[np.argsort(-np.abs(beyond[wrong]))]
                self._join_band(worst[: max(50, self.half)])
            weights = self._towards(weights, found, returns)
        return found, self._prices(vertex), vertex

    def _build(self, order: NDArray[np.intp]) -> None:
        """Open the program with the band around the threshold; `order` has the worst scenario first."""
        edge = round(self.share)
        self.width = self.form.lower.size
        self.in_tail, self.in_band = np.zeros(self.count, dtype=bool), np.zeros(self.count, dtype=bool)
        self.in_tail[order[: max(0, edge - self.half)]] = True
        self.program = LinearProgram(self.form, np.zeros(self.width))
        self.program.add_columns(np.zeros(1), np.array([-np.inf]), np.array([np.inf]))
        self.tail_sum = self.returns[self.in_tail].sum(axis=0)
        self.band: list[NDArray[np.intp]] = []
        self._join_band(order[max(0, edge - self.half) : edge + self.half])

    def _join_band(self, chosen: NDArray[np.intp]) -> None:
        """Give each of these scenarios a row `excess + return + threshold >= 0` with `excess >= 0`."""
        leaving = chosen[self.in_tail[chosen]]
        self.tail_sum = self.tail_sum - self.returns[leaving].sum(axis=0)
        self.in_tail[leaving] = False
        self.in_band[chosen] = True
        self.band.append(chosen)
        first, count = self.program.columns, chosen.size
        self.program.add_columns(np.full(count, 1.0 / self.share), np.zeros(count), np.full(count, np.inf))
        indices = np.empty((count, self.n + 2), dtype=np.int32)
        indices[:, : self.n] = np.arange(self.n)
        indices[:, self.n] = self.width
        indices[:, self.n + 1] = np.arange(first, first + count)
        values = np.ones((count, self.n + 2))
        values[:, : self.n] = self.returns[chosen]
        starts = np.arange(count) * (self.n + 2)
        self.program.add_rows(np.zeros(count), np.full(count, np.inf), starts, indices.ravel(), values.ravel())
        self.program.set_cost(0, -self.tail_sum / self.share)
        self.program.set_cost(self.width, np.array([1.0 - np.count_nonzero(self.in_tail) / self.share]))

    def _prices(self, vertex: Vertex) -> Array:
        """Return the probabilities of the worst mixture of scenarios: at most `1/share` each, 1 in all."""
        prices = np.where(self.in_tail, 1.0 / self.share, 0.0)
        chosen = np.concatenate(self.band)
        prices[chosen] = np.clip(vertex.row_dual[-chosen.size :], 0.0, 1.0 / self.share)
        return np.asarray(prices / max(float(prices.sum()), 1e-300))

    def _towards(self, weights: Array, found: Array, returns: Array) -> Array:
        """Return the best mixture of the last guess and what the program found."""
        change = self.returns @ found - returns
        values = [cvar(returns + step * change, self.confidence) for step in STEPS]
        return weights + float(STEPS[int(np.argmin(values))]) * (found - weights)
