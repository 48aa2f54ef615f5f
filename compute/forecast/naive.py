"""Reference forecasts every model must beat: the last value, the value one season ago, the line through both ends."""

from typing import Literal

from compute.schema import Record


class Naive(Record):
    """Every future value equals the last observed one (random walk)."""

    kind: Literal["naive"] = "naive"


class SeasonalNaive(Record):
    """Every future value equals the one a season earlier."""

    kind: Literal["seasonal_naive"] = "seasonal_naive"


class Drift(Record):
    """The last value, moving on by the mean change per step (random walk with drift)."""

    kind: Literal["drift"] = "drift"
