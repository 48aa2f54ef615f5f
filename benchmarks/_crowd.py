"""A crowd that does not give way: discs on smooth random tracks, there and back, as in DynaBARN."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

Array = NDArray[np.float64]

HALF = 10.0  # m: they wander over a square twice as wide
CLEAR_OF_START = 3.0  # m that they keep from the robot's start when it sets out
SPEED, SPREAD, SPEEDS = 1.0, 0.35, (0.3, 2.0)  # m/s: mean, deviation and bounds of mean speeds between points


def crowd(seed: int, count: int, start: Array) -> Callable[[float], Array]:
    """Return where `count` movers are at a time, (count, 2)."""
    rng = np.random.default_rng(seed)
    tracks: list[PchipInterpolator] = []
    phases: list[float] = []
    while len(tracks) < count:
        track = _track(rng)
        phase = float(rng.uniform(0, track.x[-1]))
        if np.linalg.norm(track(phase) - start) >= CLEAR_OF_START:
            tracks.append(track)
            phases.append(phase)
    return _together(tracks, np.array(phases))


def _track(rng: np.random.Generator) -> PchipInterpolator:
    points = rng.uniform(-HALF, HALF, (rng.integers(4, 8), 2))
    speeds = np.clip(rng.normal(SPEED, SPREAD, len(points) - 1), *SPEEDS)
    there = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1) / speeds)])
    back = there[-1] + np.cumsum(np.diff(there)[::-1])
    return PchipInterpolator(np.concatenate([there, back]), np.concatenate([points, points[-2::-1]]))


def _together(tracks: list[PchipInterpolator], phases: Array) -> Callable[[float], Array]:
    """Return all tracks at once: their cubic pieces side by side, many times quicker than one by one."""
    most = max(len(track.x) for track in tracks)
    knots = np.stack([np.pad(track.x, (0, most - len(track.x)), constant_values=np.inf) for track in tracks])
    pieces = np.stack([np.pad(t.c, [(0, 0), (0, most - 1 - t.c.shape[1]), (0, 0)]) for t in tracks])
    periods = np.array([track.x[-1] for track in tracks])
    rows = np.arange(len(tracks))

    def where(time: float) -> Array:
        at = (phases + time) % periods
        piece = (knots[:, 1:] <= at[:, None]).sum(axis=1)
        passed = (at - knots[rows, piece])[:, None]
        cubic, square, line, begin = np.moveaxis(pieces[rows, :, piece], 1, 0)
        return np.asarray(((cubic * passed + square) * passed + line) * passed + begin)

    return where
