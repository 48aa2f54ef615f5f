"""The recursion `y_t = x_t - sum_j theta_j y_(t-j)` of all series, in about sqrt(n) operations and differentiable.

Time is cut into blocks, which all run from zero at the same time; then the blocks' ends are carried from one to the
next, and what came before each block is added to it. The same sums as step by step, in another order; nothing is
divided, so roots at the unit circle do no harm. The derivative is the same recursion backwards in time.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def recur(rows: Tensor, theta: Tensor, spacing: int = 1) -> Tensor:
    """Return `1 / (1 + sum_j theta_j B^(j spacing))` applied to rows, (n, columns, B), with zeros before them.

    `theta`, (k, B). About `k L + 2 n / L` operations for blocks of L = sqrt(2 n) steps; n counts seasons where there is
    a spacing, whose places run side by side.
    """
    if theta.shape[0] == 0:
        return rows
    n, columns, size = rows.shape
    if spacing == 1:
        return _apply(rows, theta)
    seasons = -(-n // spacing)
    padded = torch.nn.functional.pad(rows, (0, 0, 0, 0, 0, seasons * spacing - n))
    return _apply(padded.reshape(seasons, spacing * columns, size), theta).reshape(-1, columns, size)[:n]


class _Recursion(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, rows: Tensor, theta: Tensor) -> Tensor:
        result = _run(rows, theta)
        ctx.save_for_backward(result, theta)
        return result

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor, Tensor]:
        result, theta = ctx.saved_tensors
        of_rows = _run(upstream[0].flip(0), theta).flip(0)
        n = result.shape[0]
        of_theta = [-(of_rows[lag:] * result[: max(n - lag, 0)]).sum((0, 1)) for lag in range(1, theta.shape[0] + 1)]
        return of_rows, torch.stack(of_theta)


_apply: Callable[[Tensor, Tensor], Tensor] = _Recursion.apply


def _run(rows: Tensor, theta: Tensor) -> Tensor:
    (n, columns, size), k = rows.shape, theta.shape[0]
    length = max(k, int((2 * n) ** 0.5), 1)
    blocks = -(-n // length)
    room = rows.new_zeros(length + k, blocks * columns + k, size)  # k steps before each block, and k pasts of ones
    padded = torch.nn.functional.pad(rows, (0, 0, 0, 0, 0, blocks * length - n)).view(blocks, length, columns, size)
    started, response = room[k:, : blocks * columns].view(length, blocks, columns, size), room[k:, blocks * columns :]
    started.copy_(padded.transpose(0, 1))
    for lag in range(k):
        room[k - 1 - lag, blocks * columns + lag] = 1.0
    for t in range(k, length + k):
        for lag in range(k):
            room[t].addcmul_(theta[lag], room[t - 1 - lag], value=-1)
    if blocks > 1:
        pasts = _carry(started[length - k :].flip(0), response[length - k :].flip(0))  # (k, blocks, columns, B)
        for lag in range(k):
            started.addcmul_(response[:, lag, None, None], pasts[lag])
    return started.transpose(0, 1).reshape(blocks * length, columns, size)[:n]


def _carry(ends: Tensor, through: Tensor) -> Tensor:
    """Return the last k values before each block, the nearest first, (k, blocks, columns, B).

    Parameters
    ----------
    ends : (k, blocks, columns, B) last values of each block when it begins from zero, the last first
    through : (k, k, B) last values of a block of zeros, by which of the values before it is one
    """
    pasts = torch.zeros_like(ends)
    for block in range(1, ends.shape[1]):
        moved = (through[:, :, None] * pasts[None, :, block - 1]).sum(1)
        torch.add(ends[:, block - 1], moved, out=pasts[:, block])
    return pasts
