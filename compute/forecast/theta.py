"""The Theta method, optimised: the record a user fills in. Estimation lives in `smoothing`."""

from typing import Literal

from pydantic import Field

from compute.schema import Record


class Theta(Record, title="Theta"):
    """Smoothed level plus a part of the long-run trend, both followed as the series goes on."""

    kind: Literal["theta"] = "theta"
    season: Literal["auto", "none", "add", "mul"] = Field(
        default="auto",
        title="Season",
        description="Removed before, put back after: a constant amount, or in proportion to the level. "
        "Auto: only where the autocorrelation shows one.",
    )
