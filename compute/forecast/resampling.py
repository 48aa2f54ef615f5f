"""One-step errors of the future, drawn from those of the past. What they do to a forecast is each model's own."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def draw_errors(errors: Array, sigma: float, n_paths: int, horizon: int, rng: np.random.Generator) -> Array:
    """Return independent one-step errors, (horizon, n_paths): observed ones, centred, brought to variance sigma^2.

    Draws at each step are stratified over the sorted errors, so that each step alone has almost exactly their
    distribution, and shuffled, so that steps are independent. A longer horizon begins with the draws of a shorter one.
    """
    spread = float(errors.std())
    pool = np.sort(errors - errors.mean()) * (sigma / spread if spread > 0 else 0.0)
    of_strata, of_order = rng.spawn(2)
    strata = (np.arange(n_paths) + of_strata.random((horizon, n_paths))) / n_paths
    draws = pool[np.minimum((strata * pool.size).astype(np.intp), pool.size - 1)]
    return np.asarray(of_order.permuted(draws, axis=1, out=draws))
