"""Lag polynomials of many models at once, and their coordinates without bounds: see `polynomials.py` above."""

import torch
from torch import Tensor
from torch.nn.functional import pad

from compute.forecast.sarima.batched.recursion import recur
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import MAX_PARTIAL

Parts = tuple[Tensor, Tensor, Tensor, Tensor]


def split(orders: Orders, coefficients: Tensor) -> Parts:
    """Return the parts (phi, theta, Phi, Theta) of coefficients, (K, ...)."""
    phi, theta, seasonal_phi, seasonal_theta = torch.split(coefficients, [orders.p, orders.q, orders.P, orders.Q])
    return phi, theta, seasonal_phi, seasonal_theta


def to_coefficients(orders: Orders, free: Tensor, used: Tensor) -> Tensor:
    """Return the stationary, invertible coefficients at unbounded points, (K, B); those not used are zero."""
    partials = free.tanh().clamp(-MAX_PARTIAL, MAX_PARTIAL) * used
    phi, theta, seasonal_phi, seasonal_theta = (_from_partials(part) for part in split(orders, partials))
    return torch.cat([phi, -theta, seasonal_phi, -seasonal_theta])


def to_free(orders: Orders, coefficients: Tensor, bound: float) -> Tensor:
    """Return the unbounded points of admissible coefficients, (K, B), none further out than `bound`."""
    partials, _ = to_partials(orders, coefficients)
    return partials.clamp(-MAX_PARTIAL, MAX_PARTIAL).atanh().clamp(-bound, bound)


def to_partials(orders: Orders, coefficients: Tensor) -> tuple[Tensor, Tensor]:
    """Return the partial autocorrelations of every factor, (K, B), and which models have all inside (-1, 1), (B,)."""
    is_inside = torch.ones(coefficients.shape[1:], dtype=torch.bool, device=coefficients.device)
    found = []
    for sign, part in zip((1, -1, 1, -1), split(orders, coefficients), strict=True):
        partials = sign * part
        for k in range(part.shape[0] - 1, -1, -1):
            last = partials[k]
            is_inside = is_inside & (last.abs() <= MAX_PARTIAL)
            if k:
                lower = (partials[:k] + last * partials[:k].flip(0)) / (1 - last * last)
                partials = torch.cat([lower, partials[k:]])
        found.append(partials)
    return torch.cat(found), is_inside


def are_roots_outside(orders: Orders, coefficients: Tensor, radius: float, blocks: tuple[int, ...]) -> Tensor:
    """Return whether the roots of the given factors, seasonal ones in powers of B^m, lie outside a circle, (B,)."""
    stretched = [
        part * (radius if block in blocks else 0.0) ** torch.arange(1, part.shape[0] + 1, device=part.device)[:, None]
        for block, part in enumerate(split(orders, coefficients))
    ]
    return to_partials(orders, torch.cat(stretched))[1]


def expand(orders: Orders, short: Tensor, seasonal: Tensor) -> Tensor:
    """Return `(1 + sum_i short_i B^i) (1 + sum_j seasonal_j B^(m j))`, (degree + 1, B), lowest power first."""
    first = torch.cat([short.new_ones(1, short.shape[1]), short])
    degree = short.shape[0] + orders.m * seasonal.shape[0]
    whole = pad(first, (0, 0, 0, degree + 1 - first.shape[0]))
    for j in range(seasonal.shape[0]):
        before = orders.m * (j + 1)
        whole = whole + pad(seasonal[j] * first, (0, 0, before, degree + 1 - before - first.shape[0]))
    return whole


def convolve(rows: Tensor, weights: Tensor, spacing: int = 1) -> Tensor:
    """Return `(1 + sum_j weights_j B^(j spacing))` applied to rows, (n, ..., B), with zeros before them."""
    n, result = rows.shape[0], rows
    for j in range(weights.shape[0]):
        lag = spacing * (j + 1)
        if lag < n:
            result = result + weights[j] * shift(rows, lag)
    return result


def shift(rows: Tensor, lag: int) -> Tensor:
    """Return rows, (n, ..., B), a few steps later, zeros first."""
    return pad(rows[: max(rows.shape[0] - lag, 0)], (*(0, 0) * (rows.dim() - 1), min(lag, rows.shape[0]), 0))


def undo_moving_average(orders: Orders, coefficients: Tensor, rows: Tensor) -> Tensor:
    """Return `1 / (theta(B) Theta(B^m))` applied to rows, (n, columns, B)."""
    _, theta, _, seasonal_theta = split(orders, coefficients)
    return recur(recur(rows, theta), seasonal_theta, orders.m)


def apply_autoregression(orders: Orders, coefficients: Tensor, rows: Tensor) -> Tensor:
    """Return `phi(B) Phi(B^m)` applied to rows, (n, ..., B)."""
    phi, _, seasonal_phi, _ = split(orders, coefficients)
    return convolve(convolve(rows, -phi), -seasonal_phi, orders.m)


def _from_partials(partials: Tensor) -> Tensor:
    """Durbin-Levinson recursion from partial autocorrelations to autoregressive coefficients, (k, B)."""
    phi = partials
    for k in range(1, partials.shape[0]):
        phi = torch.cat([phi[:k] - partials[k] * phi[:k].flip(0), partials[k:]])
    return phi
