"""Automatic ARIMA of many series at once on a device: the choices of `selection`, made for all of them together."""

from compute.forecast.selection.batched.fit import AutoFit, fit_auto_batch

__all__ = ["AutoFit", "fit_auto_batch"]
