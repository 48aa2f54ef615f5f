"""Recurrent networks that forecast: windows, networks, training, prediction. Imports PyTorch, so only workers load it.

The forecast is the seasonal naive one (with drift where there is no season) plus what a network makes of the last
window, for all steps of the horizon at once. One series trains a few small networks with early stopping; several
series train one network together, or a few each in a single batch.
"""

from compute.forecast.neural.estimation import apply_network, fit_recurrent, train_network
from compute.forecast.neural.learning import Learned
from compute.forecast.neural.many import fit_many
from compute.forecast.neural.weights import from_bytes, to_bytes

__all__ = ["Learned", "apply_network", "fit_many", "fit_recurrent", "from_bytes", "to_bytes", "train_network"]
