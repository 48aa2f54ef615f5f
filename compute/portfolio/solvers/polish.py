"""From near the optimum to the optimum: which limits hold, and Newton's method on them; and the proof.

Weights alone are unknown. Gross weight and turnover are rows `sign'w <= limit` once each asset's side is known; an
asset on the kink (no weight, or nothing traded) is held there. After each solve limits that are exceeded join, and
limits whose multiplier has the wrong sign leave, until neither happens.
"""

import numpy as np

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Binding
from compute.portfolio.solvers.box import Mask
from compute.portfolio.solvers.certificate import bound_name, box_multiplier
from compute.portfolio.solvers.greedy import linear_gap
from compute.portfolio.solvers.lagrangian import violation_of
from compute.portfolio.solvers.repricing import Polished, repriced
from compute.portfolio.solvers.side_rows import Risk, Row, risk_limits, side_rows

ROUNDS = 40
NEWTON = 8
NEAR = (1e-7, 1e-9, 1e-5)
"""How near to a limit, in weight, counts as on it: tried in turn."""
BROKEN = 1e-7
"""A polish that exceeds limits by more has failed; the point it began at is better."""
EXACT = 1e-12
PROXIMAL = 1e-12
"""Share of the curvature added in each Newton step, so that flat directions are not followed; it fades."""


def polish(mu: Array, sigma: Array | None, aversion: float, limits: Limits, near: Array) -> Polished:
    """Return the maximiser of `mu'w - aversion/2 w'Sw` near the weights `near`, (n,), with its proof.

    `sigma` may be None where nothing asks for it. The best attempt is returned; its gap tells how good it is. Where
    more limits meet in the answer than it takes to pin it down, their prices are found by a linear program.
    """
    matrix = np.zeros((limits.n, limits.n)) if sigma is None else sigma
    best: Polished | None = None
    for tolerance in NEAR:
        attempt = _Attempt(mu, matrix, aversion, limits, near, tolerance)
        goal = 1e-12 * attempt.scale(near)
        found = attempt.run(goal)
        if found.gap > goal:
            found = min([repriced(one, limits) for one in (found, attempt.first) if one is not None], key=_rank)
        if best is None or _rank(found) < _rank(best):
            best = found
        if best.violation <= EXACT and best.gap <= goal:
            break
    assert best is not None
    if best.violation > BROKEN:
        best = min(best, repriced(_Attempt(mu, matrix, aversion, limits, near, NEAR[0]).judged(), limits), key=_rank)
    return best


def _rank(found: Polished) -> tuple[float, float]:
    return (max(found.violation, EXACT), found.gap)


class _Attempt:
    """One guess of the limits that hold, refined."""

    def __init__(self, mu: Array, sigma: Array, aversion: float, limits: Limits, near: Array, tolerance: float) -> None:
        self.mu, self.sigma, self.aversion, self.limits = mu, sigma, aversion, limits
        self.weights = near.copy()
        self.first: Polished | None = None
        self.at_lower = near <= limits.lower + tolerance
        self.at_upper = (near >= limits.upper - tolerance) & ~self.at_lower
        self.on_kink = np.zeros(limits.n, dtype=bool)
        self.kink = np.full(limits.n, np.nan)
        self.rows = side_rows(limits, near, tolerance)
        self.risks = risk_limits(limits)
        self.active = [self._slack(row) <= tolerance * 10 for row in self.rows]
        self.risky = [self._distance(risk) >= risk.most * (1 - 1e-6) for risk in self.risks]
        for row, is_active in zip(self.rows, self.active, strict=True):
            if row.kinks is not None and is_active:
                held = np.abs(near - row.kinks) <= tolerance
                self.kink[held] = row.kinks[held]
                self.on_kink |= held
                row.limit -= float(row.coefficients[held] @ row.kinks[held])
                row.coefficients[held] = 0.0

    def scale(self, weights: Array) -> float:
        """Return the size of the objective's parts."""
        variance = float(weights @ self.sigma @ weights)
        return max(abs(float(self.mu @ weights)) + self.aversion * variance, 1e-300)

    def run(self, goal: float) -> Polished:
        """Solve and correct the guess until it stands or the gap is below `goal`, or give back the best so far."""
        best: Polished | None = None
        for _ in range(ROUNDS):
            if not self._newton():
                break
            found = self.judged()
            self.first = self.first or found
            if best is None or _rank(found) < _rank(best):
                best = found
            if _rank(best) <= (EXACT, goal) or not self._corrected():
                break
        return best if best is not None else Polished(self.weights, np.inf, violation_of(self.weights, self.limits))

    def _slack(self, row: Row) -> float:
        return row.limit - float(row.coefficients @ self.weights)

    def _distance(self, risk: Risk) -> float:
        away = self.weights - risk.centre
        return float(np.sqrt(max(float(away @ self.sigma @ away), 0.0)))

    def _newton(self) -> bool:
        """Solve the conditions of optimality with the present limits; False where they have no solution."""
        fixed = self.at_lower | self.at_upper | self.on_kink
        free = np.flatnonzero(~fixed)
        weights = np.where(self.at_lower, self.limits.lower, np.where(self.at_upper, self.limits.upper, self.weights))
        weights = np.where(self.on_kink & ~self.at_lower & ~self.at_upper, self.kink, weights)
        rows = [row for row, is_active in zip(self.rows, self.active, strict=True) if is_active]
        risks = [risk for risk, is_active in zip(self.risks, self.risky, strict=True) if is_active]
        matrix = np.array([row.coefficients for row in rows]).reshape(len(rows), self.limits.n)
        limit = np.array([row.limit for row in rows])
        count, k = len(rows), free.size
        solved: Array | None = None
        for risk in self.risks:
            risk.multiplier = max(risk.multiplier, 1e-3 * self.aversion) if risk in risks else 0.0
        for _ in range(NEWTON if risks else 3):
            pull = np.array([self.sigma @ (weights - risk.centre) for risk in risks]).reshape(len(risks), self.limits.n)
            prices = np.array([risk.multiplier for risk in risks])
            gradient = self.aversion * (self.sigma @ weights) - self.mu + prices @ pull
            system = np.zeros((k + count + len(risks),) * 2)
            system[:k, :k] = (self.aversion + prices.sum()) * self.sigma[np.ix_(free, free)]
            system[np.arange(k), np.arange(k)] += PROXIMAL * float(np.abs(np.diagonal(system)[:k]).max(initial=0.0))
            border = np.vstack([matrix[:, free], pull[:, free]])
            system[k:, :k], system[:k, k:] = border, border.T
            missed = [0.5 * (risk.most**2 - self._of(risk, weights)) for risk in risks]
            right = np.concatenate([-gradient[free], limit - matrix @ weights, missed])
            solved = _solved(system, right)
            if solved is None:
                return False
            weights = weights.copy()
            weights[free] += solved[:k]
            for risk, change in zip(risks, solved[k + count :], strict=True):
                risk.multiplier += float(change)
        for row in self.rows:
            row.multiplier = 0.0
        assert solved is not None
        for row, value in zip(rows, solved[k : k + count], strict=True):
            row.multiplier = float(value)
        self.weights = weights
        return True

    def _of(self, risk: Risk, weights: Array) -> float:
        away = weights - risk.centre
        return float(away @ self.sigma @ away)

    def _gradient(self, settled: bool) -> Array:
        """Return the gradient of the Lagrangian, of prices that are not negative if `settled`."""
        gradient = self.aversion * (self.sigma @ self.weights) - self.mu
        for risk in self.risks:
            price = max(risk.multiplier, 0.0) if settled else risk.multiplier
            gradient = gradient + price * (self.sigma @ (self.weights - risk.centre))
        for row in self.rows:
            price = row.multiplier if row.is_equal or not settled else max(row.multiplier, 0.0)
            gradient = gradient + price * row.coefficients
        for row in self.rows if settled else ():
            if row.kinks is not None and row.multiplier > 0:
                held = self.on_kink & (self.kink == row.kinks)
                level = box_multiplier(gradient[~held], self.weights[~held], _part(self.limits, ~held))
                gradient[held] += np.clip(level - gradient[held], -row.multiplier, row.multiplier)
        return gradient

    def judged(self) -> Polished:
        """Return the present weights with the bound on what any others could gain."""
        weights = np.clip(self.weights, self.limits.lower, self.limits.upper)
        gradient = self._gradient(settled=True)
        unused = sum(max(row.multiplier, 0.0) * abs(self._slack(row)) for row in self.rows if not row.is_equal)
        for risk in self.risks:
            unused += max(risk.multiplier, 0.0) * 0.5 * abs(risk.most**2 - self._of(risk, weights))
        violation = violation_of(weights, self.limits)
        for risk in self.risks:
            violation = max(violation, float(np.sqrt(max(self._of(risk, weights), 0.0))) - risk.most)
        gap = linear_gap(gradient, weights, self.limits) + float(unused)
        smooth = self.aversion * (self.sigma @ weights) - self.mu
        spare = 0.0
        for risk in self.risks:
            price = max(risk.multiplier, 0.0)
            smooth = smooth + price * (self.sigma @ (weights - risk.centre))
            spare += price * 0.5 * abs(risk.most**2 - self._of(risk, weights))
        binding, risky = self._binding(gradient, weights)
        return Polished(weights, gap, violation, binding, smooth, spare, risky)

    def _binding(self, gradient: Array, weights: Array) -> tuple[tuple[Binding, ...], tuple[Binding, ...]]:
        """Return all limits with a price, and those of risk among them."""
        found = [Binding(row.name, row.multiplier) for row in self.rows if row.multiplier > 0 and not row.is_equal]
        risky = [
            Binding(f"{risk.name} at most {risk.most:g}", risk.multiplier * risk.most)
            for risk in self.risks
            if risk.multiplier > 0
        ]
        level = box_multiplier(gradient, weights, self.limits)
        for i in np.flatnonzero(self.at_lower | self.at_upper):
            cost = float(level - gradient[i] if self.at_upper[i] else gradient[i] - level)
            if cost > 0:
                found.append(Binding(bound_name(self.limits, int(i), is_upper=bool(self.at_upper[i])), cost))
        return tuple(sorted([*found, *risky], key=lambda binding: -binding.multiplier)), tuple(risky)

    def _corrected(self) -> bool:
        """Let limits that are exceeded join and those with the wrong sign leave; False where nothing changes."""
        limits, weights = self.limits, self.weights
        gradient = self._gradient(settled=False)
        free = ~(self.at_lower | self.at_upper | self.on_kink)
        level = float(np.median(gradient[free])) if free.any() else float(np.median(gradient))
        noise = 1e-11 * (float(np.abs(self.mu).max()) + float(np.abs(gradient).max()))
        joins_lower, joins_upper = free & (weights < limits.lower - 1e-13), free & (weights > limits.upper + 1e-13)
        leaves_lower = self.at_lower & (gradient < level - noise) & (limits.upper > limits.lower)
        leaves_upper = self.at_upper & (gradient > level + noise) & (limits.upper > limits.lower)
        changed = bool((joins_lower | joins_upper | leaves_lower | leaves_upper).any())
        self.at_lower = (self.at_lower & ~leaves_lower) | joins_lower
        self.at_upper = (self.at_upper & ~leaves_upper) | joins_upper
        for i, row in enumerate(self.rows):
            if self.active[i] and not row.is_equal and row.multiplier < -noise:
                self.active[i], changed = False, True
            elif not self.active[i] and self._slack(row) < -1e-13:
                self.active[i], changed = True, True
        changed |= self._leave_kinks(gradient, level, noise)
        for i, risk in enumerate(self.risks):
            if self.risky[i] and risk.multiplier < 0:
                self.risky[i], risk.multiplier, changed = False, 0.0, True
            elif not self.risky[i] and self._distance(risk) > risk.most * (1 + 1e-13):
                self.risky[i], changed = True, True
        return changed

    def _leave_kinks(self, gradient: Array, level: float, noise: float) -> bool:
        """Put assets on a kink on the side they are drawn to, where the price of the row does not hold them."""
        changed = False
        for row in self.rows:
            if row.kinks is None or row.multiplier < 0:
                continue
            pull = level - gradient
            held = self.on_kink & (self.kink == row.kinks) & ~self.at_lower & ~self.at_upper
            for i in np.flatnonzero(held & (np.abs(pull) > row.multiplier + noise)):
                side = float(np.sign(pull[i]))
                row.coefficients[i] = side
                row.limit += side * float(row.kinks[i])
                self.on_kink[i], changed = False, True
        return changed


def _part(limits: Limits, chosen: Mask) -> Limits:
    return Limits(limits.lower[chosen], limits.upper[chosen], limits.net)


def _solved(system: Array, right: Array) -> Array | None:
    """Return the solution, of least length where there are many; None where there is none."""
    if not system.size:
        return right
    try:
        found = np.linalg.solve(system, right)
        if np.abs(system @ found - right).max() <= 1e-9 * (1.0 + np.abs(right).max()):
            return np.asarray(found)
    except np.linalg.LinAlgError:
        pass
    found = np.linalg.lstsq(system, right, rcond=1e-13)[0]
    return np.asarray(found) if np.isfinite(found).all() else None
