"""The recursion of exponential smoothing and its derivatives, compiled.

Hyndman, Koehler, Ord & Snyder (2008), "Forecasting with exponential smoothing", table 2.3, written in the error e of
the series' own unit: every form shares `q = l + phi b`, `mu = q`, `q + s` or `q s`; `l = q + alpha u`,
`b = phi b + beta u`, `s = s + gamma v` with u = v = e, or u = e/s and v = e/q where the season is multiplicative.
Where a value is missing, e = 0 and the states go on.
"""

import numba
import numpy as np
from numpy.typing import NDArray

KEPT = bool(numba.config.CACHE_DIR)  # type: ignore[attr-defined]  # on disk only where a folder is named for it

Array = NDArray[np.float64]
Code = tuple[int, int, int, int, int]

TINY = 1e-8  # of the series' size: a multiplicative model whose forecast or states come this near 0 is refused
FLOOR = 1e-20  # of squared relative error: a series that a form fits exactly still has a likelihood
SLOPE_PRIOR = 0.5  # standard deviation of beta / alpha around 0: short series fit slopes that turn with every value
REFUSED = 1e300  # stands for a likelihood of zero


@numba.njit(cache=KEPT, error_model="numpy", fastmath={"contract", "reassoc"})
def evaluate(
    y: Array,
    seen: NDArray[np.bool_],
    code: Code,
    x: Array,
    mu: Array,
    rows: Array,
    last: Array,
    normal: Array,
    gradient: Array,
) -> float:
    """Return -2 log-likelihood but for constants, `n log S + 2 sum log mu`, and -2 log of the prior of beta / alpha.

    S is the sum of squared (relative) errors.

    Parameters
    ----------
    y, seen : (n,) values and whether they were observed
    code : `Form.code`
    x : (K,) parameters
    mu : (n,) receives the one-step forecasts
    rows : (k, K) receives the derivatives of the last k of them, k >= 1
    last : (2 + m,) receives level, slope and seasonal states after the last value, the next season's place first
    normal, gradient : (K, K), (K,) receive J'J (lower triangle) and J'r for residuals r whose sum of squares has the
        same minimum: errors, or relative errors times the geometric mean of mu; the prior is one residual more
    """
    error, trend, damped, season, m = code
    K, n = x.size, y.size
    i_gamma = 1 + trend
    i_phi = i_gamma + min(season, 1)
    i_level = i_phi + damped
    i_season = i_level + 1 + trend
    alpha, phi = x[0], x[i_phi] if damped else 1.0
    beta_star, gamma_star = x[1] if trend else 0.0, x[i_gamma] if season else 0.0
    beta, gamma = alpha * beta_star, (1 - alpha) * gamma_star
    level, slope = x[i_level], x[i_level + 1] if trend else 0.0
    s, ds = np.zeros(m), np.zeros((m, K))
    if season:
        s[m - 1] = m if season == 2 else 0.0
        for j in range(m - 1):
            s[j] = x[i_season + j]
            s[m - 1] -= s[j]
            ds[j, i_season + j] = 1.0
            ds[m - 1, i_season + j] = -1.0
    dl, dw = np.zeros(K), np.zeros(K)  # derivatives of the level and of phi times the slope
    dl[i_level] = 1.0
    if trend:
        dw[i_level + 1] = phi
    if damped:
        dw[i_phi] = slope
    cross, growth = np.zeros(K), np.zeros(K)
    normal[:, :] = 0.0
    squares, logs, count = 0.0, 0.0, 0
    before = n - rows.shape[0]
    for t in range(n):
        j = t % m
        q = level + phi * slope
        a, b = s[j] if season == 2 else 1.0, q if season == 2 else float(season)
        f = q * a if season == 2 else q + s[j]
        mu[t] = f
        if seen[t] and ((error == 2 and not f > TINY) or (season == 2 and not (q > TINY and a > TINY))):
            return REFUSED
        sign = -1.0 if seen[t] else 0.0
        e = y[t] - f if seen[t] else 0.0
        u, v = (e / a, e / b) if season == 2 else (e, e)
        du_mu, du_s = sign / a, (-u / a if season == 2 else 0.0)
        dv_mu, dv_q = (sign / b, -v / b) if season == 2 else (sign, 0.0)
        row, place = rows[max(t - before, 0)], ds[j]
        for k in range(K):
            dq = dl[k] + dw[k]
            dmu = a * dq + b * place[k]
            du = du_mu * dmu + du_s * place[k]
            row[k] = dmu
            dl[k] = dq + alpha * du
            dw[k] = phi * (dw[k] + beta * du)
            place[k] += gamma * (dv_mu * dmu + dv_q * dq)
        level = q + alpha * u
        slope = phi * slope + beta * u
        dl[0] += u
        if trend:
            dw[0] += phi * beta_star * u
            dw[1] += phi * alpha * u
            if damped:
                dw[i_phi] += slope
        if season:
            s[j] += gamma * v
            place[0] -= gamma_star * v
            place[i_gamma] += (1 - alpha) * v
        if seen[t]:
            count += 1
            r = e / f if error == 2 else e
            scale, share = (-(1 + r) / f, 1 / f) if error == 2 else (-1.0, 0.0)
            squares += r * r
            logs += np.log(f) if error == 2 else 0.0
            for k in range(K):
                d = scale * row[k]
                growth[k] += share * row[k]
                cross[k] += r * d
                d *= scale
                line = normal[k]
                for i in range(k + 1):
                    line[i] += d * row[i]
    last[0], last[1] = level, slope
    for j in range(m):
        last[2 + j] = s[(n + j) % m]
    squares += FLOOR * count
    for k in range(K):
        growth[k] /= count
        gradient[k] = cross[k] + squares * growth[k]
        for i in range(k + 1):
            normal[k, i] += cross[k] * growth[i] + growth[k] * cross[i] + squares * growth[k] * growth[i]
    value = count * np.log(squares) + 2 * logs
    if trend:
        value += (x[1] / SLOPE_PRIOR) ** 2
        gradient[1] += squares / count * x[1] / SLOPE_PRIOR**2
        normal[1, 1] += squares / count / SLOPE_PRIOR**2
    return value if np.isfinite(value) else REFUSED


@numba.njit(cache=KEPT, error_model="numpy")
def solve_damped(normal: Array, gradient: Array, is_free: NDArray[np.bool_], damping: float, step: Array) -> bool:
    """Fill `step` with the solution of `(A + damping diag A) step = -g` over the free coordinates, 0 elsewhere.

    Of A the lower triangle is read. Returns whether the matrix was positive definite (Cholesky).
    """
    free = np.flatnonzero(is_free)
    K = free.size
    L, z = np.zeros((K, K)), np.zeros(K)
    for i in range(K):
        for j in range(i + 1):
            total = normal[free[i], free[j]] * (1 + damping if i == j else 1.0)
            for k in range(j):
                total -= L[i, k] * L[j, k]
            if i > j:
                L[i, j] = total / L[j, j]
            elif total > 1e-14 * normal[free[i], free[i]]:
                L[i, i] = np.sqrt(total)
            else:
                return False
        z[i] = -gradient[free[i]]
        for k in range(i):
            z[i] -= L[i, k] * z[k]
        z[i] /= L[i, i]
    step[:] = 0.0
    for i in range(K - 1, -1, -1):
        for k in range(i + 1, K):
            z[i] -= L[k, i] * z[k]
        z[i] /= L[i, i]
        step[free[i]] = z[i]
    return True


@numba.njit(cache=KEPT, error_model="numpy")
def minimise(
    y: Array,
    seen: NDArray[np.bool_],
    code: Code,
    x: Array,
    lower: Array,
    upper: Array,
    max_steps: int,
    tolerance: float,
) -> tuple[float, int]:
    """Move `x` to a minimum of `evaluate` within its bounds; return the value there and the evaluations made.

    Levenberg-Marquardt on the residuals of `evaluate`; coordinates at a bound that the gradient pushes against are
    held. It ends when two steps in a row gain less than `tolerance`; as many evaluations as allowed mean that it did
    not.
    """
    K = x.size
    mu, rows, last, step = np.zeros(y.size), np.zeros((1, K)), np.zeros(2 + code[4]), np.zeros(K)
    normal, gradient, trial = np.zeros((K, K)), np.zeros(K), x.copy()
    new_normal, new_gradient = np.zeros((K, K)), np.zeros(K)
    is_free = np.ones(K, dtype=np.bool_)
    value, damping, small = np.inf, 1e-3, 0
    for taken in range(max_steps):
        new = evaluate(y, seen, code, trial, mu, rows, last, new_normal, new_gradient)
        gain = value - new
        if gain >= 0:
            value = new
            x[:] = trial
            normal, new_normal = new_normal, normal
            gradient, new_gradient = new_gradient, gradient
            damping = max(damping / 16, 1e-10)
            small = small + 1 if gain < tolerance else 0
            for k in range(K):
                is_free[k] = not ((x[k] <= lower[k] and gradient[k] > 0) or (x[k] >= upper[k] and gradient[k] < 0))
        else:
            damping *= 8
        while not solve_damped(normal, gradient, is_free, damping, step) and damping < 1e10:
            damping = max(8 * damping, 1e-8)
        if small >= 2 or damping >= 1e10 or value >= REFUSED:
            return value, taken
        for k in range(K):
            trial[k] = min(max(x[k] + step[k], lower[k]), upper[k])
    return value, max_steps
