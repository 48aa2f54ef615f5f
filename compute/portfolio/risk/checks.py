"""What a schema cannot know of a question about risk: whether the names are assets, and the returns of this world."""

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.holdings import held_weights
from compute.portfolio.naming import check_names
from compute.portfolio.returns import MAX_RETURN
from compute.portfolio.risk.factors import ColumnFactors
from compute.portfolio.risk.request import RiskRequest
from compute.schema import Location, RequestError

MAX_LOG_GROWTH = 650.0  # of all rises together: exp of it can still be written


def check_risk(request: RiskRequest, names: tuple[str, ...]) -> None:
    """Raise RequestError where weights, groups, shocks or the benchmark do not go with the assets."""
    held_weights(request.weights, names, request.rest, apart=factor_columns(request))
    for i, group in enumerate(request.groups):
        check_names(group.assets, names, ("groups", i, "assets"))
    for i, shock in enumerate(request.shocks):
        check_names(shock.moves, names, ("shocks", i, "moves"))
    if isinstance(request.factors, ColumnFactors):
        _check_columns(request.factors, request.weights is None, names)
    if request.benchmark is not None:
        check_names([request.benchmark], names, ("benchmark",))


def factor_columns(request: RiskRequest) -> tuple[str, ...]:
    """Return the columns that are factors."""
    return request.factors.names if isinstance(request.factors, ColumnFactors) else ()


def _check_columns(factors: ColumnFactors, is_even: bool, names: tuple[str, ...]) -> None:
    loc = ("factors", "names")
    check_names(factors.names, names, loc)
    if not factors.names:
        raise RequestError.at(*loc, msg="no column is named; name factors, or choose principal components")
    if len(set(factors.names)) < len(factors.names):
        raise RequestError.at(*loc, msg="a column is named twice; name each factor once")
    if is_even and len(factors.names) == len(names):
        msg = "every column is a factor, so that nothing is held; give weights, or leave some column out"
        raise RequestError.at(*loc, msg=msg)


def refuse_overflow(returns: NDArray[np.float64], loc: Location = ("assets",)) -> None:
    """Raise RequestError for returns (T,) or (T, n) that compound to more than numbers can hold."""
    highest = float(np.abs(returns).max())
    if not highest < MAX_RETURN or float(np.log1p(np.maximum(returns, 0.0)).sum(axis=0).max()) > MAX_LOG_GROWTH:
        msg = f"returns of up to {highest:.3g} in one period are no returns of assets; check the values"
        raise RequestError.at(*loc, msg=msg)
