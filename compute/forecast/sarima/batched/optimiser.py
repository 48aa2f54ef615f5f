"""Quasi-Newton maximisation of many likelihoods over unbounded coordinates, with exact gradients.

Each iteration evaluates one point of every search, and its gradient: a step that does not go down far enough is
shortened for the next iteration, others take their step and learn from it (BFGS). Searches do not wait for each other.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from compute.forecast.sarima.batched.batch import Batch
from compute.forecast.sarima.batched.likelihood import deviance
from compute.forecast.sarima.batched.loop import put, running, take
from compute.forecast.sarima.batched.polynomials import to_coefficients

DECREASE = 1e-8  # expected of the next step, in units of -2 log-likelihood, below which we have arrived
NOISE = 1e-11  # of the deviance: what rounding makes of it
MAX_STEP = 4.0  # in partial-autocorrelation space, where 1 is already a long way
MAX_TRIALS = 10  # lengths of one step
FAR = 7.25  # bounds the coordinates: partial autocorrelations of 1 - 1e-6, as near to the border as anybody goes

Watch = Callable[[int], None]
"""Told the number of each iteration; it is where a cancelled job stops."""


@dataclass(frozen=True)
class Climb:
    """Where each search is.

    Attributes
    ----------
    free, direction : (K, B) the unbounded point and where the search goes on
    value : (B,) -2 log-likelihood there
    gradient, inverse : (K, B) and (K, K, B), the inverse Hessian as far as known
    step, slope : (B,) share of the direction to be tried, and how the value changes along it
    trials : (B,) of this direction
    is_done, has_converged : (B,)
    """

    free: Tensor
    direction: Tensor
    value: Tensor
    gradient: Tensor
    inverse: Tensor
    step: Tensor
    slope: Tensor
    trials: Tensor
    is_done: Tensor
    has_converged: Tensor


def begin(batch: Batch, free: Tensor, inverse: Tensor) -> Climb:
    """Return searches that begin at unbounded points, (K, B), with guesses of the inverse Hessians, (K, K, B)."""
    value, gradient = _evaluate(batch, free)
    none = torch.zeros_like(value)
    state = Climb(
        free, torch.zeros_like(free), value, gradient, inverse, none, none.clone(), none.long(),
        ~value.isfinite(), none > 0,
    )  # fmt: skip
    return _aim(state, torch.ones_like(state.is_done))


def climb(batch: Batch, state: Climb, max_steps: int, watch: Watch) -> Climb:
    """Return the searches after at most `max_steps` more iterations."""
    if state.free.numel() == 0:
        return state
    whole = Climb(*(getattr(state, name).clone() for name in Climb.__dataclass_fields__))
    places = torch.arange(batch.size, device=state.free.device)
    part = batch
    for number in range(max_steps):
        watch(number)
        keep = running(state.is_done)
        if keep is not None:
            put(whole, places, state)
            part, state, places = part.at(keep), take(state, keep), places[keep]
            if keep.numel() == 0:
                break
        state = _step(part, state)
    put(whole, places, state)
    return whole


def _evaluate(batch: Batch, free: Tensor) -> tuple[Tensor, Tensor]:
    """Return the deviances, (B,), and their gradients, (K, B)."""
    with torch.enable_grad():
        point = free.detach().requires_grad_()
        value = deviance(batch, to_coefficients(batch.orders, point, batch.used))
        finite = torch.where(value.isfinite(), value, 0.0)
        (gradient,) = torch.autograd.grad(finite.sum(), point)
    return value.detach(), torch.where(batch.used, gradient, 0.0)


def _step(batch: Batch, s: Climb) -> Climb:
    trial = (s.free + s.step * s.direction).clamp(-FAR, FAR)
    moved = trial - s.free
    value, gradient = _evaluate(batch, trial)
    is_sound = value.isfinite() & gradient.isfinite().all(0)
    enough = s.value + 1e-4 * (s.gradient * moved).sum(0).clamp(max=0.0) + NOISE * s.value.abs()
    is_taken = is_sound & (value <= enough) & ~s.is_done
    bend = value - s.value - s.step * s.slope
    shorter = torch.where(bend.isfinite() & (bend > 0), -s.slope * s.step**2 / (2 * bend), 0.0)
    shortened = torch.minimum(torch.maximum(shorter, 0.1 * s.step), 0.5 * s.step)
    change = gradient - s.gradient
    inverse = torch.where(is_taken, _learn(s.inverse, moved, change), s.inverse)
    trials = torch.where(is_taken, 0, s.trials + 1)
    state = Climb(
        free=torch.where(is_taken, trial, s.free),
        direction=s.direction,
        value=torch.where(is_taken, value, s.value),
        gradient=torch.where(is_taken, gradient, s.gradient),
        inverse=inverse,
        step=torch.where(is_taken, s.step, shortened),
        slope=s.slope,
        trials=trials,
        is_done=s.is_done | (trials > MAX_TRIALS),
        has_converged=s.has_converged | (trials > MAX_TRIALS) & (-0.5 * s.slope <= 1e4 * DECREASE) & ~s.is_done,
    )
    return _aim(state, is_taken)


def _learn(inverse: Tensor, moved: Tensor, change: Tensor) -> Tensor:
    """Return the inverse Hessians, (K, K, B), updated where the curvature along the step is positive (BFGS)."""
    curvature = (moved * change).sum(0)
    is_convex = curvature > 1e-10 * (moved.square().sum(0) * change.square().sum(0)).sqrt()
    curvature = torch.where(is_convex, curvature, 1.0)
    turned = (inverse * change).sum(1)  # (K, B)
    quadratic = (turned * change).sum(0)
    outer = turned[:, None] * moved
    updated = (1 + quadratic / curvature) / curvature * moved[:, None] * moved
    updated = inverse + updated - (outer + outer.transpose(0, 1)) / curvature
    return torch.where(is_convex & updated.isfinite().all(0).all(0), updated, inverse)


def _aim(s: Climb, is_new: Tensor) -> Climb:
    """Return the searches with the next direction where one is wanted; ended where nothing is to be gained by it.

    A coordinate at its bound that would go beyond it stays there.
    """
    is_bound = (s.free.abs() >= FAR) & (s.free * s.gradient < 0)
    gradient = torch.where(is_bound, 0.0, s.gradient)
    direction = torch.where(is_bound, 0.0, -(s.inverse * gradient).sum(1))
    slope = (direction * gradient).sum(0)
    has_arrived = is_new & ~s.is_done & (-0.5 * slope <= DECREASE)
    largest = direction.abs().amax(0).clamp(min=1e-300)
    return Climb(
        free=s.free, value=s.value, gradient=s.gradient, inverse=s.inverse, trials=s.trials,
        direction=torch.where(is_new, direction, s.direction),
        step=torch.where(is_new, (MAX_STEP / largest).clamp(max=1.0), s.step),
        slope=torch.where(is_new, slope, s.slope),
        is_done=s.is_done | has_arrived,
        has_converged=s.has_converged | has_arrived,
    )  # fmt: skip
