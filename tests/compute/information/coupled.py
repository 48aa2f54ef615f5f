"""Series whose information is known, for the tests of it."""

import numpy as np
from numpy.typing import NDArray

from compute.series import Series

Array = NDArray[np.float64]


def coupled(n: int, seed: int, a: float = 0.5, b: float = 0.6, s: float = 0.5, lag: int = 1) -> tuple[Array, Array]:
    """Return x and y of y_t = a y_{t-1} + b x_{t-lag} + s e_t: transfer entropy 1/2 ln(1 + b^2 / s^2) at that lag."""
    generator = np.random.default_rng(seed)
    x, noise, y = generator.normal(size=n), generator.normal(size=n), np.zeros(n)
    for t in range(lag, n):
        y[t] = a * y[t - 1] + b * x[t - lag] + s * noise[t]
    return x, y


def normal_pair(n: int, seed: int, correlation: float) -> tuple[Array, Array]:
    """Return normal x and y of that correlation: mutual information -1/2 ln(1 - correlation^2)."""
    x, noise = np.random.default_rng(seed).normal(size=(2, n))
    return x, correlation * x + np.sqrt(1 - correlation**2) * noise


def autoregressive(n: int, seed: int, a: float) -> Array:
    """Return a series with memory."""
    noise, values = np.random.default_rng(seed).normal(size=n), np.zeros(n)
    for t in range(1, n):
        values[t] = a * values[t - 1] + noise[t]
    return values


def named(name: str, values: Array) -> Series:
    """Return the values as a series."""
    return Series(values, name=name)
