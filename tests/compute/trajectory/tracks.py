"""Tracks the trajectory tests share, and the same answers by conditioning one dense Gaussian."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.job import ignore_progress
from compute.trajectory.filter import Variances
from compute.trajectory.request import TrajectoryRequest
from compute.trajectory.result import TrajectoryResult
from compute.trajectory.run import estimate_trajectory
from compute.trajectory.track import InlineTrack, Track

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Simulated:
    """A track drawn from the model: times (n,), states (n, 2, d), noisy positions (n, d)."""

    times: Array
    states: Array
    positions: Array


def simulate(n: int, d: int, noise: Variances, seed: int, *, is_regular: bool = False) -> Simulated:
    """Draw a track of nearly constant velocity, with irregular times unless `is_regular`."""
    generator = np.random.default_rng(seed)
    steps = np.ones(n - 1) if is_regular else generator.uniform(0.2, 3.0, n - 1)
    states = np.empty((n, 2, d))
    states[0] = generator.normal(size=(2, d)) * 3
    for k, h in enumerate(steps):
        step = np.linalg.cholesky(noise.q * drift(h) + 1e-300 * np.eye(2)) @ generator.normal(size=(2, d))
        states[k + 1] = transition(h) @ states[k] + step
    positions = states[:, 0] + np.sqrt(noise.r) * generator.normal(size=(n, d))
    return Simulated(np.concatenate([[0.0], np.cumsum(steps)]), states, positions)


def transition(h: float) -> Array:
    """F over `h` seconds."""
    return np.array([[1.0, h], [0.0, 1.0]])


def drift(h: float) -> Array:
    """Q / q over `h` seconds."""
    return np.array([[h**3 / 3, h**2 / 2], [h**2 / 2, h]])


@dataclass(frozen=True)
class Posterior:
    """States of some rows given observations: means (n, 2, d), covariances (n, 2, 2) of each axis."""

    means: Array
    covariances: Array
    log_likelihood: float


def condition(times: Array, positions: Array, is_seen: NDArray[np.bool_], noise: Variances) -> Posterior:
    """Return all states given the seen positions, by generalised least squares on one dense Gaussian.

    States are the unknown start (flat prior) plus the accumulated noise, whose covariance between t and u, t <= u, is
    F(u - t) applied to its covariance at t. No recursion is involved.
    """
    n = times.size
    covariance = np.zeros((n, 2, n, 2))
    elapsed = times - times[0]
    for i in range(n):
        for j in range(n):
            early, late = min(elapsed[i], elapsed[j]), abs(elapsed[i] - elapsed[j])
            block = noise.q * drift(early)
            block = transition(late) @ block if elapsed[i] >= elapsed[j] else block @ transition(late).T
            covariance[i, :, j, :] = block
    design = np.stack([transition(h) for h in elapsed])  # (n, 2, 2): how each state depends on the start
    seen = np.flatnonzero(is_seen)
    total = covariance[seen, 0][:, seen, 0] + noise.r * np.eye(seen.size)
    inverse = np.linalg.inv(total)
    x, y = design[seen, 0], positions[seen]
    information = x.T @ inverse @ x
    start = np.linalg.solve(information, x.T @ inverse @ y)
    cross = covariance[:, :, seen, 0].reshape(2 * n, -1)
    weights = cross @ inverse
    flat = design.reshape(2 * n, 2)
    means = flat @ start + weights @ (y - x @ start)
    rest = flat - weights @ x
    full = covariance.reshape(2 * n, 2 * n) - weights @ cross.T + rest @ np.linalg.solve(information, rest.T)
    blocks = np.stack([full[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] for i in range(n)])
    return Posterior(means.reshape(n, 2, -1), blocks, _marginal(y, x, inverse) - _marginal(y[:2], x[:2], np.eye(2)))


def _marginal(y: Array, x: Array, inverse: Array) -> float:
    """Return the log density of y with the start integrated out, without its constants where there are none left."""
    information = x.T @ inverse @ x
    residual = y - x @ np.linalg.solve(information, x.T @ inverse @ y)
    d, left = y.shape[1], y.shape[0] - 2
    determinants = -np.linalg.slogdet(inverse)[1] + np.linalg.slogdet(information)[1]
    quadratic = np.sum(residual * (inverse @ residual))
    return float(-0.5 * (d * left * np.log(2 * np.pi) + d * determinants + quadratic))


def solve(track: Track, **request: Any) -> TrajectoryResult:
    """Return the trajectory of `track`."""
    asked = TrajectoryRequest(track=InlineTrack(positions=((0.0, 0.0),)), **request)
    return estimate_trajectory(asked, track, ignore_progress)


def states_of(path: Any) -> Array:
    """Return the states of a path as (n, 2, d), NaN where one is None."""
    d = len(next(point for point in path.positions if point is not None))
    gone = (np.nan,) * d
    return np.array(
        [[p or gone, v or gone] for p, v in zip(path.positions, path.velocities, strict=True)], dtype=np.float64
    )
