"""From what a request says to the estimator it means."""

from compute.information.estimators.estimator import Estimator
from compute.information.estimators.ksg import Ksg
from compute.information.options import InformationRequest


def make_estimator(request: InformationRequest) -> Estimator:
    """Return the estimator that a request asks for."""
    return Ksg(request.k, 2 if request.estimator == "ksg2" else 1, request.noise)
