"""What least squares know of the curvature of the likelihood, in the coordinates in which it is searched."""

import torch
from torch import Tensor

from compute.forecast.sarima.batched.batch import Batch
from compute.forecast.sarima.batched.css import sum_squares
from compute.forecast.sarima.batched.polynomials import to_coefficients

WIDTH = 1e-6  # of the differences by which the coordinates' slopes are taken
RIDGE, LEAST = 1e-6, 1e-8  # of the largest curvature, and at least


def inverse_curvature(batch: Batch, free: Tensor) -> Tensor:
    """Return the inverses of twice the least-squares information at unbounded points, (K, K, B).

    The identity over the length of the series where that cannot be had.
    """
    squares, information = sum_squares(batch, to_coefficients(batch.orders, free, batch.used))
    variance = (squares / batch.lengths).clamp(min=1e-300)
    slopes = _slopes(batch, free)  # (B, K, K), of each coefficient by each coordinate
    curvature = 2 * slopes.mT @ information.permute(2, 0, 1) @ slopes / variance[:, None, None]
    diagonal = curvature.diagonal(dim1=-2, dim2=-1)
    ridge = (RIDGE * diagonal.amax(1)).clamp(min=LEAST)
    idle = (~batch.used.T).to(free.dtype)
    inverse, failed = torch.linalg.inv_ex(curvature + torch.diag_embed(ridge[:, None] + idle))
    plain = torch.eye(free.shape[0], dtype=free.dtype, device=free.device) / batch.lengths[:, None, None]
    is_sound = (failed == 0) & inverse.isfinite().flatten(1).all(1)
    return torch.where(is_sound[:, None, None], inverse, plain).permute(1, 2, 0).contiguous()


def _slopes(batch: Batch, free: Tensor) -> Tensor:
    """Return the derivatives of the coefficients by the coordinates, (B, coefficients, coordinates)."""
    k, size = free.shape
    steps = WIDTH * torch.eye(k, dtype=free.dtype, device=free.device)[:, :, None]
    moved = torch.stack([free[:, None] + steps, free[:, None] - steps])  # (2, K, coordinates, B)
    flat = moved.transpose(0, 1).reshape(k, 2 * k * size)
    used = batch.used[:, None].expand(k, 2 * k, size).reshape(k, -1)
    ahead, behind = to_coefficients(batch.orders, flat, used).view(k, 2, k, size).unbind(1)
    return ((ahead - behind) / (2 * WIDTH)).permute(2, 0, 1)
