"""Past values that tell where a series stands: how many, and how far apart."""

import numpy as np
from numpy.typing import NDArray

from compute.information.design import History
from compute.information.request import TransferEntropyRequest

Array = NDArray[np.float64]


def choose_history(request: TransferEntropyRequest, values: Array) -> History:
    """Return the past values of the target that count as known."""
    return History(request.target_history, request.delay)
