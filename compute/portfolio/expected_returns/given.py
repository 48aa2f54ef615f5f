"""Expected returns that come from elsewhere: views, analysts, or a forecast."""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from compute.portfolio.assets import AssetName
from compute.portfolio.naming import weights_of
from compute.schema import Location, Record

Array = NDArray[np.float64]


class GivenReturns(Record, title="Given"):
    """Your own expected returns: views, or what the forecasting page shows. Assets without one keep their past mean."""

    kind: Literal["given"] = "given"
    annual_returns: dict[AssetName, Annotated[float, Field(ge=-100, le=1000)]] = Field(
        default={},
        title="Expected returns",
        description="A line per asset: its name and its expected return as a fraction per year.",
    )


class ForecastReturns(Record, title="Forecast"):
    """The mean of what a forecasting model expects of the next periods, each asset on its own."""

    kind: Literal["forecast"] = "forecast"
    model: Literal["auto_arima", "ets", "theta"] = Field(
        default="theta", title="Model", description="What forecasts the returns of each asset."
    )
    horizon: int = Field(
        default=21,
        ge=1,
        le=500,
        title="Horizon",
        description="So many periods ahead; their mean counts.",
        json_schema_extra={"unit": "periods"},
    )


def given_mean(historical: Array, chosen: GivenReturns, names: tuple[str, ...], year: float, loc: Location) -> Array:
    """Return the expected returns per period, (n,): those given, and of the other assets the `historical` ones.

    Raises RequestError below `loc` for a name that is no asset's.
    """
    said = weights_of(chosen.annual_returns, names, (*loc, "annual_returns"), missing=np.nan)
    return np.where(np.isnan(said), historical, said / year)
