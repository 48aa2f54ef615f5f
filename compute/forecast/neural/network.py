"""The network: recurrent layers over a window, and a head that writes quantiles of every step ahead at once.

B networks of one shape are a dictionary of stacked weights. What serves many series reads a patch at a time (Nie et al.
2023): a day of hours goes in at once, so that a week costs seven steps. The head also reads the last season and the
longer cycle directly, through its hidden units and, for many series, in a straight line past them (Zeng et al. 2023),
and begins as a constant: a fresh network forecasts the seasonal naive plus the quantiles of its errors.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from compute.forecast.neural.recurrence import GATES, Cell, run_layer

Weights = dict[str, Tensor]

N_CHANNELS = 3  # level, seasonal difference, whether observed
ECHOED = 2  # numbers for each lag and step: what the naive forecast missed then, and how far off it what came then is
HEAD_WIDTH = 64
QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
MEDIAN_ONLY = (0.5,)


@dataclass(frozen=True)
class Shape:
    """What a network reads and writes.

    Attributes
    ----------
    cell, hidden, layers : the recurrent part
    window : steps it reads
    season : steps in a season, 1 without
    head : steps it writes
    skip : last steps that the head reads directly
    quantiles : levels of the quantiles it writes, the middle one is the median
    echoes : lags of a longer cycle (a week of hours), at which the head reads what came then and was missed
    patch : steps of the window that go into one step of the recurrence
    head_width : hidden units of the head
    is_shared : whether it serves many series, whose windows are then scaled and counted beside each other
    """

    cell: Cell
    hidden: int
    layers: int
    window: int
    season: int
    head: int
    skip: int
    quantiles: tuple[float, ...]
    echoes: tuple[int, ...] = ()
    patch: int = 1
    head_width: int = HEAD_WIDTH
    is_shared: bool = False

    @property
    def turns(self) -> int:
        """Steps of the recurrence over a window."""
        return -(-self.window // self.patch)

    @property
    def aside(self) -> int:
        """How many numbers the head reads beside the last state: the last steps, and two of each echo."""
        return self.skip + ECHOED * self.head * len(self.echoes)

    @property
    def median(self) -> int:
        """Index of the median among the quantiles."""
        return len(self.quantiles) // 2


def make_weights(shape: Shape, networks: int, generator: torch.Generator) -> Weights:
    """Return random weights, uniform within 1 / sqrt(hidden) as in `torch.nn`; the last layer is nearly zero."""

    def uniform(fan: int, *size: int) -> Tensor:
        draws = torch.rand(networks, *size, generator=generator, device=generator.device)
        return (2 * draws - 1) / math.sqrt(fan)

    weights: Weights = {}
    features, width = N_CHANNELS * shape.patch, GATES[shape.cell] * shape.hidden
    for layer in range(shape.layers):
        weights[f"in{layer}"] = uniform(max(shape.hidden, features), features, width)
        weights[f"state{layer}"] = uniform(shape.hidden, shape.hidden, width)
        weights[f"in_bias{layer}"] = uniform(shape.hidden, 1, width)
        weights[f"state_bias{layer}"] = uniform(shape.hidden, 1, width)
        features = shape.hidden
    reads = shape.hidden + shape.aside
    writes = shape.head * len(shape.quantiles)
    weights["head"] = uniform(reads, reads, shape.head_width)
    weights["head_bias"] = uniform(reads, 1, shape.head_width)
    weights["out"] = 0.01 * uniform(shape.head_width, shape.head_width, writes)
    weights["out_bias"] = torch.zeros(networks, 1, writes, device=generator.device)
    if shape.is_shared:  # the windows of one series are too few for it
        weights["line"] = torch.zeros(networks, shape.aside, shape.head, device=generator.device)
    return weights


def run_network(
    shape: Shape,
    weights: Mapping[str, Tensor],
    features: Tensor,
    echo: Tensor,
    dropout: float = 0.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Return the quantiles of every step ahead in scaled units, (networks, batch, head, quantiles).

    `features` is (networks, batch, window, channels) and `echo` (networks, batch, 2 * echoes * head). With dropout,
    inputs of later layers and of the head are left out at random, one draw per window (the same at each of its steps).
    """
    states = _in_patches(shape, features)
    for layer in range(shape.layers):
        if layer:
            states = _drop(states, dropout, generator, dim=1)
        states = run_layer(
            shape.cell,
            states,
            weights[f"in{layer}"],
            weights[f"state{layer}"],
            weights[f"in_bias{layer}"],
            weights[f"state_bias{layer}"],
        )
    aside = torch.cat([features[:, :, -shape.skip :, 0], echo], dim=-1)
    reads = torch.cat([states[:, -1], aside], dim=-1)  # (networks, batch, hidden + aside)
    inner = functional.relu(torch.baddbmm(weights["head_bias"], _drop(reads, dropout, generator), weights["head"]))
    written = torch.baddbmm(weights["out_bias"], _drop(inner, dropout, generator), weights["out"])
    quantiles = written.view(*written.shape[:2], shape.head, len(shape.quantiles))
    if "line" not in weights:
        return quantiles
    return quantiles + torch.bmm(aside, weights["line"]).unsqueeze(-1)  # shifts all alike


def _in_patches(shape: Shape, features: Tensor) -> Tensor:
    """Return what each step of the recurrence reads, (networks, turns, batch, patch * channels)."""
    missing = shape.turns * shape.patch - shape.window
    if missing:
        features = functional.pad(features, (0, 0, missing, 0))  # in front: zeros, as never observed
    networks, batch, _, channels = features.shape
    return features.reshape(networks, batch, shape.turns, shape.patch * channels).transpose(1, 2)


def _drop(inputs: Tensor, share: float, generator: torch.Generator | None, dim: int | None = None) -> Tensor:
    """Return the inputs, a random share of them zero and the rest larger; alike along `dim` if given."""
    if share == 0.0 or generator is None:
        return inputs
    size = [1 if axis == dim else length for axis, length in enumerate(inputs.shape)]
    kept = torch.rand(size, generator=generator, device=inputs.device) >= share
    return inputs * (kept / (1 - share))
