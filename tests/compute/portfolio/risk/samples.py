"""Series of returns for the tests of risk."""

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

Array = NDArray[np.float64]

ANY_RETURNS = st.lists(st.floats(-0.5, 0.5), min_size=2, max_size=60).map(np.array)
CONFIDENCES = st.floats(0.5, 0.999)


def heavy_returns(seed: int = 3, length: int = 1500) -> Array:
    """Returns with fat tails and a lean to the left, (T,)."""
    random = np.random.default_rng(seed)
    drawn = random.standard_t(5, length) * 0.01
    return np.asarray(np.where(drawn < 0, drawn * 1.2, drawn) + 0.0008)


def market_returns(seed: int = 5, length: int = 600, assets: int = 4) -> Array:
    """Correlated returns, (T, n)."""
    random = np.random.default_rng(seed)
    market = random.standard_t(6, (length, 1)) * 0.008
    return np.asarray(0.0004 + market + random.normal(0, 0.006, (length, assets)) * np.arange(1, assets + 1) / 2)
