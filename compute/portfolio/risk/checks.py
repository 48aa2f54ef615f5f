"""What a schema cannot know of a question about risk: whether the names are assets, and the returns of this world."""

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.holdings import held_weights
from compute.portfolio.naming import check_names
from compute.portfolio.risk.request import RiskRequest
from compute.schema import Location, RequestError

MAX_RETURN = 1e6  # of one period; beyond it squares and products leave the numbers
MAX_LOG_GROWTH = 650.0  # of all rises together: exp of it can still be written


def check_risk(request: RiskRequest, names: tuple[str, ...]) -> None:
    """Raise RequestError where weights, groups, shocks or the benchmark do not go with the assets."""
    held_weights(request.weights, names, request.rest)
    for i, group in enumerate(request.groups):
        check_names(group.assets, names, ("groups", i, "assets"))
    for i, shock in enumerate(request.shocks):
        check_names(shock.moves, names, ("shocks", i, "moves"))
    if request.benchmark is not None:
        check_names([request.benchmark], names, ("benchmark",))


def refuse_overflow(returns: NDArray[np.float64], loc: Location = ("assets",)) -> None:
    """Raise RequestError for returns (T,) or (T, n) that compound to more than numbers can hold."""
    highest = float(np.abs(returns).max())
    if not highest < MAX_RETURN or float(np.log1p(np.maximum(returns, 0.0)).sum(axis=0).max()) > MAX_LOG_GROWTH:
        msg = f"returns of up to {highest:.3g} in one period are no returns of assets; check the values"
        raise RequestError.at(*loc, msg=msg)
