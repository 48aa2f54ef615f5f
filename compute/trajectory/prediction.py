"""Where the track goes on: states ahead of the last row."""

from dataclasses import dataclass

import numpy as np

from compute.trajectory.filter import Array, Filtered, extrapolate


@dataclass(frozen=True)
class Ahead:
    """States ahead: means (k, 2, d) and covariances (k, 4) as the filter has them."""

    means: Array
    covariances: Array


def predict_ahead(filtered: Filtered, h: Array, q: float) -> Ahead:
    """Return the states `h` seconds, (k,), after the last row."""
    position, velocity = filtered.means[-1]
    means = np.stack([position + h[:, None] * velocity, np.tile(velocity, (h.size, 1))], axis=1)
    return Ahead(means, extrapolate(filtered.covariances[-1], h, q))
