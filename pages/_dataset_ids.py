"""Ids and addresses of the datasets page."""

from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

PATH = "/datasets"


class DatasetsId(StrEnum):
    """Components of the page."""

    URL = "datasets-url"
    UPLOADED = "datasets-uploaded"
    """Store: what the uploader finished, `{"upload", "file_name"}`."""
    JOB = "datasets-job"
    """Store: the import or repair that is followed."""
    JOB_CLOCK = "datasets-job-clock"
    JOB_STATE = "datasets-job-state"
    JOB_CANCEL = "datasets-job-cancel"
    SHOWN = "datasets-shown"
    """Store: id of the dataset that is shown."""
    COLUMN = "datasets-column"
    CHART = "datasets-chart"
    GRID = "datasets-grid"
    REPAIR_ALL = "datasets-repair-all"
    DELETE = "datasets-delete"
    DELETE_ASKED = "datasets-delete-asked"
    DELETE_SURE = "datasets-delete-sure"
    DELETE_KEEP = "datasets-delete-keep"
    SOURCE = "datasets-source"
    """Store: the import request that can be repeated with another reading."""
    TIME_COLUMN = "datasets-time-column"
    DAY_FIRST = "datasets-day-first"
    DECIMAL_COMMA = "datasets-decimal-comma"
    READ_AGAIN = "datasets-read-again"
    READ_AGAIN_PROBLEM = "datasets-read-again-problem"


def repair_id(index: int) -> dict[str, Any]:
    """Return the id of the button that repairs the finding at `index`."""
    return {"type": "datasets-repair", "index": index}


def dataset_href(dataset_id: str, job_id: str | None = None) -> str:
    """Return the address of a dataset; `job_id` is the job that made it."""
    return f"{PATH}?{urlencode({'id': dataset_id} | ({'job': job_id} if job_id else {}))}"


def job_href(job_id: str) -> str:
    """Return the address that follows an import or a repair."""
    return f"{PATH}?{urlencode({'job': job_id})}"


def forecast_href(dataset_id: str, column: str) -> str:
    """Return the address of the forecast form for a column."""
    return f"/forecast?{urlencode({'dataset': dataset_id, 'column': column})}"
