"""Exponential smoothing chosen by an information criterion: the record a user fills in. Estimation lives beside it."""

from typing import Literal

from pydantic import Field

from compute.schema import Record


class Ets(Record, title="ETS (exponential smoothing)"):
    """Level, trend and season that follow the series; what is left on automatic is chosen for it."""

    kind: Literal["ets"] = "ets"
    error: Literal["auto", "add", "mul"] = Field(
        default="auto", title="Error", description="Errors of constant size, or in proportion to the level."
    )
    trend: Literal["auto", "none", "add"] = Field(
        default="auto", title="Trend", description="None, or a slope that changes over time."
    )
    damped: Literal["auto", "yes", "no"] = Field(
        default="auto", title="Damped", description="Whether the trend flattens out in the future."
    )
    season: Literal["auto", "none", "add", "mul"] = Field(
        default="auto", title="Season", description="None, of constant size, or in proportion to the level."
    )
    choice: Literal["average", "best"] = Field(
        default="average",
        title="Choice",
        description="Average: the forms left open, weighted by the criterion. Best: the one with the least.",
    )
    criterion: Literal["aicc", "aic", "bic"] = Field(
        default="aicc", title="Criterion", description="What weighs the forms left on automatic."
    )
