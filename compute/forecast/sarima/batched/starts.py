"""Where the searches begin: two regressions, white noise, corners and cycles, as in `kernels/starts.py`."""

import math

import torch
from torch import Tensor

from compute.forecast.sarima.batched.batch import Batch
from compute.forecast.sarima.batched.polynomials import to_coefficients
from compute.forecast.sarima.batched.regression import LongRegression, regress_long, regress_short

# As in `kernels/starts.py`, which says what they are.
CYCLE_RADIUS, DAMPED_RADIUS = 0.98, 0.8
CORNERS = ((1.0, -1.0), (1.0, -0.5), (-0.5, 0.5), (-0.5, -1.0), (0.5, 2.0))
FREQUENCIES = 128
N_REGRESSED = 2  # of the starts, the first: least squares improve them, and they are no region of their own


def choose_starts(batch: Batch) -> tuple[Tensor, Tensor]:
    """Return starts, (S, K, B), and which of them a model has, (S, B)."""
    orders, centred = batch.orders, batch.centred()
    long = regress_long(batch, centred)
    regressed = regress_short(batch, centred, long)
    kinds = torch.tensor([kind for kind in range(4) for _ in range((orders.p, orders.q, orders.P, orders.Q)[kind])])
    is_regressive = (kinds % 2 == 0).to(centred.device)[:, None]
    shape = regressed.shape
    starts = [regressed, torch.zeros_like(regressed)]
    for ar, ma in CORNERS:
        free = torch.where(is_regressive, ar, ma).to(regressed.dtype).expand(shape)
        starts.append(to_coefficients(orders, free, batch.used))
    has = [torch.ones_like(batch.has_mean)] * len(starts)
    if orders.p >= 2:
        for cosine, is_there in _cycles(long):
            starts.append(_cycle(batch, cosine, shape))
            has.append(is_there & batch.used[1])
    return torch.stack(starts), torch.stack(has)


def _cycles(long: LongRegression) -> list[tuple[Tensor, Tensor]]:
    """Return the cosines of the two highest peaks of the long autoregression's spectrum, and where there are such."""
    frequencies = torch.arange(FREQUENCIES + 1, device=long.slopes.device) * (math.pi / FREQUENCIES)
    lags = torch.arange(1, long.slopes.shape[0] + 1, device=long.slopes.device)
    angles = (frequencies[:, None] * lags).to(long.slopes.dtype)
    real, imaginary = 1 - angles.cos() @ long.slopes, angles.sin() @ long.slopes
    powers = real.square() + imaginary.square()  # reciprocal ones, (frequencies, B)
    middle = powers[1:-1]
    is_peak = (middle <= powers[:-2]) & (middle <= powers[2:])
    heights = torch.where(is_peak, middle, math.inf)
    lowest, places = heights.topk(min(2, heights.shape[0]), dim=0, largest=False)
    cosines = frequencies[places + 1].cos().to(powers.dtype)
    return list(zip(cosines, lowest.isfinite(), strict=True))


def _cycle(batch: Batch, cosine: Tensor, shape: torch.Size) -> Tensor:
    """Return a cycle, damped by a moving average where the model has one of two coefficients, (K, B)."""
    p = batch.orders.p
    start = torch.zeros(shape, dtype=cosine.dtype, device=cosine.device)
    start[0], start[1] = 2 * CYCLE_RADIUS * cosine, -(CYCLE_RADIUS**2)
    if batch.orders.q >= 2:
        has_pair = batch.used[p + 1]
        start[p] = torch.where(has_pair, -2 * DAMPED_RADIUS * cosine, 0.0)
        start[p + 1] = torch.where(has_pair, DAMPED_RADIUS**2, 0.0)
    return start
