"""Trajectories: where a moving point was, how fast it went, and where it will be, with the uncertainty of each."""

from compute.trajectory.request import TrajectoryRequest
from compute.trajectory.result import TrajectoryResult
from compute.trajectory.track import DatasetTrack, InlineTrack, Track, TrackReference

__all__ = ["DatasetTrack", "InlineTrack", "Track", "TrackReference", "TrajectoryRequest", "TrajectoryResult"]
