"""Covariance of what the unobserved past adds to the first values: see `presample.py` above for the formula."""

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import pad

from compute.forecast.sarima.batched.polynomials import convolve, expand, split
from compute.forecast.sarima.batched.recursion import recur
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.presample import SMALLEST_PIVOT


def presample_covariance(orders: Orders, coefficients: Tensor) -> Tensor:
    """Return Cov(c) / sigma2 of every model, (B, r, r), r the memory of the largest orders; not finite where there is
    none.
    """
    phi, theta, seasonal_phi, seasonal_theta = split(orders, coefficients)
    ma = expand(orders, theta, seasonal_theta).T  # (B, degree + 1)
    p, q, r = orders.ar_degree, orders.ma_degree, orders.memory
    moving = _take(ma, _anti_diagonals(1, r, q, ma.device))  # (B, r, q)
    covariance = moving @ moving.mT
    if p == 0:
        return covariance
    ar = expand(orders, -phi, -seasonal_phi).T
    psi = _impulse_response(orders, coefficients, q + 1).T
    regressive = -_take(ar, _anti_diagonals(1, r, p, ma.device))  # (B, r, p)
    gamma = _autocovariances(ar, ma, psi)
    covariance = covariance + regressive @ gamma[:, _lags(p, ma.device)] @ regressive.mT
    if q == 0:
        return covariance
    cross = regressive @ _take(psi, _leads(p, q, ma.device)) @ moving.mT
    return covariance + cross + cross.mT


def _impulse_response(orders: Orders, coefficients: Tensor, n: int) -> Tensor:
    """Return the first psi weights of the undifferenced model, (n, B)."""
    phi, theta, seasonal_phi, seasonal_theta = split(orders, coefficients)
    impulse = pad(coefficients.new_ones(1, 1, coefficients.shape[1]), (0, 0, 0, 0, 0, n - 1))
    moved = convolve(convolve(impulse, theta), seasonal_theta, orders.m)
    return recur(recur(moved, -phi), -seasonal_phi, orders.m)[:, 0]


def _autocovariances(ar: Tensor, ma: Tensor, psi: Tensor) -> Tensor:
    """Return autocovariances 0..p over sigma2, (B, p + 1), from `sum_i ar_i gamma_|k-i| = sum_j ma_(k+j) psi_j`."""
    p, q = ar.shape[1] - 1, ma.shape[1] - 1
    system = _take(ar, _behind(p, ar.device))
    ahead = _take(ar, _anti_diagonals(0, p + 1, p + 1, ar.device))
    system = torch.cat([system[..., :1], system[..., 1:] + ahead[..., 1:]], dim=-1)
    right = _take(ma, _anti_diagonals(0, p + 1, q + 1, ma.device)) @ psi[..., None]
    factors, pivots, _ = torch.linalg.lu_factor_ex(system)
    gamma = torch.linalg.lu_solve(factors, pivots, right)[..., 0]
    is_sound = factors.diagonal(dim1=-2, dim2=-1).abs().amin(dim=-1) > SMALLEST_PIVOT
    return torch.where(is_sound[:, None], gamma, torch.nan)


def _take(polynomials: Tensor, places: Tensor) -> Tensor:
    """Return matrices of the polynomials' coefficients, (B, *places); places beyond the end are zero."""
    return pad(polynomials, (0, 1))[:, places]


@lru_cache(maxsize=256)
def _anti_diagonals(first: int, rows: int, columns: int, device: torch.device) -> Tensor:
    """Return the index matrix of `H[i, j] = polynomial[first + i + j]` of degree first + columns - 1."""
    places = first + torch.arange(rows)[:, None] + torch.arange(columns)
    return places.clamp(max=first + columns).to(device)


@lru_cache(maxsize=256)
def _behind(p: int, device: torch.device) -> Tensor:
    """Return where `ar_(k-j)`, (p + 1, p + 1), stand in a padded ar."""
    back = torch.arange(p + 1)[:, None] - torch.arange(p + 1)
    return torch.where(back >= 0, back, p + 1).to(device)


@lru_cache(maxsize=256)
def _lags(p: int, device: torch.device) -> Tensor:
    return (torch.arange(p)[:, None] - torch.arange(p)).abs().to(device)


@lru_cache(maxsize=256)
def _leads(p: int, q: int, device: torch.device) -> Tensor:
    lead = torch.arange(q) - torch.arange(p)[:, None]
    return torch.where(lead >= 0, lead, q + 1).to(device)
