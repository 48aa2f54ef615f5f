"""Risk parity and risk budgets: weights whose shares of the risk are given."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dposv

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Binding, Certificate, Conflict, InfeasibleError, Solution, UndefinedError
from compute.portfolio.solvers.certificate import bound_name, box_violation
from compute.portfolio.solvers.feasibility import check_box
from compute.portfolio.solvers.mean_variance import checked_covariance
from compute.portfolio.solvers.simple import refuse_riskless

NEWTON_STEPS = 100
DIRECT = 200
"""Up to this size Newton's system is factorised; above, conjugate gradients meet a matrix close to a multiple of I."""
EXACT = 4e-16
"""Risk shares are right when they miss their budgets by this much."""
RISKLESS = 1e-14
"""A variance so small a part of what its assets would have without hedging each other is rounding."""
MISSED = 1e-9
"""Share of the sum by which bounded weights may miss it."""


def risk_parity(sigma: Array, budgets: Array | None, limits: Limits) -> Solution:
    """Return the long-only portfolio in which asset i has the share `budgets[i]` of the variance.

    `sigma` (n, n) per period; `budgets` (n,) not negative, scaled to sum to 1, equal when None; a budget of 0 leaves
    the asset out. `objective` is the variance; the certificate's gap is the largest deviation of a risk share from its
    budget. The minimiser of `1/2 x'Sx - sum b log x` (Spinu 2013), by Newton's method; where bounds of `limits` are in
    the way, that of the same function within the bounds, scaled so that the weights sum to `limits.net` (Richard and
    Roncalli 2019): the assets on bounds then miss their budget, the others share the rest as the budgets are to each
    other, which is what the gap then measures.

    Raises InfeasibleError where no long portfolio meets the limits; UndefinedError for an asset without risk, and where
    the assets hedge each other so that a long portfolio of them has none; ValueError for budgets that are negative or
    all zero, and for limits other than bounds and sum.
    """
    check_box(limits)
    sigma = checked_covariance(sigma, limits)
    if not limits.is_box:
        raise ValueError("risk parity knows bounds and a sum only; remove the other limits or minimise variance")
    shares = checked_budgets(budgets, limits)
    used = np.flatnonzero(shares > 0)
    refuse_riskless(np.diagonal(sigma), limits, shares > 0)
    _refuse_short(limits, used)
    scaled, steps = spinu(sigma[np.ix_(used, used)], shares[used])
    _refuse_hedged(scaled, np.diagonal(sigma)[used])
    weights = np.zeros(limits.n)
    weights[used] = limits.net * scaled / scaled.sum()
    is_inside = box_violation(weights, limits) <= 1e-12
    if not is_inside:
        from compute.portfolio.solvers.bounded_parity import bounded_parity

        weights, more = bounded_parity(sigma, shares, limits, weights)
        steps += more
        _refuse_overfilled(weights, limits, used)
    return _proved(sigma, shares, limits, weights, steps, is_inside)


def checked_budgets(budgets: Array | None, limits: Limits) -> Array:
    """Return risk budgets that sum to 1, or raise ValueError."""
    if budgets is None:
        return np.full(limits.n, 1.0 / limits.n)
    shares = np.asarray(budgets, dtype=np.float64)
    if shares.shape != (limits.n,) or not np.isfinite(shares).all():
        raise ValueError(f"risk budgets have shape {shares.shape} where ({limits.n},) finite numbers are needed")
    if (shares < 0).any() or not shares.any():
        raise ValueError("risk budgets must not be negative, and one at least must be positive")
    return np.asarray(shares / shares.sum())


def spinu(sigma: Array, budgets: Array) -> tuple[Array, int]:
    """Return x (n,) with `x_i (Sx)_i = budgets_i` and the Newton steps taken; budgets are positive and sum to 1."""
    deviations = np.sqrt(np.diagonal(sigma))
    correlation = sigma / np.outer(deviations, deviations)
    x = np.sqrt(budgets) / np.sqrt(max(float(np.sqrt(budgets) @ correlation @ np.sqrt(budgets)), RISKLESS))
    n, error, steps = x.size, np.inf, 0
    for _ in range(NEWTON_STEPS):
        steps += 1
        risk = correlation @ x
        last, error = error, float(np.abs(x * risk - budgets).max())
        if error <= EXACT or (error < 1e-13 and error >= 0.5 * last):
            break
        gradient = risk - budgets / x
        curvature = budgets / x**2
        if n <= DIRECT:
            hessian = correlation.copy()
            hessian.flat[:: n + 1] += curvature
            move = dposv(hessian, gradient, lower=1, overwrite_a=1)[1]
        else:
            move = _conjugate_gradients(correlation, curvature, gradient)
        ratio = float(np.abs(move / x).max())
        x = x - move * (1.0 if ratio < 0.5 else 1.0 / (1.0 + ratio))
    return x / deviations, steps


def _conjugate_gradients(matrix: Array, diagonal: Array, right: Array) -> Array:
    """Solve `(matrix + diag(diagonal)) z = right` to a relative residual of about 1e-5, (n,)."""
    preconditioner = 1.0 / (diagonal + 1.0)
    z = np.zeros_like(right)
    residual = right.copy()
    direction = scaled = preconditioner * residual
    power = float(residual @ scaled)
    goal = 1e-10 * power
    for _ in range(60):
        image = matrix @ direction + diagonal * direction
        length = power / float(direction @ image)
        z += length * direction
        residual = residual - length * image
        scaled = preconditioner * residual
        last, power = power, float(residual @ scaled)
        if power <= goal:
            break
        direction = scaled + power / last * direction
    return z


def _proved(sigma: Array, shares: Array, limits: Limits, weights: Array, steps: int, is_inside: bool) -> Solution:
    risk = sigma @ weights
    variance = float(weights @ risk)
    contributions = weights * risk / variance
    on_bound = np.zeros(limits.n, dtype=bool)
    if not is_inside:
        on_bound = (shares > 0) & ((weights <= limits.lower) | (weights >= limits.upper))
    inside = ~on_bound
    scale = float(contributions[inside].sum()) / max(float(shares[inside].sum()), 1e-300)
    gap = float(np.abs(contributions - scale * shares)[inside].max(initial=0.0))
    binding = tuple(
        Binding(bound_name(limits, int(i), is_upper=bool(weights[i] >= limits.upper[i])), abs(float(missed)))
        for i in np.flatnonzero(on_bound)
        for missed in [contributions[i] - shares[i]]
    )
    proof = Certificate(
        "optimal" if gap <= 1e-6 else "limit", gap, box_violation(weights, limits), binding, steps, "Newton"
    )
    return Solution(weights, variance, proof)


def _refuse_overfilled(weights: Array, limits: Limits, used: NDArray[np.intp]) -> None:
    """Raise InfeasibleError where the assets with a budget may not hold enough, and UndefinedError where the bounds
    make assets hedge each other, so that even the calmest hold more in all.

    Budgets only add weight to the portfolio of least risk whose sum is free.
    """
    total = float(weights.sum())
    if abs(total - limits.net) <= MISSED * abs(limits.net):
        return
    if total < limits.net:
        raise InfeasibleError(_unfilled(total, limits, used))
    conflict = Conflict(
        ("least weights of the assets",),
        f"With these least weights the assets hedge each other: the portfolio that shares the risk holds {total:.4g} "
        f"in all, not {limits.net:g}.",
        "Lower the least weights, or choose the minimum variance.",
    )
    raise UndefinedError(conflict)


def _unfilled(total: float, limits: Limits, used: NDArray[np.intp]) -> Conflict:
    count = f"{used.size} of {limits.n} assets" if used.size > 1 else f"{limits.assets[int(used[0])]} alone"
    return Conflict(
        ("largest weights of the assets with a risk budget", f"weights sum to {limits.net:g}"),
        f"{count} have a risk budget, and with their largest weights they sum to {total:.6g}, but weights must sum "
        f"to {limits.net:g}.",
        f"Raise the largest weights, give more assets a risk budget, or let the weights sum to {total:.6g}.",
    )


def _refuse_hedged(scaled: Array, variances: Array) -> None:
    """Raise UndefinedError where Newton's method went the way of a long portfolio (n,) without risk.

    At an answer the variance of `scaled` is 1, so its size alone tells how much its assets hedge each other.
    """
    unhedged = float(scaled @ np.sqrt(variances))
    if np.isfinite(unhedged) and RISKLESS * unhedged**2 < 1:
        return
    conflict = Conflict(
        ("a portfolio without risk",),
        "A long portfolio of these assets has no risk, and shares of no risk mean nothing.",
        "Leave out one of the assets that hedge each other, or choose the minimum variance.",
    )
    raise UndefinedError(conflict)


def _refuse_short(limits: Limits, used: NDArray[np.intp]) -> None:
    forced = np.flatnonzero(limits.upper[used] <= 0)
    if limits.net > 0 and not forced.size:
        return
    what = "a sum of weights of 0 or less" if limits.net <= 0 else f"{limits.assets[int(used[forced[0]])]} at most 0"
    conflict = Conflict(
        (what, "every share of the risk positive"),
        f"Risk parity holds every asset long, but the limits ask for {what}.",
        "Choose a positive sum of weights and positive largest weights, or give the asset a risk budget of 0.",
    )
    raise InfeasibleError(conflict)
