"""Forecasts of many fitted series and the standard deviations of their errors."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import pad

from compute.forecast.sarima.batched.batch import Batch
from compute.forecast.sarima.batched.likelihood import Projection, project
from compute.forecast.sarima.batched.polynomials import convolve, expand, split


@dataclass(frozen=True)
class Outlook:
    """Forecasts, (horizon, B), deviations of their errors, that of the estimates not counted, and sigma and mean, (B,),
    all in the series' units.
    """

    mean: Tensor
    deviation: Tensor
    sigma: Tensor
    drift: Tensor


def look_ahead(
    batch: Batch, coefficients: Tensor, differences: tuple[int, int], levels: Tensor, scales: Tensor, horizon: int
) -> Outlook:
    """Return the forecasts at given coefficients, (K, B).

    One pass over the horizon, two operations a step.

    Parameters
    ----------
    differences : d and D, that led from the levels to the batch
    levels : (ar degree + lost, B) or more of the last values before differencing
    scales : (B,) of the batch's unit
    """
    orders = batch.orders
    phi, theta, seasonal_phi, seasonal_theta = split(orders, coefficients)
    found = project(batch, coefficients)
    degrees = (batch.lengths - batch.used.sum(0) - batch.has_mean.long()).clamp(min=1)
    sigma = (found.sum_of_squares / degrees).sqrt() * scales
    ar = expand(orders, -phi, -seasonal_phi)
    inputs, covariance = _inputs(batch, found, expand(orders, theta, seasonal_theta), scales, horizon)
    inputs[:, 0] += ar.sum(0) * found.mean * scales
    unit = _with_differences(ar, orders.m, differences)
    degree, count = unit.shape[0] - 1, inputs.shape[1]
    states = torch.cat([inputs.new_zeros(degree, count, batch.size), inputs])
    states[:degree, 0] = levels[levels.shape[0] - degree :]
    backwards = unit[1:].flip(0)[:, None]
    for h in range(horizon):
        states[degree + h] -= (backwards * states[h : h + degree]).sum(0)
    ahead = states[degree:]
    unknown = ahead[:, 2:].permute(2, 0, 1)  # (B, horizon, r)
    left_open = ((unknown @ covariance) * unknown).sum(-1).T.clamp(min=0.0)
    deviation = sigma * (ahead[:, 1].square().cumsum(0) + left_open).sqrt()
    return Outlook(ahead[:, 0], deviation, sigma, found.mean * scales)


def _inputs(batch: Batch, found: Projection, ma: Tensor, scales: Tensor, horizon: int) -> tuple[Tensor, Tensor]:
    """Return what drives the forecast, the psi weights and the unobserved past's effects, (horizon, 2 + r, B), and the
    covariance over sigma2 of what is still unknown of that past, (B, r, r).
    """
    r = found.past.shape[1]
    inputs = ma.new_zeros(horizon, 2 + r, batch.size)
    inputs[: ma.shape[0], 1] = ma[:horizon]
    if r == 0:
        return inputs, found.covariance
    ahead = pad(ma, (0, 0, 0, 1)).T[:, _sums(horizon, r, ma.shape[0], ma.device)]  # (B, horizon, r): ma_(h + k)
    back = torch.arange(2 * r, device=ma.device)[:, None]
    places = batch.lengths - back
    response = torch.where(places >= 0, found.response.gather(0, places.clamp(0, len(found.response) - 1)), 0.0)
    effects = response.T[:, _sums(r, r, 2 * r, ma.device)]  # (B, k, i): h_(n - k - i)
    past = (found.past[..., 0] - found.mean[:, None] * found.past[..., 1])[..., None]
    errors = found.errors[:, 0] - found.mean * found.errors[:, 1]
    recent = errors.gather(0, places[1 : r + 1].clamp(min=0)).T[..., None] - effects @ past
    inputs[:, 0] = (ahead @ recent)[..., 0].T * scales
    inputs[:, 2:] = -(ahead @ effects).permute(1, 2, 0)
    system = found.covariance @ found.seen + torch.eye(r, dtype=ma.dtype, device=ma.device)
    covariance, _ = torch.linalg.solve_ex(system, found.covariance)
    return inputs, covariance


def _with_differences(ar: Tensor, m: int, differences: tuple[int, int]) -> Tensor:
    """Return `ar(B) (1-B)^d (1-B^m)^D`, (degree + 1, B)."""
    d, D = differences
    unit = pad(ar, (0, 0, 0, d + m * D))
    minus = -ar.new_ones(1, ar.shape[1])
    for spacing in (*[1] * d, *[m] * D):
        unit = convolve(unit, minus, spacing)
    return unit


@lru_cache(maxsize=256)
def _sums(rows: int, columns: int, size: int, device: torch.device) -> Tensor:
    """Return `row + column + 1` for rows and columns from 0, at most `size`."""
    sums = torch.arange(rows)[:, None] + torch.arange(1, columns + 1)
    return sums.clamp(max=size).to(device)
