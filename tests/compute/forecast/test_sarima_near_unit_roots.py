"""Where several roots are nearly one, the likelihood is right or refused: compared with 90 digits."""

import mpmath as mp
import numpy as np
import pytest
from numpy.typing import NDArray

from compute.forecast.sarima.kernels import entries
from compute.forecast.sarima.likelihood import evaluate_likelihood
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import expand
from compute.forecast.sarima.quick import counts_of
from compute.forecast.sarima.sample import prepare_sample

Array = NDArray[np.float64]

ORDERS = Orders(3, 0, 3)
MA = np.real(np.poly([0.5, 0.9, -0.3]))[1:]
N = 24
DIGITS = 90


def autocovariances(phi: Array, theta: Array, n: int) -> list[mp.mpf]:
    """Return autocovariances 0..n-1 over sigma2 by their linear equations."""
    ar, ma = [mp.mpf(1), *(-mp.mpf(each) for each in phi)], [mp.mpf(1), *(mp.mpf(each) for each in theta)]
    p, q = len(ar) - 1, len(ma) - 1
    psi: list[mp.mpf] = []
    for j in range(q + 1):
        psi.append(ma[j] - sum(ar[i] * psi[j - i] for i in range(1, min(p, j) + 1)))
    right = [sum(ma[j] * psi[j - k] for j in range(k, q + 1)) for k in range(max(n, p + 1))]
    system = mp.zeros(p + 1)
    for k in range(p + 1):
        for i in range(p + 1):
            system[k, abs(k - i)] += ar[i]
    gamma = list(mp.lu_solve(system, mp.matrix(right[: p + 1])))
    for k in range(p + 1, n):
        gamma.append(right[k] - sum(ar[i] * gamma[k - i] for i in range(1, p + 1)))
    return gamma[:n]


def exact_log_likelihood(values: Array, phi: Array, theta: Array) -> float:
    """Return the log-likelihood with the variance at its best: Durbin and Levinson's one-step predictions."""
    n, gamma = values.size, autocovariances(phi, theta, values.size)
    variance, weights = gamma[0], []
    squares, determinant = mp.mpf(values[0]) ** 2 / variance, mp.log(variance)
    for t in range(1, n):
        partial = (gamma[t] - sum(weights[j] * gamma[t - 1 - j] for j in range(t - 1))) / variance
        weights = [weights[j] - partial * weights[t - 2 - j] for j in range(t - 1)] + [partial]
        variance *= 1 - partial**2
        squares += (values[t] - sum(weights[j] * values[t - 1 - j] for j in range(t))) ** 2 / variance
        determinant += mp.log(variance)
    return float(-(n * (mp.log(2 * mp.pi * squares / n) + 1) + determinant) / 2)


@pytest.mark.parametrize("gap", [1e-1, 1e-2, 1e-3, 1e-4, 1e-5])
@pytest.mark.parametrize("kind", ["three together", "a slow wave beside one", "opposite signs"])
def test_the_likelihood_near_unit_roots_is_right_or_refused(gap: float, kind: str) -> None:
    wave = (1 - gap) * np.exp(0.05j)
    roots = {
        "three together": [1 - gap, 1 - 2 * gap, 1 - 3 * gap],
        "a slow wave beside one": [1 - gap, wave, wave.conjugate()],
        "opposite signs": [1 - gap, gap - 1, 0.5],
    }[kind]
    coefficients = np.concatenate([-np.real(np.poly(roots))[1:], MA])
    values = np.cumsum(np.random.default_rng(3).normal(size=N))
    sample = prepare_sample(ORDERS, values)
    with mp.workdps(DIGITS):
        expected = exact_log_likelihood(sample.columns[0], coefficients[:3], coefficients[3:])
    fast = evaluate_likelihood(sample, expand(ORDERS, coefficients))
    columns = np.ascontiguousarray(sample.columns)
    deviance = entries.evaluate(counts_of(ORDERS), coefficients, columns, np.zeros((0, 1)), *entries.LIKELIHOOD_PARTS)
    if fast is not None:
        assert fast.log_likelihood == pytest.approx(expected, abs=0.01)
    if deviance < np.inf:
        assert -deviance / 2 == pytest.approx(expected, abs=0.01)
    if gap >= 1e-2 or kind == "opposite signs":
        assert fast is not None
        assert deviance < np.inf
