"""A look at one series before any forecast: its parts, its periods, its outliers and its shifts."""

from compute.forecast.exploration.request import ExploreRequest
from compute.forecast.exploration.result import (
    Decomposition,
    ExploreResult,
    Outlier,
    Period,
    QuantilePlot,
    Spectrum,
)

__all__ = ["Decomposition", "ExploreRequest", "ExploreResult", "Outlier", "Period", "QuantilePlot", "Spectrum"]
