"""Seasonal ARIMA by exact maximum likelihood, computed with linear filters instead of a Kalman filter."""

from compute.forecast.sarima.fit import fit_sarima, fit_sarima_at
from compute.forecast.sarima.orders import Orders

__all__ = ["Orders", "fit_sarima", "fit_sarima_at"]
