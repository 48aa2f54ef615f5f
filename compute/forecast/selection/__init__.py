"""Automatic ARIMA: how often to difference, which orders to try, and how to combine the best."""

from compute.forecast.selection.fit import fit_auto_arima

__all__ = ["fit_auto_arima"]
