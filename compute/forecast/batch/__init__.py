"""Many series in one job: fitted chunk by chunk, their intervals calibrated together.

Where chunks are computed, in this process or in others, is for the caller to say. Only light records are imported
here; `run` and what it needs load the numerical libraries.
"""

from compute.forecast.batch.request import BatchForecastRequest, DatasetColumns, DatasetGroups, SeriesCollection
from compute.forecast.batch.result import BatchForecastResult, BatchSummary, PooledWidth, SeriesForecast

__all__ = [
    "BatchForecastRequest",
    "BatchForecastResult",
    "BatchSummary",
    "DatasetColumns",
    "DatasetGroups",
    "PooledWidth",
    "SeriesCollection",
    "SeriesForecast",
]
