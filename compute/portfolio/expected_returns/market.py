"""The market as a portfolio of the assets at hand: what equilibrium returns are taken from."""

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from compute.portfolio.assets import AssetName
from compute.portfolio.naming import weights_of
from compute.schema import Location, Record, RequestError

Array = NDArray[np.float64]


class Market(Record):
    """What models of equilibrium have in common."""

    market_weights: dict[AssetName, float] | None = Field(
        default=None,
        min_length=1,
        title="Market weights",
        description="A line per asset: its name and its share of the market, such as its capitalisation. Empty: "
        "all the same.",
    )


def market_portfolio(names: tuple[str, ...], weights: dict[str, float] | None, loc: Location) -> Array:
    """Return the market's weights (n,), which sum to 1; RequestError below `loc` where they cannot."""
    if weights is None:
        return np.full(len(names), 1 / len(names))
    given = weights_of(weights, names, (*loc, "market_weights"))
    if (given < 0).any() or given.sum() <= 0:
        low = names[int(given.argmin())]
        msg = f"{low} has {given.min():g}: shares of the market are not negative, and some are above 0; correct them"
        raise RequestError.at(*loc, "market_weights", msg=msg)
    return np.asarray(given / given.sum())
