"""From levels to what is estimated: differences, and the unit in which they have variance 1."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from compute.forecast.sarima.batched.batch import Batch, stack, used_by
from compute.forecast.sarima.fit import FLAT
from compute.forecast.sarima.orders import Orders

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Levels:
    """Series as they are, and differenced.

    Attributes
    ----------
    values : (n_y, B), zero from each one's end on
    lengths : (B,)
    differenced : (n, B), zero from each one's end on
    scales : (B,) root of the mean square of what is estimated; 0 where that is nothing but rounding
    """

    values: Tensor
    lengths: Tensor
    differenced: Tensor
    scales: Tensor

    @classmethod
    def of(cls, orders: Orders, series: Sequence[Array], device: torch.device) -> "Levels":
        """Return complete series, (n_i,) each, on a device; those too short to be differenced have scale 0."""
        values, lengths = stack(series, device)
        rest, kept = _difference(orders, values), lengths - orders.lost
        inside = torch.arange(rest.shape[0], device=device)[:, None] < kept
        rest = torch.where(inside, rest, 0.0)
        size = kept.clamp(min=1)
        means = rest.sum(0) / size * float(orders.has_mean)
        scales = (torch.where(inside, rest - means, 0.0).square().sum(0) / size).sqrt()
        is_varied = scales > FLAT * values.abs().amax(0)
        return cls(values, lengths, rest, torch.where(is_varied, scales, 0.0))

    def batch(self, orders: Orders, places: Tensor) -> Batch:
        """Return the differences at `places`, scaled, as samples of one model."""
        lengths = self.lengths[places] - orders.lost
        n = int(lengths.max()) if places.numel() else 0
        counts = np.array([[orders.p, orders.q, orders.P, orders.Q]])
        used = used_by(orders, counts, lengths.device).expand(-1, places.numel())
        has_mean = torch.full_like(lengths, orders.has_mean, dtype=torch.bool)
        series = self.differenced[:n, places] / self.scales[places]
        return Batch(orders, series, lengths, has_mean, used)

    def last(self, count: int) -> Tensor:
        """Return the last values before each end, the last one last, (count, B)."""
        places = self.lengths - torch.arange(count, 0, -1, device=self.lengths.device)[:, None]
        return self.values.gather(0, places.clamp(min=0))


def _difference(orders: Orders, values: Tensor) -> Tensor:
    for spacing in (*[1] * orders.d, *[orders.m] * orders.D):
        values = values[spacing:] - values[: max(values.shape[0] - spacing, 0)]
    return values
