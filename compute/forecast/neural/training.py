"""Training of stacked networks: sampled windows, quantile loss, AdamW, one cycle, early stopping on the held-back end.

Every network has its own windows, weights, gradient norm and best step; they only share the clock.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from compute.forecast.neural.network import Shape, Weights, make_weights, run_network
from compute.forecast.neural.windows import Pool
from compute.job import Report

CLIP = 1.0  # largest gradient norm of a network
RISING = 0.3  # share of the steps in which the learning rate rises
FIRST_RATE, LAST_RATE = 1 / 25, 1e-4  # of the peak
N_CHECKS = 24  # validations in a whole training
PATIENCE = 8  # checks without any network getting better, before the training ends


@dataclass(frozen=True)
class Plan:
    """How to train.

    Attributes
    ----------
    steps, batch : updates, and windows in each
    epoch_steps : updates in one pass over all windows
    learning_rate, weight_decay, dropout : of the networks
    """

    steps: int
    batch: int
    epoch_steps: float
    learning_rate: float
    weight_decay: float
    dropout: float


@dataclass(frozen=True)
class Groups:
    """Which series each network learns from and is validated on, one entry per network, (networks,) each.

    A network learns from the series `first .. first + count - 1` of the pool.
    """

    first: Tensor
    count: Tensor


@dataclass(frozen=True)
class Held:
    """Windows that reach into the held-back ends, (networks, k) each; k = 0 where nothing could be held back."""

    series: Tensor
    origins: Tensor


@dataclass(frozen=True)
class Trained:
    """Stacked weights after training and how they did: validation loss (networks,), NaN without, and steps made."""

    weights: Weights
    validation: Tensor
    steps: int


def train(shape: Shape, pool: Pool, groups: Groups, held: Held, plan: Plan, report: Report, seed: int) -> Trained:
    """Return networks trained on the learned parts of their series."""
    generator = torch.Generator(pool.device).manual_seed(seed)
    weights = make_weights(shape, groups.first.numel(), generator)
    sampler = _Sampler(shape, pool, groups, plan.batch, generator)
    _start_at_naive(shape, weights, sampler)
    for weight in weights.values():
        weight.requires_grad_()
    decayed = [weight for name, weight in weights.items() if "bias" not in name]
    others = [weight for name, weight in weights.items() if "bias" in name]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": plan.weight_decay}, {"params": others, "weight_decay": 0.0}]
    )
    keeper = _Keeper(shape, pool, held, weights)
    levels = torch.tensor(shape.quantiles, device=pool.device)
    check_every = max(1, plan.steps // N_CHECKS)
    step = 0
    while step < plan.steps and keeper.stale < PATIENCE:
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * one_cycle(step / plan.steps)
        series, origins = sampler.draw()
        batch, counts = pool.cut(series, origins), pool.scored(series, origins, held=False)
        written = run_network(shape, weights, batch.features, batch.echo, plan.dropout, generator)
        loss = quantile_loss(written, batch.target, counts, levels)
        optimizer.zero_grad()
        torch.autograd.backward(loss.sum())
        _clip(weights)
        optimizer.step()
        step += 1
        if step % check_every == 0 or step == plan.steps:
            keeper.check()
        report(step / plan.steps, _message(step, plan, loss, keeper))
    return Trained(keeper.best, keeper.losses, step)


def one_cycle(share: float) -> float:
    """Return the learning rate at a share of the training, over its peak: a cosine up, a cosine down (Smith 2018)."""
    if share < RISING:
        low, high, part = FIRST_RATE, 1.0, 1 - share / RISING
    else:
        low, high, part = LAST_RATE, 1.0, (share - RISING) / (1 - RISING)
    return low + (high - low) * (1 + math.cos(math.pi * part)) / 2


def quantile_loss(written: Tensor, target: Tensor, counts: Tensor, levels: Tensor) -> Tensor:
    """Return twice the mean pinball loss of each network, (networks,): the absolute error where only the median is.

    Parameters
    ----------
    written : (networks, batch, head, quantiles)
    target, counts : (networks, batch, head), and whether it counts
    """
    errors = target.unsqueeze(-1) - written
    losses = 2 * torch.maximum(levels * errors, (levels - 1) * errors).mean(dim=-1)
    return (losses * counts).sum(dim=(1, 2)) / counts.sum(dim=(1, 2)).clamp(min=1)


class _Sampler:
    """Draws windows: a series of the network's group, each as likely, then one of its origins."""

    def __init__(self, shape: Shape, pool: Pool, groups: Groups, batch: int, generator: torch.Generator) -> None:
        self._pool, self._groups, self._generator = pool, groups, generator
        self._earliest = shape.season
        self._size = (groups.first.numel(), batch)

    def draw(self) -> tuple[Tensor, Tensor]:
        """Return series and origins, (networks, batch) each; at least one step behind each origin is learned from."""
        chance = torch.rand(2, *self._size, generator=self._generator, device=self._generator.device)
        groups = self._groups
        series = groups.first[:, None] + (chance[0] * groups.count[:, None]).long()
        room = self._pool.learned_lengths[series] - self._earliest
        return series, self._earliest + (chance[1] * room).long()


class _Keeper:
    """Keeps the best weights of each network by its loss on the held-back ends; the last ones where nothing is held."""

    def __init__(self, shape: Shape, pool: Pool, held: Held, weights: Weights) -> None:
        self._shape, self._weights = shape, weights
        self._levels = torch.tensor(shape.quantiles, device=pool.device)
        self._is_blind = held.origins.shape[1] == 0
        networks = held.origins.shape[0]
        self.losses = torch.full((networks,), torch.nan, device=pool.device)
        self.best = weights
        self.stale = 0
        if self._is_blind:
            return
        self._batch = pool.cut(held.series, held.origins)
        self._counts = pool.scored(held.series, held.origins, held=True)
        self.losses = torch.full((networks,), torch.inf, device=pool.device)
        self.best = {name: weight.detach().clone() for name, weight in weights.items()}
        self.check()

    @torch.no_grad()
    def check(self) -> None:
        """Keep the present weights of those networks that are better than ever."""
        if self._is_blind:
            return
        written = run_network(self._shape, self._weights, self._batch.features, self._batch.echo)
        losses = quantile_loss(written, self._batch.target, self._counts, self._levels)
        is_better = losses < self.losses
        self.losses = torch.where(is_better, losses, self.losses)
        for name, weight in self._weights.items():
            self.best[name] = torch.where(is_better[:, None, None], weight, self.best[name])
        self.stale = 0 if bool(is_better.any()) else self.stale + 1


@torch.no_grad()
def _start_at_naive(shape: Shape, weights: Weights, sampler: _Sampler) -> None:
    """Set the last biases to the quantiles of the naive forecast's errors at every step ahead."""
    series, origins = sampler.draw()
    for _ in range(3):
        more, at = sampler.draw()
        series, origins = torch.cat([series, more], dim=1), torch.cat([origins, at], dim=1)
    pool = sampler._pool
    target = pool.cut(series, origins).target.masked_fill(~pool.scored(series, origins, held=False), torch.nan)
    levels = torch.tensor(shape.quantiles, device=pool.device)
    found = torch.nanquantile(target, levels, dim=1)  # (quantiles, networks, head)
    weights["out_bias"].copy_(found.nan_to_num().permute(1, 2, 0).flatten(1).unsqueeze(1))


@torch.no_grad()
def _clip(weights: Weights) -> None:
    """Shorten the gradient of each network to norm 1 where it is longer."""
    gradients = [weight.grad for weight in weights.values() if weight.grad is not None]
    norms = torch.stack([gradient.flatten(1).square().sum(dim=1) for gradient in gradients]).sum(dim=0).sqrt()
    shrink = (CLIP / norms.clamp(min=CLIP))[:, None, None]
    for gradient in gradients:
        gradient.mul_(shrink)


def _message(step: int, plan: Plan, loss: Tensor, keeper: _Keeper) -> str:
    epoch, epochs = step / plan.epoch_steps, plan.steps / plan.epoch_steps
    text = f"Training: epoch {epoch:.1f} of {epochs:.1f}, loss {float(loss.detach().mean()):.3f}"
    best = float(keeper.losses.mean())
    return text if math.isnan(best) else f"{text}, validation loss {best:.3f}"
