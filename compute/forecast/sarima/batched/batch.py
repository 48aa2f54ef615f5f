"""What is estimated together: differenced series of different lengths, and which coefficients each one's model has."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from compute.forecast.sarima.orders import Orders

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Batch:
    """Differenced series of B models, and the models.

    Attributes
    ----------
    orders : the largest of each order; differences and mean of it do not count
    series : (n, B), zero from each one's end on
    lengths : (B,)
    has_mean : bool (B,)
    used : bool (K, B), the coefficients of the largest orders that each model has
    """

    orders: Orders
    series: Tensor
    lengths: Tensor
    has_mean: Tensor
    used: Tensor

    @property
    def size(self) -> int:
        """B."""
        return int(self.series.shape[1])

    @property
    def inside(self) -> Tensor:
        """1 before the end of each series, 0 after it, (n, B)."""
        steps = torch.arange(self.series.shape[0], device=self.series.device)
        return (steps[:, None] < self.lengths).to(self.series.dtype)

    @property
    def ar_degree(self) -> Tensor:
        """Of each model, (B,)."""
        p, q, P = self.orders.p, self.orders.q, self.orders.P
        return self.used[:p].sum(0) + self.orders.m * self.used[p + q : p + q + P].sum(0)

    def at(self, places: Tensor) -> "Batch":
        """Return those at the given places, (B',); a place may be given more than once."""
        columns = self.series[:, places], self.lengths[places], self.has_mean[places], self.used[:, places]
        return Batch(self.orders, *columns)

    def to(self, dtype: torch.dtype) -> "Batch":
        """Return the batch in another precision."""
        return Batch(self.orders, self.series.to(dtype), self.lengths, self.has_mean, self.used)

    def centred(self) -> Tensor:
        """Return the series less their means where the model has one, (n, B)."""
        means = self.series.sum(0) / self.lengths * self.has_mean
        return (self.series - means) * self.inside


def stack(series: Sequence[Array], device: torch.device) -> tuple[Tensor, Tensor]:
    """Return series, (n_i,) each, side by side, (n, B), zero behind their ends, and their lengths, (B,)."""
    lengths = np.array([values.size for values in series], dtype=np.int64)
    room = np.zeros((len(series), int(lengths.max(initial=0))))
    room[np.arange(room.shape[1]) < lengths[:, None]] = np.concatenate([*series, np.zeros(0)])
    columns = torch.as_tensor(room, device=device).T.contiguous()
    return columns, torch.as_tensor(lengths, device=device)


def used_by(orders: Orders, models: NDArray[np.int64], device: torch.device) -> Tensor:
    """Return which coefficients of the largest orders each model, (p, q, P, Q) in a row of (B, 4), has; bool (K, B)."""
    counts = (orders.p, orders.q, orders.P, orders.Q)
    blocks = [np.arange(count)[:, None] < models[:, i] for i, count in enumerate(counts)]
    return torch.as_tensor(np.concatenate(blocks), device=device)
