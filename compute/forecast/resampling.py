"""One-step errors of the future, drawn from those of the past. What they do to a forecast is each model's own.

Drawn one by one, errors forget what neighbours have in common: what a model left correlated, and times of large errors.
Blocks keep it: the stationary bootstrap (Politis & Romano 1994), whose blocks have random lengths, so that every step
has the same distribution.
"""

import numpy as np
from numpy.typing import NDArray

from compute.forecast.diagnostics import autocorrelations
from compute.forecast.options import Bootstrap

Array = NDArray[np.float64]

VISIBLE = 2.0  # autocorrelations up to this many sqrt(log10(n) / n) count as none (Politis & White 2004, section 3.2)
LEAST_INVISIBLE = 5  # lags without one in a row, after which none is looked for


def draw_errors(
    errors: Array, sigma: float, n_paths: int, horizon: int, rng: np.random.Generator, bootstrap: Bootstrap = "iid"
) -> Array:
    """Return one-step errors, (horizon, n_paths): observed ones, centred, brought to variance sigma^2.

    Steps are independent, or with `block` neighbours stay neighbours. Draws are stratified over the errors, so that a
    step alone has almost exactly their distribution. A longer horizon begins with the draws of a shorter one.

    Parameters
    ----------
    errors : (k,) in the order of time
    """
    spread = float(errors.std())
    pool = (errors - errors.mean()) * (sigma / spread if spread > 0 else 0.0)
    if bootstrap == "block":
        return _draw_blocks(pool, n_paths, horizon, rng)
    return _draw_alone(np.sort(pool), n_paths, horizon, rng)


def mean_block_length(errors: Array) -> float:
    """Return the mean length of blocks, at least 1, that suits the correlation of `errors`, (k,), or of their sizes.

    For each of the two `(2 G^2 / D)^(1/3) k^(1/3)` (Politis & White 2004 with the correction of Patton, Politis & White
    2009): G is the sum of |lag| autocovariance, D twice the square of the sum of autocovariances, both tapered. The
    longer one counts: errors without correlation may still be large or small together.
    """
    centred = errors - errors.mean()
    return max(_length_for(centred), _length_for(np.abs(centred)))


def _draw_alone(ordered: Array, n_paths: int, horizon: int, rng: np.random.Generator) -> Array:
    of_strata, of_order = rng.spawn(2)
    strata = (np.arange(n_paths) + of_strata.random((horizon, n_paths))) / n_paths
    draws = ordered[np.minimum((strata * ordered.size).astype(np.intp), ordered.size - 1)]
    return np.asarray(of_order.permuted(draws, axis=1, out=draws))


def _draw_blocks(pool: Array, n_paths: int, horizon: int, rng: np.random.Generator) -> Array:
    """Return runs of neighbours, the first error following the last; each step begins a new run with probability p."""
    probability = 1 / mean_block_length(pool)
    of_starts, of_lengths = rng.spawn(2)
    strata = (np.arange(n_paths) + of_starts.random(n_paths)) / n_paths
    places = of_starts.permutation(np.minimum((strata * pool.size).astype(np.intp), pool.size - 1))
    draws = np.empty((horizon, n_paths))
    for step in range(horizon):
        if step:
            is_new = of_lengths.random(n_paths) < probability
            places = np.where(is_new, of_starts.integers(pool.size, size=n_paths), (places + 1) % pool.size)
        draws[step] = pool[places]
    return draws


def _length_for(values: Array) -> float:
    n = values.size
    most = int(np.ceil(np.sqrt(n))) + LEAST_INVISIBLE
    if n <= most + 1 or np.ptp(values) <= 0:
        return 1.0
    r = autocorrelations(values, most)
    lags = np.arange(1, _last_visible(r, n) * 2 + 1)
    lags = lags[lags <= most]
    taper = np.minimum(1.0, 2 * (1 - lags / lags[-1])) if lags.size > 1 else np.ones(1)
    slope = 2 * float(np.sum(taper * lags * r[lags]))
    total = 1 + 2 * float(np.sum(taper * r[lags]))
    if total <= 0:
        return 1.0
    return float(np.clip((slope / total) ** 2 * n, 1.0, min(3 * np.sqrt(n), n / 3) ** 3) ** (1 / 3))


def _last_visible(r: Array, n: int) -> int:
    """Return the lag after which autocorrelations, (lags + 1,), stay invisible, at least 1."""
    is_visible = np.abs(r[1:]) > VISIBLE * np.sqrt(np.log10(n) / n)
    for lag in range(is_visible.size - LEAST_INVISIBLE + 1):
        if not is_visible[lag : lag + LEAST_INVISIBLE].any():
            return max(lag, 1)
    return int(np.flatnonzero(is_visible)[-1]) + 1
