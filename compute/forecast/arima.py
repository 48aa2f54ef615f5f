"""Seasonal ARIMA by exact maximum likelihood: the record a user fills in. Estimation lives beside it."""

from typing import Literal

from pydantic import Field

from compute.schema import Record

MAX_LAG_ORDER = 10  # above it estimates are unreliable on any series we know, and the likelihood surface is flat
MAX_SEASONAL_ORDER = 4


class Arima(Record, title="ARIMA"):
    """ARIMA(p,d,q)(P,D,Q)m with an optional constant (a drift when differenced once)."""

    kind: Literal["arima"] = "arima"
    p: int = Field(default=2, ge=0, le=MAX_LAG_ORDER, title="p", description="Autoregressive order.")
    d: int = Field(default=1, ge=0, le=2, title="d", description="Differences.")
    q: int = Field(default=1, ge=0, le=MAX_LAG_ORDER, title="q", description="Moving-average order.")
    P: int = Field(default=0, ge=0, le=MAX_SEASONAL_ORDER, title="P", description="Seasonal autoregressive order.")
    D: int = Field(default=0, ge=0, le=1, title="D", description="Seasonal differences.")
    Q: int = Field(default=0, ge=0, le=MAX_SEASONAL_ORDER, title="Q", description="Seasonal moving-average order.")
    constant: bool | None = Field(
        default=None,
        title="Constant",
        description="Mean of an undifferenced series, drift of a once differenced one. "
        "Empty: only without differences.",
    )
