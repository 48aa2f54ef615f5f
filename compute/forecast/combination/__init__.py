"""Forecasting with several models at once: their combination, and the choice of the best. Loaded by workers only."""

from compute.forecast.combination.choice import fit_best
from compute.forecast.combination.mixture import fit_ensemble

__all__ = ["fit_best", "fit_ensemble"]
