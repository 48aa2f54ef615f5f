"""Training of stacked networks: sampled windows, quantile loss, AdamW, one cycle, early stopping on the held-back end.

Every network has its own windows, weights, gradient norm and best step; they only share the clock.
"""

import math
from collections.abc import Callable
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
FORWARD_ONLY = 3  # times as many windows go through at once where no gradient is wanted
PATIENCE = 8  # checks without any network getting better, before the training ends


@dataclass(frozen=True)
class Plan:
    """How to train.

    Attributes
    ----------
    steps, batch : updates, and windows in each
    at_once : windows that go through the networks together, so that progress is reported in between
    epoch_steps : updates in one pass over all windows
    learning_rate, weight_decay, dropout : of the networks
    """

    steps: int
    batch: int
    at_once: int
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
    runner = _Runner(shape, weights, pool, plan, generator)
    text = "Training"
    step = 0

    def tell(share: float) -> None:
        report(min(step + share, plan.steps) / plan.steps, text)

    keeper = _Keeper(runner, held, tell)
    check_every = max(1, plan.steps // N_CHECKS)
    while step < plan.steps and keeper.stale < PATIENCE:
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * one_cycle(step / plan.steps)
        optimizer.zero_grad()
        loss = runner.learn(*sampler.draw(), tell)
        _clip(weights)
        optimizer.step()
        step += 1
        if step % check_every == 0 or step == plan.steps:
            keeper.check(tell)
        text = _message(step, plan, loss, keeper)
        tell(0.0)
    return Trained(keeper.best, keeper.losses, step)


def one_cycle(share: float) -> float:
    """Return the learning rate at a share of the training, over its peak: a cosine up, a cosine down (Smith 2018)."""
    if share < RISING:
        low, high, part = FIRST_RATE, 1.0, 1 - share / RISING
    else:
        low, high, part = LAST_RATE, 1.0, (share - RISING) / (1 - RISING)
    return low + (high - low) * (1 + math.cos(math.pi * part)) / 2


def quantile_losses(written: Tensor, target: Tensor, levels: tuple[float, ...]) -> Tensor:
    """Return twice the mean pinball loss of each step, (...): the absolute error where only the median is written.

    Parameters
    ----------
    written : (..., quantiles)
    target : (...)
    """
    shares = torch.tensor(levels, device=target.device)
    errors = target.unsqueeze(-1) - written
    return 2 * torch.maximum(shares * errors, (shares - 1) * errors).mean(dim=-1)


@dataclass(frozen=True)
class _Runner:
    """Runs the networks over windows, few enough at once that whoever waits for progress is not kept waiting."""

    shape: Shape
    weights: Weights
    pool: Pool
    plan: Plan
    generator: torch.Generator

    def learn(self, series: Tensor, origins: Tensor, tell: Callable[[float], None]) -> Tensor:
        """Add the gradient of the mean loss of each network over its windows, and return it, (networks,)."""
        total = self.pool.scored(series, origins, held=False).sum(dim=(1, 2)).clamp(min=1)
        losses = torch.zeros_like(total, dtype=torch.float32)
        for start in range(0, series.shape[1], self.plan.at_once):
            if start:
                tell(start / series.shape[1])
            chosen = slice(start, start + self.plan.at_once)
            loss = self._sum(series[:, chosen], origins[:, chosen], held=False, dropout=self.plan.dropout) / total
            torch.autograd.backward(loss.sum())
            losses += loss.detach()
        return losses

    @torch.no_grad()
    def measure(self, series: Tensor, origins: Tensor, tell: Callable[[float], None]) -> Tensor:
        """Return the mean loss of each network on what its windows hold back, (networks,)."""
        total = self.pool.scored(series, origins, held=True).sum(dim=(1, 2)).clamp(min=1)
        losses = torch.zeros_like(total, dtype=torch.float32)
        at_once = FORWARD_ONLY * self.plan.at_once
        for start in range(0, series.shape[1], at_once):
            if start:
                tell(0.0)
            chosen = slice(start, start + at_once)
            losses += self._sum(series[:, chosen], origins[:, chosen], held=True, dropout=0.0) / total
        return losses

    def _sum(self, series: Tensor, origins: Tensor, held: bool, dropout: float) -> Tensor:
        batch, counts = self.pool.cut(series, origins), self.pool.scored(series, origins, held)
        written = run_network(self.shape, self.weights, batch.features, batch.echo, dropout, self.generator)
        losses = quantile_losses(written, batch.target, self.shape.quantiles)
        return losses.mul(counts * batch.weight).sum(dim=(1, 2))


class _Sampler:
    """Draws windows: a series of the network's group, each as likely, then one of its origins."""

    def __init__(self, shape: Shape, pool: Pool, groups: Groups, batch: int, generator: torch.Generator) -> None:
        self.pool, self._groups, self._generator = pool, groups, generator
        self._earliest = shape.season
        self._size = (groups.first.numel(), batch)

    def draw(self) -> tuple[Tensor, Tensor]:
        """Return series and origins, (networks, batch) each; at least one step behind each origin is learned from."""
        chance = torch.rand(2, *self._size, generator=self._generator, device=self._generator.device)
        groups = self._groups
        series = groups.first[:, None] + (chance[0] * groups.count[:, None]).long()
        room = self.pool.learned_lengths[series] - self._earliest
        return series, self._earliest + (chance[1] * room).long()


class _Keeper:
    """Keeps the best weights of each network by its loss on the held-back ends; the last ones where nothing is held."""

    def __init__(self, runner: _Runner, held: Held, tell: Callable[[float], None]) -> None:
        self._runner, self._held = runner, held
        self._is_blind = held.origins.shape[1] == 0
        unknown = torch.nan if self._is_blind else torch.inf
        self.losses = torch.full((held.origins.shape[0],), unknown, device=held.origins.device)
        self.best = runner.weights
        self.stale = 0
        if not self._is_blind:
            self.best = {name: weight.detach().clone() for name, weight in runner.weights.items()}
            self.check(tell)

    @torch.no_grad()
    def check(self, tell: Callable[[float], None]) -> None:
        """Keep the present weights of those networks that are better than ever."""
        if self._is_blind:
            return
        losses = self._runner.measure(self._held.series, self._held.origins, tell)
        is_better = losses < self.losses
        self.losses = torch.where(is_better, losses, self.losses)
        for name, weight in self._runner.weights.items():
            self.best[name] = torch.where(is_better[:, None, None], weight, self.best[name])
        self.stale = 0 if bool(is_better.any()) else self.stale + 1


@torch.no_grad()
def _start_at_naive(shape: Shape, weights: Weights, sampler: _Sampler) -> None:
    """Set the last biases to the quantiles of the naive forecast's errors at every step ahead."""
    series, origins = sampler.draw()
    for _ in range(3):
        more, at = sampler.draw()
        series, origins = torch.cat([series, more], dim=1), torch.cat([origins, at], dim=1)
    pool = sampler.pool
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
