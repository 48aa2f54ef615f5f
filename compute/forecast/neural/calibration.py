"""What the held-back ends tell of a trained network: how wide its quantiles should be, and how errors persist."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from compute.forecast.neural.forecaster import MEDIAN, NORMAL, Network
from compute.forecast.neural.training import Held
from compute.forecast.neural.windows import Pool

Array = NDArray[np.float64]

LOW, HIGH, SHARE = 1, 5, 0.8  # the quantiles 0.1 and 0.9 should hold 80 % between them
LEAST, MOST = 0.8, 3.0  # limits of the factor: a short end says little
PRIOR = 10.0  # independent errors that stand for "as the network says"
LARGEST_PERSISTENCE = 0.98


def calibrate(network: Network, pool: Pool, held: Held) -> Network:
    """Return the network with the spread and persistence that it shows on `held`, windows of one group, (1, k)."""
    series, origins = held.series.flatten(), held.origins.flatten()
    if origins.numel() == 0:
        return network
    batch = pool.cut(series, origins)
    counts = pool.scored(series, origins, held=True).cpu().numpy()
    written = network.write(batch).double().cpu().numpy()
    errors = batch.target.double().cpu().numpy() - written[..., MEDIAN]
    if network.offsets is None:
        spread = _spread(errors, written - written[..., MEDIAN, None], counts)
        network = replace(network, spread=spread)
    else:
        network = replace(network, offsets=_gaussian_offsets(errors, counts))
    return replace(network, persistence=_persistence(errors, counts))


def blank_offsets(head: int) -> Array:
    """Return the offsets of a standard normal error at every step, (head, 7)."""
    return np.tile(NORMAL, (head, 1))


def _spread(errors: Array, offsets: Array, counts: NDArray[np.bool_]) -> float:
    """Return the factor on the quantiles that would have held 80 % of the errors, drawn towards 1.

    Windows overlap: errors count as many as there are held-back values, at most one per window.
    """
    side = np.where(errors > 0, offsets[..., HIGH], -offsets[..., LOW])
    ratios = np.abs(errors[counts]) / np.maximum(side[counts], 1e-9)
    independent = float(counts.any(axis=-1).sum())
    found = np.quantile(ratios, SHARE) if ratios.size else 1.0
    pull = independent / (independent + PRIOR)
    return float(np.clip(np.exp(pull * np.log(max(found, 1e-3))), LEAST, MOST))


def _gaussian_offsets(errors: Array, counts: NDArray[np.bool_]) -> Array:
    """Return normal quantiles with the root mean squared error of each step, drawn towards that of all steps."""
    sums, sizes = (errors**2 * counts).sum(axis=0), counts.sum(axis=0)
    overall = sums.sum() / max(sizes.sum(), 1)
    steps = np.sqrt((sums + PRIOR * overall) / (sizes + PRIOR))
    return np.asarray(steps[:, None] * NORMAL)


def _persistence(errors: Array, counts: NDArray[np.bool_]) -> float:
    known = np.where(counts, errors, 0.0)
    both = counts[:, 1:] & counts[:, :-1]
    size = ((known[:, 1:] ** 2 + known[:, :-1] ** 2) * both).sum() / 2
    product = (known[:, 1:] * known[:, :-1]).sum()
    return float(np.clip(product / size, 0.0, LARGEST_PERSISTENCE)) if size > 0 else 0.0
