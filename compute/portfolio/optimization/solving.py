"""From an objective to the solver that finds it. Solvers are imported when they are needed: some bring libraries."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.limits import Limits
from compute.portfolio.naming import weights_of
from compute.portfolio.objectives import (
    NEEDS_HISTORY,
    TITLES,
    Herc,
    Hrp,
    MinCdar,
    MinCvar,
    Objective,
    RiskParity,
    TargetReturn,
    TargetVolatility,
    Utility,
)
from compute.portfolio.solution import Solution
from compute.portfolio.universe import Universe
from compute.schema import RequestError

Array = NDArray[np.float64]

BUDGETS = ("objective", "budgets")
LEAST_RETURN = "expected return"
"""What conflicts call the least return."""
DISCRETE = frozenset({"min_variance", "utility", "max_return", "max_sharpe"})
"""Objectives that can be reached with a limited number of assets or least positions."""


@dataclass(frozen=True)
class Problem:
    """What is to be solved.

    Attributes
    ----------
    objective : what to be best at
    universe : the assets
    limits : risks per period; the least return among them, as a row
    risk_free : per period
    """

    objective: Objective
    universe: Universe
    limits: Limits
    risk_free: float

    @property
    def mean(self) -> Array:
        """Expected returns per year, (n,): solvers think in years, so that what they say of conflicts is per year."""
        return self.universe.moments.mean * self.universe.year

    @property
    def sigma(self) -> Array:
        """Covariance per year, (n, n)."""
        return self.universe.moments.covariance * self.universe.year

    @cached_property
    def yearly(self) -> Limits:
        """The limits with risks per year."""
        root, limits = float(np.sqrt(self.universe.year)), self.limits
        return replace(
            limits,
            max_volatility=None if limits.max_volatility is None else limits.max_volatility * root,
            max_tracking_error=None if limits.max_tracking_error is None else limits.max_tracking_error * root,
        )

    @property
    def scenarios(self) -> Array:
        """The history, (T, n) per period; RequestError where there is none."""
        returns = self.universe.returns
        if returns is None:
            msg = (
                f"{TITLES[self.objective.kind]} looks at single periods; give prices or returns instead of moments, or "
                f"choose {TITLES['min_variance']}"
            )
            raise RequestError.at("objective", msg=msg)
        complete = returns.complete
        if not complete.any():
            raise RequestError.at("assets", msg="no asset ever moves in this history; give a longer one")
        return complete


def solve(problem: Problem) -> Solution:
    """Return the best weights; InfeasibleError or UndefinedError where there are none."""
    _refuse_unknown_limits(problem.objective.kind, problem.limits)
    return _SOLVERS[problem.objective.kind](problem, problem.objective)


def with_least_return(limits: Limits, mean: Array, least: float | None, year: float) -> Limits:
    """Return the limits with a row for the least expected return; `mean` (n,) per period, `least` per year or None."""
    if least is None:
        return limits
    return replace(
        limits,
        rows=np.vstack([limits.rows.reshape(-1, limits.n), mean * year]),  # per year: of the size of the other rows
        row_lower=np.append(limits.row_lower, least),
        row_upper=np.append(limits.row_upper, np.inf),
        names=(*limits.names, LEAST_RETURN),
    )


def _max_sharpe(problem: Problem, _how: Any) -> Solution:
    from compute.portfolio.solvers.sharpe import maximum_sharpe

    return maximum_sharpe(problem.mean, problem.sigma, problem.risk_free * problem.universe.year, problem.yearly)


def _min_variance(problem: Problem, _how: Any) -> Solution:
    from compute.portfolio.solvers.mean_variance import minimum_variance

    return minimum_variance(problem.sigma, problem.yearly)


def _risk_parity(problem: Problem, how: RiskParity) -> Solution:
    from compute.portfolio.solvers.risk_parity import risk_parity

    _refuse_further_limits(problem)
    budgets = None if how.budgets is None else weights_of(how.budgets, problem.limits.assets, BUDGETS)
    if budgets is not None and ((budgets < 0).any() or budgets.sum() <= 0):
        low = problem.limits.assets[int(budgets.argmin())]
        msg = f"{low} has {budgets.min():g}: a risk budget is not negative, and some are above 0; correct them"
        raise RequestError.at(*BUDGETS, msg=msg)
    return risk_parity(problem.sigma, budgets, problem.yearly)


def _max_return(problem: Problem, _how: Any) -> Solution:
    from compute.portfolio.solvers.mean_variance import maximum_return

    return maximum_return(problem.mean, problem.yearly, problem.sigma)


def _target_return(problem: Problem, how: TargetReturn) -> Solution:
    from compute.portfolio.solvers.targets import target_return

    return target_return(problem.mean, problem.sigma, how.annual_return, problem.yearly)


def _target_volatility(problem: Problem, how: TargetVolatility) -> Solution:
    from compute.portfolio.solvers.targets import target_volatility

    return target_volatility(problem.mean, problem.sigma, how.annual_volatility, problem.yearly)


def _utility(problem: Problem, how: Utility) -> Solution:
    from compute.portfolio.solvers.mean_variance import utility

    return utility(problem.mean, problem.sigma, how.risk_aversion, problem.yearly)


def _max_diversification(problem: Problem, _how: Any) -> Solution:
    from compute.portfolio.solvers.sharpe import maximum_diversification

    return maximum_diversification(problem.sigma, problem.yearly)


def _min_cvar(problem: Problem, how: MinCvar) -> Solution:
    from compute.portfolio.solvers.cvar import minimum_cvar

    return minimum_cvar(problem.scenarios, how.confidence, problem.limits)


def _min_cdar(problem: Problem, how: MinCdar) -> Solution:
    from compute.portfolio.solvers.cdar import minimum_cdar

    return minimum_cdar(problem.scenarios, how.confidence, problem.limits)


def _hrp(problem: Problem, how: Hrp) -> Solution:
    from compute.portfolio.solvers.hierarchical import hierarchical_risk_parity

    _refuse_further_limits(problem)
    return hierarchical_risk_parity(problem.sigma, problem.limits, how.linkage)


def _herc(problem: Problem, how: Herc) -> Solution:
    from compute.portfolio.solvers.hierarchical import hierarchical_equal_risk

    _refuse_further_limits(problem)
    return hierarchical_equal_risk(problem.sigma, problem.limits, how.linkage)


def _inverse_volatility(problem: Problem, _how: Any) -> Solution:
    from compute.portfolio.solvers.simple import inverse_volatility

    _refuse_further_limits(problem)
    return inverse_volatility(problem.sigma, problem.limits)


def _equal_weight(problem: Problem, _how: Any) -> Solution:
    from compute.portfolio.solvers.simple import equal_weight

    _refuse_further_limits(problem)
    return equal_weight(problem.limits)


def _refuse_unknown_limits(kind: str, limits: Limits) -> None:
    """Raise RequestError for limits that the objective's solver does not know."""
    field = "max_assets" if limits.max_assets is not None else "min_position"
    if limits.is_discrete and kind not in DISCRETE:
        msg = (
            f"{TITLES[kind]} cannot count assets or ask for least positions; leave it empty, or choose "
            f"{', '.join(TITLES[each] for each in sorted(DISCRETE - {kind}))}"
        )
        raise RequestError.at("constraints", field, msg=msg)
    if limits.min_position > 0 and not limits.is_long_only:
        msg = f"a least position of {limits.min_position:g} needs a long-only portfolio; turn long-only on, or give 0"
        raise RequestError.at("constraints", "min_position", msg=msg)
    if kind in NEEDS_HISTORY and not limits.is_linear:
        field = "max_volatility" if limits.max_volatility is not None else "max_tracking_error"
        msg = f"{TITLES[kind]} knows limits on weights and return, not on volatility or tracking error; leave it empty"
        raise RequestError.at("constraints", field, msg=msg)


def _refuse_further_limits(problem: Problem) -> None:
    """Raise RequestError where limits beside bounds and sum are set: a rule that optimises nothing knows none."""
    if not problem.limits.is_box:
        msg = (
            f"{TITLES[problem.objective.kind]} knows bounds and the sum of weights only; remove the other limits, or "
            f"choose {TITLES['min_variance']}"
        )
        raise RequestError.at("objective", msg=msg)


_SOLVERS: dict[str, Callable[[Problem, Any], Solution]] = {
    "max_sharpe": _max_sharpe,
    "min_variance": _min_variance,
    "risk_parity": _risk_parity,
    "max_return": _max_return,
    "target_return": _target_return,
    "target_volatility": _target_volatility,
    "utility": _utility,
    "max_diversification": _max_diversification,
    "min_cvar": _min_cvar,
    "min_cdar": _min_cdar,
    "hrp": _hrp,
    "herc": _herc,
    "inverse_volatility": _inverse_volatility,
    "equal_weight": _equal_weight,
}
