"""Forecasting: models that look ahead in a series, with honest uncertainty and measured accuracy."""

from compute.forecast.arima import Arima
from compute.forecast.auto_arima import AutoArima
from compute.forecast.ensemble import Best, Ensemble
from compute.forecast.ets import Ets
from compute.forecast.naive import Drift, Naive, SeasonalNaive
from compute.forecast.recurrent import Gru, Lstm
from compute.forecast.request import ForecastRequest, Model
from compute.forecast.result import Accuracy, Diagnostics, FittedModel, ForecastResult, Interval
from compute.forecast.theta import Theta

__all__ = [
    "Accuracy",
    "Arima",
    "AutoArima",
    "Best",
    "Diagnostics",
    "Drift",
    "Ensemble",
    "Ets",
    "FittedModel",
    "ForecastRequest",
    "ForecastResult",
    "Gru",
    "Interval",
    "Lstm",
    "Model",
    "Naive",
    "SeasonalNaive",
    "Theta",
]
