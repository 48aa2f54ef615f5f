"""Policies to weigh: the last answer, braking, going along known ways at several speeds, and noise around them all.

The noise is coloured: part of it lasts, so that policies differ in where they lead and not only in how they tremble.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from compute.planning.compilation import kernel

Array = NDArray[np.float64]
Small = NDArray[np.float32]

LASTING = 0.5  # share of the noise's standard deviation that adds up over time
SPEEDS = (1.0, 0.6, 0.3)  # shares of the highest speed at which known ways are followed
REACTION = 0.35  # s in which a tracker corrects its velocity
LEAST_AHEAD = 0.15  # m along the way at which it looks at least
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
    way = np.ascontiguousarray(way, dtype=np.float64)
    accelerations = np.empty((steps, 2))
    _follow(way, along, position, velocity, speed, max_acceleration, dt, accelerations)
    return accelerations


@kernel
def _follow(
    way: Array, along: Array, position: Array, velocity: Array, speed: float, strongest: float, dt: float, out: Array
) -> None:
    """Fill the accelerations of `following`; `along` are the lengths at the points of the way."""
    x, y, vx, vy = position[0], position[1], velocity[0], velocity[1]
    end = along[-1]
    nearest, lag = 0.0, max(REACTION, dt)
    for t in range(out.shape[0]):
        nearest = max(nearest, nearest_along(way, along, x, y))
        left = max(end - nearest, math.hypot(way[-1, 0] - x, way[-1, 1] - y))
        pace = min(min(speed, math.sqrt(2 * SLOWING_SHARE * strongest * left)), left / REACTION)
        ahead = min(nearest + max(pace * REACTION, LEAST_AHEAD), end)
        i = min(max(np.searchsorted(along, ahead) - 1, 0), along.size - 2)
        share = (ahead - along[i]) / max(along[i + 1] - along[i], 1e-12)
        dx = way[i, 0] + share * (way[i + 1, 0] - way[i, 0]) - x
        dy = way[i, 1] + share * (way[i + 1, 1] - way[i, 1]) - y
        apart = math.hypot(dx, dy)
        quick = min(pace / apart, 1 / dt) if apart > 1e-9 else 0.0
        ax, ay = (dx * quick - vx) / lag, (dy * quick - vy) / lag
        size = math.hypot(ax, ay)
        if size > strongest:
            ax, ay = ax * strongest / size, ay * strongest / size
        out[t, 0], out[t, 1] = ax, ay
        x += dt * (vx + 0.5 * dt * ax)
        y += dt * (vy + 0.5 * dt * ay)
        vx += dt * ax
        vy += dt * ay


@kernel
def nearest_along(way: Array, along: Array, x: float, y: float) -> float:
    """Return the length along a polyline at which it is nearest to a point."""
    best, where = np.inf, 0.0
    for i in range(way.shape[0] - 1):
        dx, dy = way[i + 1, 0] - way[i, 0], way[i + 1, 1] - way[i, 1]
        size = max(dx * dx + dy * dy, 1e-30)
        t = min(max(((x - way[i, 0]) * dx + (y - way[i, 1]) * dy) / size, 0.0), 1.0)
        ex, ey = way[i, 0] + t * dx - x, way[i, 1] + t * dy - y
        if ex * ex + ey * ey < best:
            best, where = ex * ex + ey * ey, along[i] + t * math.sqrt(size)
    return where


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
