"""Minus twice the exact log-likelihood of many complete series: the form of `kernels/likelihood.py` for a device."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from compute.forecast.sarima.batched.batch import Batch
from compute.forecast.sarima.batched.polynomials import apply_autoregression, undo_moving_average
from compute.forecast.sarima.batched.presample import presample_covariance

LOG_2PI = math.log(2 * math.pi)


@dataclass(frozen=True)
class Projection:
    """The errors of the series, and what they say of the unobserved past.

    Attributes
    ----------
    errors : (n, 2, B) of the series and of its mean (zeros without one), from a past of zeros; zero behind the end
    response : (n, B) impulse response h of 1/ma
    past : (B, r, 2) best estimates of the past's effect, by the series and by its mean
    covariance : (B, r, r) of the past's effect over sigma2, before anything was observed
    seen : (B, r, r) `H'H`, H with h shifted by 0..r-1 in its columns
    deviance : (B,) -2 log-likelihood; infinite where it cannot be computed
    mean, sum_of_squares : (B,) at their best
    """

    errors: Tensor
    response: Tensor
    past: Tensor
    covariance: Tensor
    seen: Tensor
    deviance: Tensor
    mean: Tensor
    sum_of_squares: Tensor


def deviance(batch: Batch, coefficients: Tensor) -> Tensor:
    """Return -2 log-likelihood at admissible coefficients, (B,), infinite where it cannot be computed."""
    return project(batch, coefficients).deviance


def project(batch: Batch, coefficients: Tensor) -> Projection:
    """Return everything that one evaluation at admissible coefficients, (K, B), finds; differentiable."""
    orders, inside, n = batch.orders, batch.inside, batch.series.shape[0]
    columns = torch.stack([batch.series, inside * batch.has_mean], dim=1)
    impulse = torch.zeros_like(columns[:, :1])
    impulse[0] = 1.0
    errors = torch.cat([apply_autoregression(orders, coefficients, columns), impulse], dim=1)
    errors = undo_moving_average(orders, coefficients, errors)
    response, errors = errors[:, 2], errors * inside[:, None]
    r = min(orders.memory, n)
    products = (errors[:, :2, None] * errors[:, None, :2]).sum(0).permute(2, 0, 1)  # (B, 2, 2)
    past, covariance = errors.new_zeros(batch.size, r, 2), errors.new_zeros(batch.size, r, r)
    log_determinant, seen = torch.zeros_like(products[:, 0, 0]), covariance
    if r:
        effects = undo_moving_average(orders, coefficients, errors.flip(0)).flip(0)[:r].permute(2, 0, 1)  # H'Y
        seen = _response_products(effects[..., 2], response, batch.lengths)
        covariance = presample_covariance(orders, coefficients)[:, :r, :r]
        factors, pivots, _ = torch.linalg.lu_factor_ex(
            covariance @ seen + torch.eye(r, dtype=errors.dtype, device=errors.device)
        )
        past = torch.linalg.lu_solve(factors, pivots, covariance @ effects[..., :2])
        products = products - effects[..., :2].mT @ past
        log_determinant = factors.diagonal(dim1=-2, dim2=-1).abs().log().sum(-1)
    squares, mean = products[:, 0, 0], torch.zeros_like(products[:, 0, 0])
    precision = torch.where(batch.has_mean, products[:, 1, 1], 1.0)
    mean = torch.where(batch.has_mean, products[:, 0, 1] / precision, 0.0)
    squares = squares - mean * products[:, 0, 1]
    value = batch.lengths * (LOG_2PI + 1 + (squares / batch.lengths).log()) + log_determinant
    is_sound = (squares > 0) & (precision > 0) & value.isfinite()
    value = torch.where(is_sound, value, math.inf)
    return Projection(errors[:, :2], response, past, covariance, seen, value, mean, squares)


def _response_products(first: Tensor, response: Tensor, lengths: Tensor) -> Tensor:
    """Return H'H, (B, r, r), from its first row, (B, r): that of an endless sample less what lies behind the end.

    `G[i, j] = G[0, |i - j|] - sum_(u=1..min(i, j)) h[n - u] h[n - u - |i - j|]`, a product of triangular matrices.
    """
    r = first.shape[1]
    backwards = torch.arange(r, device=first.device)
    places = lengths - backwards[:, None]  # (r, B): n - k
    last = torch.where(places >= 0, response.gather(0, places.clamp(0, response.shape[0] - 1)), 0.0).T  # (B, r)
    lags = backwards[:, None] - backwards
    behind = last[:, lags.clamp(min=0)] * (lags > 0)  # `h[n - (i - v)]` in row i, column v
    return first[:, lags.abs()] - behind @ behind.mT
