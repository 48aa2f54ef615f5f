"""Tracks of nearly constant velocity: this project, statsmodels and filterpy, on one core, in one run.

    python -m benchmarks.trajectory

Median CPU time on a simulated track in the plane with equal steps (the peers need them), of filtering and smoothing
with the noises given, and of estimating both noises by maximum likelihood. statsmodels takes each axis by itself, in
compiled code, and shares the two noises by adding likelihoods; filterpy takes both axes as one state and estimates
nothing. The last column is the largest distance between smoothed positions, theirs and ours.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import time
from collections.abc import Callable

import numpy as np
from filterpy.kalman import KalmanFilter
from numpy.typing import NDArray
from scipy.optimize import minimize
from statsmodels.tsa.statespace.mlemodel import MLEModel

from compute.trajectory.estimation import estimate_noise
from compute.trajectory.filter import Variances, run_filter
from compute.trajectory.likelihood import ObservedTrack
from compute.trajectory.smoother import smooth

Array = NDArray[np.float64]

NOISE = Variances(r=1.0, q=0.2)
SIZES = (1_000, 100_000)
REPEATS = 3
F = np.array([[1.0, 1.0], [0.0, 1.0]])
Q = np.array([[1 / 3, 1 / 2], [1 / 2, 1.0]])


def simulate(n: int) -> Array:
    """Return noisy positions, (n, 2), one second apart."""
    generator = np.random.default_rng(0)
    root = np.linalg.cholesky(NOISE.q * Q)
    pushes = np.einsum("ij,njd->nid", root, generator.normal(size=(n, 2, 2)))
    velocity = 3 + np.cumsum(pushes[:, 1], axis=0)
    before = np.concatenate([np.full((1, 2), 3.0), velocity[:-1]])
    position = np.cumsum(before + pushes[:, 0], axis=0)
    return np.asarray(position + NOISE.r**0.5 * generator.normal(size=(n, 2)))


def ours(positions: Array) -> Array:
    times, is_seen = np.arange(len(positions), dtype=np.float64), np.ones(len(positions), dtype=bool)
    return smooth(run_filter(positions, is_seen, times, NOISE), positions, times, NOISE).means[:, 0]


def our_estimate(positions: Array) -> Variances:
    return estimate_noise(ObservedTrack(positions, np.arange(len(positions), dtype=np.float64)), None, None).noise


class Axis(MLEModel):
    """One axis for statsmodels, from an exactly diffuse start."""

    def __init__(self, values: Array, noise: Variances) -> None:
        super().__init__(values, k_states=2, initialization="diffuse")
        self["design"], self["transition"], self["selection"] = np.array([[1.0, 0.0]]), F, np.eye(2)
        self.take(noise)

    def take(self, noise: Variances) -> "Axis":
        self["obs_cov"], self["state_cov"] = np.array([[noise.r]]), noise.q * Q
        return self


def statsmodels_smooth(positions: Array) -> Array:
    return np.stack([Axis(positions[:, axis], NOISE).ssm.smooth().smoothed_state[0] for axis in range(2)], axis=1)


def statsmodels_estimate(positions: Array) -> Variances:
    axes = [Axis(positions[:, axis], NOISE) for axis in range(2)]

    def cost(logs: Array) -> float:
        noise = Variances(*np.exp(logs))
        return -float(sum(axis.take(noise).ssm.loglike() for axis in axes))

    found = minimize(cost, np.zeros(2), method="L-BFGS-B")
    return Variances(*np.exp(found.x))


def filterpy_smooth(positions: Array) -> Array:
    kalman = KalmanFilter(dim_x=4, dim_z=2)
    kalman.F, kalman.Q = np.kron(np.eye(2), F), np.kron(np.eye(2), NOISE.q * Q)
    kalman.H, kalman.R = np.array([[1.0, 0, 0, 0], [0, 0, 1.0, 0]]), NOISE.r * np.eye(2)
    kalman.P *= 1e6  # it knows no diffuse start
    means, covariances, _, _ = kalman.batch_filter(list(positions[:, :, None]))
    smoothed = kalman.rts_smoother(means, covariances)[0]
    return np.asarray(smoothed).reshape(len(positions), 4)[:, [0, 2]]


def cpu_ms(work: Callable[[Array], object], positions: Array) -> float:
    spent = []
    for _ in range(REPEATS if len(positions) < 10_000 else 1):
        began = time.process_time()
        work(positions)
        spent.append(time.process_time() - began)
    return 1000 * float(np.median(spent))


def main() -> None:
    print(f"{'n':>8} {'work':24} {'CPU ms':>10} {'ratio':>7}  difference")
    for n in SIZES:
        positions = simulate(n)
        ours(positions)  # warm
        known, base = ours(positions), cpu_ms(ours, positions)
        print(f"{n:8} {'smooth, ours':24} {base:10.1f}")
        for name, work in (("smooth, statsmodels", statsmodels_smooth), ("smooth, filterpy", filterpy_smooth)):
            spent, off = cpu_ms(work, positions), float(np.abs(work(positions) - known).max())
            print(f"{n:8} {name:24} {spent:10.1f} {spent / base:6.1f}x  {off:.1e}")
        base = cpu_ms(our_estimate, positions)
        print(f"{n:8} {'estimate, ours':24} {base:10.1f}          {our_estimate(positions)}")
        spent = cpu_ms(statsmodels_estimate, positions)
        print(
            f"{n:8} {'estimate, statsmodels':24} {spent:10.1f} {spent / base:6.1f}x  {statsmodels_estimate(positions)}"
        )


if __name__ == "__main__":
    main()
