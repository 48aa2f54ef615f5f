"""Models of many series estimated together: pairs of a series and its orders, in any number and mixture."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from compute.forecast.sarima.batched.batch import Batch, used_by
from compute.forecast.sarima.batched.css import descend
from compute.forecast.sarima.batched.likelihood import deviance
from compute.forecast.sarima.batched.optimiser import Watch
from compute.forecast.sarima.batched.polynomials import are_roots_outside
from compute.forecast.sarima.batched.room import models_at_once
from compute.forecast.sarima.batched.search import climb_from, maximise
from compute.forecast.sarima.orders import Orders
from compute.forecast.selection.ranking import MIN_ROOT, MIN_ROOT_WITH_DRIFT, QUICK_STEPS, QUICK_TOLERANCE

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]

SMALL = 2  # largest p or q of models that are computed apart from larger ones, whose filters cost more
N_STARTS = 3  # of a wide search: as many as are followed on the CPU
GRAIN = 4096  # of a radius: roots are looked at as coarsely as on the CPU


@dataclass(frozen=True)
class Estimates:
    """What was found of J models.

    Attributes
    ----------
    coefficients : (J, most), each row (phi, theta, Phi, Theta) within the largest orders of all, zero elsewhere
    criterion : (J,) infinite where a model is refused
    """

    coefficients: Array
    criterion: Array


@dataclass(frozen=True)
class Subject:
    """Differenced series that orders are chosen for.

    Attributes
    ----------
    series : (n, B), zero behind each one's end; of size 1
    lengths : (B,)
    largest : of all orders that may be tried
    criterion : aicc, aic or bic
    is_differenced : (B,) so that a mean is a drift
    """

    series: Tensor
    lengths: Tensor
    largest: Orders
    criterion: str
    is_differenced: Tensor

    def rank(self, rows: Numbers, specs: Numbers, watch: Watch) -> Estimates:
        """Return rough estimates, by least squares in single precision: enough to compare by."""

        def estimate(batch: Batch, _: Tensor) -> tuple[Tensor, Tensor]:
            watch(0)
            rough = batch.to(torch.float32)
            tolerance = QUICK_TOLERANCE / rough.lengths.to(torch.float32)
            found = descend(rough, torch.zeros_like(rough.used, dtype=torch.float32), QUICK_STEPS, tolerance).x
            return found, deviance(rough, found)

        return self._estimate(rows, specs, None, estimate)

    def evaluate(self, rows: Numbers, specs: Numbers, start: Array) -> Estimates:
        """Return the models at given coefficients, (J, most)."""
        return self._estimate(rows, specs, start, lambda batch, x: (x, deviance(batch, x)))

    def climb(self, rows: Numbers, specs: Numbers, start: Array, watch: Watch) -> Estimates:
        """Return the maxima reached from coefficients, (J, most)."""

        def estimate(batch: Batch, x: Tensor) -> tuple[Tensor, Tensor]:
            best = climb_from(batch, x, watch)
            return best.coefficients, best.deviance

        return self._estimate(rows, specs, start, estimate)

    def search(self, rows: Numbers, specs: Numbers, watch: Watch) -> Estimates:
        """Return the maxima reached from several starts."""

        def estimate(batch: Batch, _: Tensor) -> tuple[Tensor, Tensor]:
            best = maximise(batch, N_STARTS, watch)
            return best.coefficients, best.deviance

        return self._estimate(rows, specs, None, estimate)

    def parts(self, rows: Numbers, specs: Numbers) -> Iterator[tuple[Numbers, Batch, Numbers]]:
        """Yield places among the models, their batch, and where its coefficients stand within the largest orders."""
        kinds = 2 * (specs[:, 2:4].max(axis=1, initial=0) > 0) + (specs[:, :2].max(axis=1, initial=0) > SMALL)
        for kind in np.unique(kinds):
            places = np.flatnonzero(kinds == kind)
            p, q, P, Q = specs[places, :4].max(axis=0).tolist()
            orders = Orders(p, 0, q, P, 0, Q, self.largest.m if P + Q else 1)
            most = models_at_once(orders, self.series.shape[0], self.series.device)
            for first in range(0, places.size, most):
                chosen = places[first : first + most]
                yield chosen, self._batch(orders, rows[chosen], specs[chosen]), self._where(orders)

    def _batch(self, orders: Orders, rows: Numbers, specs: Numbers) -> Batch:
        device = self.series.device
        columns = torch.as_tensor(rows, device=device)
        has_mean = torch.as_tensor(specs[:, 4] > 0, device=device)
        used = used_by(orders, specs, device)
        return Batch(orders, self.series[:, columns], self.lengths[columns], has_mean, used)

    def _where(self, orders: Orders) -> Numbers:
        o, largest = orders, self.largest
        firsts = np.cumsum([0, largest.p, largest.q, largest.P])
        blocks = zip(firsts.tolist(), (o.p, o.q, o.P, o.Q), strict=True)
        return np.concatenate([np.arange(first, first + count) for first, count in blocks])

    def _estimate(
        self,
        rows: Numbers,
        specs: Numbers,
        start: Array | None,
        estimate: Callable[[Batch, Tensor], tuple[Tensor, Tensor]],
    ) -> Estimates:
        found = Estimates(np.zeros((rows.size, self.largest.n_coefficients)), np.full(rows.size, np.inf))
        for places, batch, where in self.parts(rows, specs):
            begin = np.zeros((where.size, places.size)) if start is None else start[places][:, where].T
            x, value = estimate(batch, torch.as_tensor(begin, device=batch.series.device))
            criterion = self._judge(batch, rows[places], x, value.to(torch.float64))
            found.coefficients[places[:, None], where] = x.T.cpu().numpy()
            found.criterion[places] = criterion.cpu().numpy()
        return found

    def _judge(self, batch: Batch, rows: Numbers, x: Tensor, value: Tensor) -> Tensor:
        """Return the criterion, (J,), infinite where the model is refused: see `Ranker`."""
        n, k = batch.lengths, batch.used.sum(0) + batch.has_mean.long() + 1
        is_straight = batch.has_mean & self.is_differenced[torch.as_tensor(rows, device=x.device)]
        autoregressive = are_roots_outside(batch.orders, x, _radius(MIN_ROOT), (0, 2))
        average = are_roots_outside(batch.orders, x, _radius(MIN_ROOT), (1,))
        far_average = are_roots_outside(batch.orders, x, _radius(MIN_ROOT_WITH_DRIFT), (1,))
        is_sound = autoregressive & torch.where(is_straight, far_average, average) & value.isfinite()
        found = value + k * (n.to(value.dtype).log() if self.criterion == "bic" else 2.0)
        if self.criterion == "aicc":
            left = n - k - 1
            found = torch.where(left > 0, found + 2.0 * k * (k + 1) / left.clamp(min=1), torch.inf)
        return torch.where(is_sound, found, torch.inf)


def _radius(modulus: float) -> float:
    return 1.0 + float(np.ceil((modulus - 1.0) * GRAIN)) / GRAIN
