"""Which network learns from which series: a few networks for each series, all trained at once, or one for them all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from compute.forecast.neural.augmentation import bootstrap_copies
from compute.forecast.neural.calibration import blank_offsets, calibrate
from compute.forecast.neural.forecaster import Network
from compute.forecast.neural.network import Shape
from compute.forecast.neural.planning import count_seeds, plan_training
from compute.forecast.neural.track import Track
from compute.forecast.neural.training import Groups, Held, Trained, train
from compute.forecast.neural.windows import Pool
from compute.forecast.recurrent import Gru, Lstm
from compute.job import Report

Indices = NDArray[np.int64]

VALIDATED = 48  # windows that validate a series that has its own networks
VALIDATED_TOGETHER = 1024  # windows that validate a network of many series


@dataclass(frozen=True)
class Learned:
    """A network, its mean loss on the held-back ends (NaN without any), and the updates it took."""

    network: Network
    validation: float
    updates: int


def learn_each(
    model: Lstm | Gru, shape: Shape, tracks: Sequence[Track], report: Report, seed: int, device: torch.device
) -> list[Learned]:
    """Return networks for each track on its own, stacked and trained in one go."""
    pooled: list[Track] = []
    firsts: list[int] = []
    for i, track in enumerate(tracks):
        firsts.append(len(pooled))
        pooled += [track, *bootstrap_copies(track, shape.season, np.random.default_rng([seed, i]))]
    first = np.array(firsts)
    count = np.diff([*firsts, len(pooled)])
    n_windows = min(track.n_learned for track in tracks) - shape.season
    held = [held_windows(track, series, VALIDATED) for track, series in zip(tracks, firsts, strict=True)]
    k = min(series.size for series, _ in held)  # one track without a held-back end leaves all without
    seeds = count_seeds(model)
    plan = plan_training(model, shape, seeds * len(tracks), n_windows, is_shared=False)
    pool = Pool(shape, pooled, device)
    trained = train(
        shape,
        pool,
        Groups(_send(np.repeat(first, seeds), device), _send(np.repeat(count, seeds), device)),
        _stack([(series[:k], origins[:k]) for series, origins in held], seeds, device),
        plan,
        report,
        seed,
    )
    return [
        _finish(model, shape, pool, trained, slice(i * seeds, (i + 1) * seeds), _stack([pair], 1, device))
        for i, pair in enumerate(held)
    ]


def learn_together(
    model: Lstm | Gru, shape: Shape, tracks: Sequence[Track], report: Report, seed: int, device: torch.device
) -> Learned:
    """Return one network (of some seeds) for all tracks."""
    seeds = count_seeds(model)
    pool = Pool(shape, tracks, device)
    each = max(1, VALIDATED_TOGETHER // len(tracks))
    pairs = [held_windows(track, i, each) for i, track in enumerate(tracks)]
    held = (np.concatenate([series for series, _ in pairs]), np.concatenate([origins for _, origins in pairs]))
    n_windows = sum(track.n_learned - shape.season for track in tracks)
    plan = plan_training(model, shape, seeds, n_windows, is_shared=True)
    first, count = np.zeros(seeds, dtype=np.int64), np.full(seeds, len(tracks))
    trained = train(
        shape,
        pool,
        Groups(_send(first, device), _send(count, device)),
        _stack([held], seeds, device),
        plan,
        report,
        seed,
    )
    return _finish(model, shape, pool, trained, slice(None), _stack([held], 1, device))


def held_windows(track: Track, series: int, at_most: int) -> tuple[Indices, Indices]:
    """Return series and origins, (k,) each, of windows whose targets begin in the held-back end, one at its start."""
    n_held = track.values.size - track.n_learned
    k = min(n_held, at_most)
    origins = track.n_learned + np.arange(k) * n_held // max(k, 1)
    return np.full(k, series), origins


def _finish(model: Lstm | Gru, shape: Shape, pool: Pool, trained: Trained, chosen: slice, held: Held) -> Learned:
    """Return the chosen ones of the stacked networks as one, calibrated on what they were validated with."""
    weights = {name: weight.detach()[chosen] for name, weight in trained.weights.items()}
    offsets = blank_offsets(shape.head) if model.loss == "l1" else None
    network = calibrate(Network(shape, weights, offsets, 1.0, 0.0), pool, held)
    return Learned(network, float(trained.validation[chosen].mean()), trained.steps)


def _stack(held: Sequence[tuple[Indices, Indices]], seeds: int, device: torch.device) -> Held:
    series, origins = (np.repeat(np.stack(part), seeds, axis=0) for part in zip(*held, strict=True))
    return Held(_send(series, device), _send(origins, device))


def _send(array: Indices, device: torch.device) -> torch.Tensor:
    return torch.from_numpy(array.astype(np.int64)).to(device)
