"""Two regressions for starts: Yule and Walker's long autoregression, and the series on its past and its errors'.

Source: Hannan & Rissanen 1982, as in `kernels/starts.py`. Every series has its own number of long lags.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from compute.forecast.sarima.batched.batch import Batch
from compute.forecast.sarima.batched.polynomials import shift, to_partials

SHRINK = 0.9  # of the roots of a regression, until it is stationary and invertible
MAX_SHRINKS = 40


@dataclass(frozen=True)
class LongRegression:
    """A long autoregression of each series.

    Attributes
    ----------
    slopes : (lags, B), zero beyond each one's own number of lags
    lags : (B,)
    errors : (n, B), zero for the first `lags` steps and behind the end
    """

    slopes: Tensor
    lags: Tensor
    errors: Tensor


def regress_long(batch: Batch, centred: Tensor) -> LongRegression:
    """Return the long autoregression of series without their means, (n, B), by Levinson's recursion."""
    n, lengths = centred.shape[0], batch.lengths
    m, (p, q, P) = batch.orders.m, (batch.orders.p, batch.orders.q, batch.orders.P)
    ma_degree = batch.used[p : p + q].sum(0) + m * batch.used[p + q + P :].sum(0)
    memory = torch.maximum(batch.ar_degree, ma_degree)
    wanted = torch.maximum(2 * memory, (10 * lengths.to(centred.dtype).log10()).long())
    lags = torch.minimum(wanted, lengths // 4)
    most = max(1, min(max(2 * batch.orders.memory, int(10 * torch.tensor(float(n)).log10())), n // 4))
    covariances = torch.stack([(centred[lag:] * centred[: n - lag]).sum(0) for lag in range(most + 1)])
    slopes, remaining = torch.zeros_like(covariances), covariances[0]
    for k in range(1, most + 1):
        explained = (slopes[1:k] * covariances[1:k].flip(0)).sum(0)
        partial = torch.where((k <= lags) & (remaining > 0), (covariances[k] - explained) / remaining, 0.0)
        lower = slopes[1:k] - partial * slopes[1:k].flip(0)
        slopes = torch.cat([slopes[:1], lower, partial[None], slopes[k + 1 :]])
        remaining = remaining * (1 - partial * partial)
    errors = centred
    for lag in range(1, most + 1):
        errors = errors - slopes[lag] * shift(centred, lag)
    steps = torch.arange(n, device=centred.device)[:, None]
    return LongRegression(slopes[1:], lags, errors * ((steps >= lags) & (steps < lengths)))


def regress_short(batch: Batch, centred: Tensor, long: LongRegression) -> Tensor:
    """Return coefficients, (K, B), stationary and invertible; zeros where a series is too short to regress."""
    lags = lags_of(batch)
    device = centred.device
    steps = torch.arange(centred.shape[0], device=device)[:, None]
    reach = torch.where(batch.used, torch.tensor(lags, device=device)[:, None], 0).amax(0)
    first = long.lags + reach
    is_counted = ((steps >= first) & (steps < batch.lengths)).to(centred.dtype)
    sources = [centred if is_regressive else long.errors for is_regressive in _are_regressive(batch)]
    rows = torch.stack([shift(source, lag) for source, lag in zip(sources, lags, strict=True)], dim=1)
    rows = (rows * is_counted[:, None] * batch.used).permute(2, 1, 0)  # (B, K, n)
    system = rows @ rows.mT
    idle = (~batch.used.T).to(rows.dtype)
    system = system + torch.diag_embed(1e-10 * system.diagonal(dim1=-2, dim2=-1) + idle)
    found, _ = torch.linalg.solve_ex(system, rows @ centred.T[..., None])
    is_long = (batch.lengths - first >= 2 * batch.used.sum(0) + 2) & (long.lags >= 1)
    slopes = torch.where(is_long & found[..., 0].isfinite().all(1), found[..., 0].T, 0.0)
    return _bring_inside(batch, slopes)


def lags_of(batch: Batch) -> list[int]:
    """Return the lag of each coefficient of the largest orders."""
    o = batch.orders
    blocks = ((o.p, 1), (o.q, 1), (o.P, o.m), (o.Q, o.m))
    return [i * spacing for count, spacing in blocks for i in range(1, count + 1)]


def _are_regressive(batch: Batch) -> list[bool]:
    o = batch.orders
    return [True] * o.p + [False] * o.q + [True] * o.P + [False] * o.Q


def _bring_inside(batch: Batch, slopes: Tensor) -> Tensor:
    """Shrink the roots of every factor until all are admissible."""
    o = batch.orders
    powers = torch.tensor([i for count in (o.p, o.q, o.P, o.Q) for i in range(1, count + 1)], device=slopes.device)
    factors = (SHRINK**powers)[:, None].to(slopes.dtype)
    for _ in range(MAX_SHRINKS):
        is_inside = to_partials(o, slopes)[1]
        if bool(is_inside.all()):
            return slopes
        slopes = torch.where(is_inside, slopes, slopes * factors)
    return torch.where(to_partials(o, slopes)[1], slopes, 0.0)
