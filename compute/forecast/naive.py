"""The two reference forecasts every model must beat: the last value, and the value one season ago."""

from typing import Literal

from compute.schema import Record


class Naive(Record):
    """Every future value equals the last observed one (random walk)."""

    kind: Literal["naive"] = "naive"


class SeasonalNaive(Record):
    """Every future value equals the one a season earlier."""

    kind: Literal["seasonal_naive"] = "seasonal_naive"
