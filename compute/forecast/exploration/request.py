"""What may be asked of a look at one series."""

from pydantic import Field

from compute.forecast.options import SeasonLength
from compute.schema import Record
from compute.series import SeriesReference


class ExploreRequest(Record):
    """Take one series apart: trend and season, periods, correlations, outliers and shifts."""

    series: SeriesReference = Field(title="Series", description="Values, or a column of a dataset.")
    season_length: SeasonLength = None
    robust: bool = Field(
        default=True,
        title="Robust",
        description="Keeps values far from the rest out of trend and season, so that they show in the remainder.",
    )
    confidence: float = Field(
        default=95,
        ge=50,
        le=99.9999,
        title="Confidence",
        description="How sure that an ordinary series of this length would show no outlier and no shift at all.",
        json_schema_extra={"unit": "%"},
    )
