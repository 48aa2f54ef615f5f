"""Exponential smoothing and the Theta method: state-space recursions, compiled, with the likelihood maximised."""

from compute.forecast.smoothing.fit import fit_ets

__all__ = ["fit_ets"]
