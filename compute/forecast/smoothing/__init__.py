"""Exponential smoothing and the Theta method: state-space recursions, compiled, with few parameters searched for."""

from compute.forecast.smoothing.fit import fit_ets
from compute.forecast.smoothing.theta_fit import fit_theta

__all__ = ["fit_ets", "fit_theta"]
