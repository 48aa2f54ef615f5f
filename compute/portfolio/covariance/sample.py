"""The sample covariance, over common rows or pair by pair."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.arrays import HOST, Place, choose_place
from compute.schema import Record

Array = NDArray[np.float64]

LARGE_MEANS = 2.0  # second moments below so many squared means lose digits in the difference and are centred first


class SampleCovariance(Record, title="Sample"):
    """The covariance of the past, as it was; singular where there are more assets than periods."""

    kind: Literal["sample"] = "sample"


def place_of_products(returns: Array, device: str) -> Place:
    """Return where the products of these returns (T, n) are taken when `device` can be had."""
    return choose_place(device, flops=2.0 * len(returns) * returns.shape[1] ** 2)


def sample_covariance(returns: Array, place: Place = HOST) -> Array:
    """Return the unbiased covariance (n, n) of returns (T, n), without NaN, taken where `place` says."""
    periods, means = len(returns), returns.mean(axis=0)
    if place.is_gpu:
        centred = place.xp.asarray(returns - means)
        return np.asarray((centred.T @ centred / (periods - 1)).get())
    products = returns.T @ returns  # NumPy hands a matrix times itself to dsyrk: half the work of a product
    if (np.diagonal(products) < LARGE_MEANS * periods * means * means).any():
        centred = returns - means
        return np.asarray(centred.T @ centred / (periods - 1))
    products -= periods * np.outer(means, means)
    products /= periods - 1
    return np.asarray(products)


def pairwise_covariance(returns: Array) -> tuple[Array, int]:
    """Return the covariance of each pair over the rows both have, and the fewest rows of a pair.

    It may not be positive semidefinite. Pairs with fewer than two common rows have 0.
    """
    seen = (~np.isnan(returns)).astype(np.float64)
    filled = np.nan_to_num(returns)
    counts = seen.T @ seen
    safe = np.maximum(counts, 1)
    means = filled.T @ seen / safe  # mean of i over the rows that j has too
    covariance = (filled.T @ filled - counts * means * means.T) / np.maximum(counts - 1, 1)
    return np.where(counts > 1, (covariance + covariance.T) / 2, 0.0), int(counts.min())
