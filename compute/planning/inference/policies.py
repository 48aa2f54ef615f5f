"""Policies to weigh: the last answer, braking, going along known ways at several speeds, and noise around them all.

The noise is coloured: part of it lasts, so that policies differ in where they lead and not only in how they tremble.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Small = NDArray[np.float32]

LASTING = 0.5  # share of the noise's standard deviation that adds up over time
SPEEDS = (1.0, 0.6, 0.3)  # shares of the highest speed at which known ways are followed
REACTION = 0.35  # s in which a tracker corrects its velocity
SLOWING_SHARE = 0.4  # of the highest acceleration, with which it slows down for the end


def braking(velocity: Array, max_acceleration: float, dt: float, steps: int) -> Array:
    """Return accelerations, (steps, 2), that stop as soon as possible and stay."""
    speed = float(np.hypot(*velocity))
    if speed == 0:
        return np.zeros((steps, 2))
    wanted = np.minimum(max_acceleration, np.maximum(speed - max_acceleration * dt * np.arange(steps), 0) / dt)
    return np.asarray(-wanted[:, None] * velocity / speed)


def following(
    way: Array, position: Array, velocity: Array, speed: float, max_acceleration: float, dt: float, steps: int
) -> Array:
    """Return accelerations, (steps, 2), that track a polyline `way`, (n, 2), at `speed`, slowing down for its end."""
    lengths = np.hypot(*np.diff(way, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    p, v = position.copy(), velocity.copy()
    nearest = nearest_along(way, along, p)
    accelerations = np.empty((steps, 2))
    for t in range(steps):
        nearest = max(nearest, nearest_along(way, along, p))
        left = max(along[-1] - nearest, float(np.hypot(*(way[-1] - p))))
        pace = min(speed, np.sqrt(2 * SLOWING_SHARE * max_acceleration * left), left / REACTION)
        ahead = min(nearest + max(pace * REACTION, 0.15), along[-1])
        target = np.array([np.interp(ahead, along, way[:, axis]) for axis in range(2)])
        away = target - p
        distance = float(np.hypot(*away))
        wanted = away * min(pace / distance, 1 / dt) if distance > 1e-9 else np.zeros(2)
        a = (wanted - v) / max(REACTION, dt)
        size = float(np.hypot(*a))
        a *= min(1.0, max_acceleration / size) if size > 0 else 1.0
        accelerations[t] = a
        p = p + dt * (v + 0.5 * dt * a)
        v = v + dt * a
    return accelerations


def nearest_along(way: Array, along: Array, point: Array) -> float:
    """Return the length along a polyline at which it is nearest to a point."""
    d = np.diff(way, axis=0)
    size = np.maximum((d * d).sum(axis=1), 1e-30)
    t = np.clip(((point - way[:-1]) * d).sum(axis=1) / size, 0, 1)
    away = ((way[:-1] + t[:, None] * d - point) ** 2).sum(axis=1)
    i = int(np.argmin(away))
    return float(along[i] + t[i] * np.sqrt(size[i]))


def noise(rng: np.random.Generator, count: int, steps: int, deviation: float) -> Small:
    """Return coloured noise, (count, steps, 2): a share that is new at each step, and one that adds up slowly."""
    white = rng.standard_normal((count, steps, 2), dtype=np.float32)
    lasting = white.cumsum(axis=1) / np.sqrt(np.arange(1, steps + 1, dtype=np.float32))[:, None]
    return np.asarray(deviation * ((1 - LASTING) * white + LASTING * lasting), dtype=np.float32)


def around(centres: Sequence[Array], count: int, deviation: float, rng: np.random.Generator) -> Small:
    """Return `count` policies, (count, steps, 2): the centres themselves, then noise around each in turn."""
    stacked = np.stack(centres).astype(np.float32)
    chosen = stacked[np.arange(count) % len(stacked)]
    trembling = noise(rng, count, stacked.shape[1], deviation)
    trembling[: len(stacked)] = 0
    return chosen + trembling
