"""From what a request says to the estimator it means."""

from compute.information.estimators.binned import Binned
from compute.information.estimators.estimator import Estimator
from compute.information.estimators.gaussian import Gaussian
from compute.information.estimators.ksg import Ksg
from compute.information.estimators.symbolic import Symbolic
from compute.information.options import InformationRequest


def make_estimator(request: InformationRequest, dimensions: int, device: str) -> Estimator:
    """Return the estimator that a request asks for, for so many values in one row, on a device."""
    match request.estimator:
        case "ksg":
            return Ksg(request.k, 1, request.noise, device)
        case "ksg2":
            return Ksg(request.k, 2, request.noise)
        case "binned":
            return Binned(request.bins, dimensions, request.correction)
        case "symbolic":
            return Symbolic(request.order, request.correction)
        case "gaussian":
            return Gaussian()
