"""From paths to motions: speeds, times, and samples at the control rate."""

from compute.planning.timing.drive import Drive, Trajectory, plan_drive

__all__ = ["Drive", "Trajectory", "plan_drive"]
