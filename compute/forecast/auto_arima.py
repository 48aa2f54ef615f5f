"""ARIMA whose orders are chosen for the series: the record a user fills in. The choice is made in `selection`."""

from typing import Any, Literal

from pydantic import Field

from compute.schema import Record

RARE: dict[str, Any] = {"advanced": True}  # what most users never change: forms fold it away


class AutoArima(Record, title="Automatic ARIMA"):
    """Seasonal ARIMA with differences chosen by tests and orders by an information criterion."""

    kind: Literal["auto_arima"] = "auto_arima"
    seasonal: bool = Field(
        default=True, title="Seasonal", description="Also tries seasonal orders, where the series has a season."
    )
    stationary: bool = Field(
        default=False,
        title="Stationary",
        description="Takes the series for stationary: never differences it.",
        json_schema_extra=RARE,
    )
    averaged: bool = Field(
        default=True,
        title="Averaged",
        description="Averages the forecasts of the best few models by their Akaike weights instead of trusting one.",
    )
    echo: bool = Field(
        default=True,
        title="Longer cycle",
        description="Where the season is a day (24, 48 or 96 steps, ...) or a week of days, and the series long "
        "enough, repeats a part of what was missed a week, or a year of weeks, ago.",
    )
    criterion: Literal["aicc", "aic", "bic"] = Field(
        default="aicc",
        title="Criterion",
        description="What the chosen orders minimise: AIC corrected for short series, AIC, or BIC, which prefers "
        "smaller models.",
        json_schema_extra=RARE,
    )
    fourier: bool = Field(
        default=False,
        title="Waves for long seasons",
        description="Explains a season of more than 100 steps by sines and cosines, as many as the criterion likes, "
        "instead of a seasonal difference: for smooth seasons and short histories.",
        json_schema_extra=RARE,
    )
    max_p: int = Field(
        default=5,
        ge=0,
        le=10,
        title="Largest p",
        description="Largest autoregressive order tried.",
        json_schema_extra=RARE,
    )
    max_q: int = Field(
        default=5,
        ge=0,
        le=10,
        title="Largest q",
        description="Largest moving-average order tried.",
        json_schema_extra=RARE,
    )
    max_P: int = Field(  # noqa: N815
        default=2, ge=0, le=4, title="Largest P", description="Largest seasonal p tried.", json_schema_extra=RARE
    )
    max_Q: int = Field(  # noqa: N815
        default=2, ge=0, le=4, title="Largest Q", description="Largest seasonal q tried.", json_schema_extra=RARE
    )
    max_d: int = Field(
        default=2, ge=0, le=2, title="Largest d", description="Most differences.", json_schema_extra=RARE
    )
    max_D: int = Field(  # noqa: N815
        default=1, ge=0, le=1, title="Largest D", description="Most seasonal differences.", json_schema_extra=RARE
    )
    max_order: int = Field(
        default=7,
        ge=0,
        le=20,
        title="Largest sum",
        description="Largest p + q + P + Q of a model that is tried.",
        json_schema_extra=RARE,
    )
