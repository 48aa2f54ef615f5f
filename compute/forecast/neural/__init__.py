"""Recurrent networks that forecast: windows, networks, training, prediction. Imports PyTorch, so only workers load it.

The forecast is the seasonal naive one (with drift where there is no season) plus what a network makes of the last
window, for all steps of the horizon at once. One series trains a few small networks with early stopping; several
series train one network together, or a few each in a single batch.
"""

from compute.forecast.neural.estimation import fit_recurrent
from compute.forecast.neural.forecaster import Network
from compute.forecast.neural.many import fit_many
from compute.forecast.neural.weights import from_bytes, to_bytes

__all__ = ["Network", "fit_many", "fit_recurrent", "from_bytes", "to_bytes"]
