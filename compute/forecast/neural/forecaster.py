"""Trained networks of one shape applied to series: quantiles of every step ahead, and futures drawn from them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtri
from torch import Tensor

from compute.forecast.neural.network import QUANTILES, Shape, Weights, run_network
from compute.forecast.neural.track import Track
from compute.forecast.neural.windows import Batch, Pool
from compute.forecast.prediction import SimulatedPrediction

Array = NDArray[np.float64]

NORMAL = ndtri(np.array(QUANTILES))  # normal scores of the quantiles
FARTHEST = 8.0  # normal score to which the outermost quantiles are continued as those of a Gaussian
DROPOUT_PASSES = 50  # forward passes for the spread under dropout
MEDIAN = len(QUANTILES) // 2


@dataclass(frozen=True)
class Network:
    """Networks of one shape from different seeds, whose median is the forecast.

    Attributes
    ----------
    weights : stacked, (seeds, ...)
    offsets : (head, 7) quantiles of the errors less their median, in scaled units, where the networks write the
        median only; else None
    spread : factor on the distance of the quantiles from the median, from the held-back end
    persistence : correlation of the errors of neighbouring steps ahead
    """

    shape: Shape
    weights: Weights
    offsets: Array | None
    spread: float
    persistence: float

    @property
    def seeds(self) -> int:
        """How many networks there are."""
        return next(iter(self.weights.values())).shape[0]

    @torch.no_grad()
    def write(self, batch: Batch) -> Tensor:
        """Return the quantiles at a batch of windows (k, ...) in scaled units, (k, head, 7), in rising order."""
        written = run_network(self.shape, self.weights, *self._stack(batch)).quantile(0.5, dim=0).sort(dim=-1).values
        median = written[..., self.shape.median].unsqueeze(-1)
        if self.offsets is not None:
            return median + self.spread * torch.from_numpy(self.offsets).to(written)
        return median + self.spread * (written - median)

    @torch.no_grad()
    def vary(self, batch: Batch, dropout: float, seed: int) -> Tensor:
        """Return the variance of the median under dropout in scaled units, (k, head)."""
        generator = torch.Generator(batch.features.device).manual_seed(seed)
        inputs = self._stack(batch)
        passes = [
            run_network(self.shape, self.weights, *inputs, dropout, generator)[..., self.shape.median].mean(dim=0)
            for _ in range(DROPOUT_PASSES)
        ]
        return torch.stack(passes).var(dim=0)

    def _stack(self, batch: Batch) -> tuple[Tensor, Tensor]:
        features, echo = (part.unsqueeze(0).expand(self.seeds, *part.shape) for part in (batch.features, batch.echo))
        return features, echo


@dataclass(frozen=True)
class Paths:
    """Quantiles of the future of several series, (series, horizon, 7), at the levels `QUANTILES`."""

    quantiles: Array
    persistence: float

    def of(self, series: int) -> "Paths":
        """Return the future of one of the series alone."""
        return Paths(self.quantiles[series : series + 1], self.persistence)

    def prediction(self, series: int) -> SimulatedPrediction:
        """Return the forecast of one of the series."""
        offsets = self.quantiles[series] - self.quantiles[series, :, MEDIAN, None]
        return SimulatedPrediction(
            mean=self.quantiles[series, :, MEDIAN],
            deviation=_deviation(offsets),
            simulate=lambda n_paths, rng, bootstrap="iid": draw_paths(offsets, self.persistence, n_paths, rng),
        )


def follow(
    network: Network, tracks: Sequence[Track], horizon: int, device: torch.device, dropout: float = 0.0, seed: int = 0
) -> Paths:
    """Return the forecast of each track for `horizon` steps after its last value.

    Beyond the steps that the networks write at once, their median is taken for what came and they write on: the
    variance of each block adds to that at the end of the blocks before, and the window's unit stays that of the first.
    With dropout, the variance of the forecast under it is added (Gal & Ghahramani 2016).
    """
    shape = network.shape
    signs = np.array([track.sign for track in tracks])[:, None, None]
    blocks: list[Array] = []
    before = np.zeros((len(tracks), 1, 1))
    scale: Tensor | None = None
    tracks = [_recent(track, shape) for track in tracks]
    for _ in range(-(-horizon // shape.head)):
        pool = Pool(shape, tracks, device)
        batch = pool.cut(torch.arange(len(tracks), device=device), pool.lengths, scale)
        scale = batch.scale
        written = network.write(batch).double()
        if dropout > 0:
            written = _widen(written, network.vary(batch, dropout, seed).double())
        block = (batch.base.unsqueeze(-1) + written * scale.unsqueeze(-1)).cpu().numpy()
        median = block[..., MEDIAN, None]
        deviations = np.maximum(_deviation(block - median), np.finfo(np.float64).tiny)[..., None]
        block = median + (block - median) * np.sqrt(1 + before / deviations**2)
        before = before + deviations[:, -1:] ** 2
        blocks.append(block)
        tracks = [_continued(track, row[:, MEDIAN]) for track, row in zip(tracks, block, strict=True)]
    quantiles = signs * np.concatenate(blocks, axis=1)[:, :horizon]
    return Paths(np.sort(quantiles, axis=-1), network.persistence)


def draw_paths(offsets: Array, persistence: float, n_paths: int, rng: np.random.Generator) -> Array:
    """Return paths less the median, (n_paths, horizon), whose steps have the quantiles `offsets`, (horizon, 7).

    Normal scores of neighbouring steps are correlated by `persistence`. They are stratified at each step, so that a
    step alone has almost exactly its distribution; between quantiles it is piecewise Gaussian.
    """
    horizon = offsets.shape[0]
    scores = rng.standard_normal((horizon, n_paths))
    strata = ndtri((np.arange(n_paths) + 0.5) / n_paths)
    paths = np.empty((n_paths, horizon))
    knots = np.concatenate([[-FARTHEST], NORMAL, [FARTHEST]])
    state = scores[0]
    for step in range(horizon):
        if step:
            state = persistence * state + np.sqrt(1 - persistence**2) * scores[step]
        ranked = np.empty(n_paths)
        ranked[np.argsort(state, kind="stable")] = strata
        outer = offsets[step, [0, -1]] * FARTHEST / np.abs(NORMAL[[0, -1]])
        paths[:, step] = np.interp(ranked, knots, np.concatenate([outer[:1], offsets[step], outer[1:]]))
    return paths


def _deviation(offsets: Array) -> Array:
    """Return the standard deviation that quantiles (..., 7) would have were they Gaussian: of two ranges the mean."""
    outer = (offsets[..., -1] - offsets[..., 0]) / (NORMAL[-1] - NORMAL[0])
    inner = (offsets[..., -2] - offsets[..., 1]) / (NORMAL[-2] - NORMAL[1])
    return np.asarray((outer + inner) / 2)


def _widen(written: Tensor, variance: Tensor) -> Tensor:
    median = written[..., MEDIAN].unsqueeze(-1)
    own = ((written[..., -2] - written[..., 1]) / (NORMAL[-2] - NORMAL[1])).square().clamp(min=1e-12)
    widened: Tensor = median + (written - median) * (1 + variance / own).sqrt().unsqueeze(-1)
    return widened


def _recent(track: Track, shape: Shape) -> Track:
    """Return the end of the track that a forecast reads, so that long series cost no more than short ones."""
    furthest = [lag * ((shape.head - 1) // lag + 1) for lag in shape.echoes]
    reads = max(shape.window, *furthest, 0) + 2 * shape.season
    return Track(track.values[-reads:], track.observed[-reads:], track.sign, track.scale, 0)


def _continued(track: Track, values: Array) -> Track:
    ahead = np.ones(values.size, dtype=bool)
    return Track(
        np.concatenate([track.values, values]),
        np.concatenate([track.observed, ahead]),
        track.sign,
        track.scale,
        track.n_learned,
    )
