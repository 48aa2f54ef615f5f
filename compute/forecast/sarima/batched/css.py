"""Conditional least squares of many models by Levenberg-Marquardt: the method of `kernels/css.py` for a device.

An iteration tries one step of every model and measures its errors and their derivatives there: three filters, whatever
the number of models. Steps are refused, and damped, for each model alone.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from compute.forecast.sarima.batched.batch import Batch
from compute.forecast.sarima.batched.loop import put, running, take
from compute.forecast.sarima.batched.polynomials import (
    apply_autoregression,
    convolve,
    shift,
    split,
    to_partials,
    undo_moving_average,
)

MAX_TRIALS = 8  # dampings tried for one step


@dataclass(frozen=True)
class Descent:
    """Where each search is.

    Attributes
    ----------
    x, trial : (K, B) the best coefficients so far, and those to be tried
    best, damping : (B,) the sum of squares at x, and what the next step is damped by
    information, gradient : (K, K, B) and (K, B), J'J and J'e at x
    steps, refusals : (B,) taken, and refused since the last one
    is_done : (B,)
    """

    x: Tensor
    trial: Tensor
    best: Tensor
    damping: Tensor
    information: Tensor
    gradient: Tensor
    steps: Tensor
    refusals: Tensor
    is_done: Tensor


def descend(batch: Batch, start: Tensor, max_steps: int, tolerance: float | Tensor) -> Descent:
    """Return the least-squares estimates reached from admissible coefficients, (K, B).

    A search ends when a step gains less than `tolerance`, a number or (B,), of the sum of squares.
    """
    k, size = start.shape
    none = torch.zeros_like(start[:1].sum(0), dtype=torch.long)
    whole = Descent(
        x=start.clone(), trial=start.clone(), best=start.new_full((size,), torch.inf),
        damping=start.new_full((size,), 1e-3), information=start.new_zeros(k, k, size),
        gradient=torch.zeros_like(start), steps=none, refusals=none.clone(), is_done=none > 0,
    )  # fmt: skip
    if k == 0 or size == 0:
        return whole
    limits = torch.as_tensor(tolerance, dtype=start.dtype, device=start.device).expand(size)
    places = torch.arange(size, device=start.device)
    part, state, series, inside, limit = batch, whole, batch.centred(), batch.inside, limits
    for _ in range(2 * (max_steps + MAX_TRIALS)):
        state = _step(part, series, inside, state, max_steps, limit)
        keep = running(state.is_done)
        if keep is None:
            continue
        put(whole, places, state)
        if keep.numel() == 0:
            break
        part, state, places = part.at(keep), take(state, keep), places[keep]
        series, inside, limit = series[:, keep], inside[:, keep], limit[keep]
    else:
        put(whole, places, state)
    return whole


def sum_squares(batch: Batch, coefficients: Tensor) -> tuple[Tensor, Tensor]:
    """Return the sum of squares, (B,), and J'J, (K, K, B), at admissible coefficients."""
    series, inside = batch.centred(), batch.inside
    counted = inside * (torch.arange(len(inside), device=inside.device)[:, None] >= batch.ar_degree)
    errors = _errors(batch, series, counted, inside, coefficients)
    information, _ = _normal_equations(batch, series, errors, counted, inside, coefficients)
    return (errors * errors).sum(0), information


def _step(batch: Batch, series: Tensor, inside: Tensor, s: Descent, max_steps: int, tolerance: Tensor) -> Descent:
    """Try the step of every search and return where that leaves it, with the next step."""
    counted = inside * (torch.arange(len(inside), device=inside.device)[:, None] >= batch.ar_degree)
    is_admissible = to_partials(batch.orders, s.trial)[1]
    trial = torch.where(is_admissible, s.trial, s.x)
    errors = _errors(batch, series, counted, inside, trial)
    total = (errors * errors).sum(0)
    is_better = is_admissible & (total < s.best) & ~s.is_done
    gain = s.best - total
    x, best = torch.where(is_better, trial, s.x), torch.where(is_better, total, s.best)
    is_last = is_better & ((s.steps >= max_steps) | (gain <= tolerance * best))
    refusals = torch.where(is_better, 0, s.refusals + 1)
    is_done = s.is_done | is_last | (refusals > MAX_TRIALS) | ~best.isfinite()
    damping = torch.where(is_better, s.damping * 0.2, s.damping.clamp(min=1e-4) * 8)
    information, gradient = _normal_equations(batch, series, errors, counted, inside, trial)
    is_fresh = is_better & ~is_last
    information = torch.where(is_fresh, information, s.information)
    gradient = torch.where(is_fresh, gradient, s.gradient)
    system = information.permute(2, 0, 1)
    scale = system.diagonal(dim1=-2, dim2=-1)
    idle = (~batch.used.T).to(scale.dtype)  # unused coefficients stay where they are
    system = system + torch.diag_embed(damping[:, None] * scale + torch.finfo(scale.dtype).tiny + idle)
    move, _ = torch.linalg.solve_ex(system, gradient.T[..., None])
    return Descent(
        x=x, trial=x - move[..., 0].T, best=best, damping=damping, information=information, gradient=gradient,
        steps=s.steps + is_better, refusals=refusals, is_done=is_done,
    )  # fmt: skip


def _errors(batch: Batch, series: Tensor, counted: Tensor, inside: Tensor, coefficients: Tensor) -> Tensor:
    """Return the errors, (n, B), the first of which, as many as the autoregression reaches back, are zero."""
    driven = apply_autoregression(batch.orders, coefficients, series) * counted
    return undo_moving_average(batch.orders, coefficients, driven[:, None])[:, 0] * inside


def _normal_equations(
    batch: Batch, series: Tensor, errors: Tensor, counted: Tensor, inside: Tensor, coefficients: Tensor
) -> tuple[Tensor, Tensor]:
    """Return J'J, (K, K, B), and J'e, (K, B), for `de/dphi_i = -B^i Phi(B)/ma(B) w`, and alike for the others."""
    orders = batch.orders
    phi, theta, seasonal_phi, seasonal_theta = split(orders, coefficients)
    m = orders.m
    bases = (
        (orders.p, 1, convolve(series, -seasonal_phi, m)),
        (orders.q, 1, convolve(errors, seasonal_theta, m)),
        (orders.P, m, convolve(series, -phi)),
        (orders.Q, m, convolve(errors, theta)),
    )
    rows = [-shift(base, lag * spacing) for count, spacing, base in bases for lag in range(1, count + 1)]
    driven = torch.stack(rows, dim=1) * counted[:, None] * batch.used
    jacobian = undo_moving_average(orders, coefficients, driven) * inside[:, None]
    turned = jacobian.permute(2, 1, 0)  # (B, K, n)
    information = (turned @ turned.mT).permute(1, 2, 0)
    return information, (jacobian * errors[:, None]).sum(0)
