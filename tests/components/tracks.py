"""A trajectory to draw."""

from functools import cache

import numpy as np

from compute.job import ignore_progress
from compute.trajectory.request import TrajectoryRequest
from compute.trajectory.result import TrajectoryResult
from compute.trajectory.run import estimate_trajectory
from compute.trajectory.track import Track


@cache
def made_track(n: int = 80, d: int = 2, horizon: int = 6, dated: bool = False) -> TrajectoryResult:
    """A curve with noise, three positions missing and one far off, followed with noises that are given."""
    generator = np.random.default_rng(0)
    angle = np.linspace(0, 3, n)[:, None] * np.array([1.0, 0.7, 0.4])[:d]
    positions = 50 * np.cos(angle) + generator.normal(size=(n, d))
    positions[[10, 11, 12]] = np.nan
    positions[30] += 60
    stamps = np.datetime64("2024-01-01", "ns") + np.arange(n) * np.timedelta64(1, "s") if dated else None
    request = TrajectoryRequest.model_validate(
        {
            "track": {"positions": [[0, 0]]},
            "horizon": horizon,
            "gate": 99.99,
            "measurement_noise": 1,
            "process_noise": 0.05,
        }
    )
    return estimate_trajectory(request, Track(positions=positions, timestamps=stamps), ignore_progress)
