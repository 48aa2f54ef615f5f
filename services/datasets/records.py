"""What is known of a dataset, as frozen records."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from compute.schema import Record


class ColumnInfo(Record):
    """One column as it was parsed."""

    name: str
    kind: Literal["time", "number", "text"]
    missing: int
    min: float | str | None = None
    """Smallest value: a number, or an ISO 8601 time."""
    max: float | str | None = None
    distinct: int | None = None


class Finding(Record):
    """Something the audit noticed, in plain words, with the repair that would mend it."""

    code: str
    """For example `duplicate_times`, `gaps`, `missing_values`, `constant_column`, `text_column`, `outliers`."""
    severity: Literal["info", "warning", "error"]
    column: str | None = None
    message: str
    examples: tuple[str, ...] = ()
    """A few places: row numbers (as in the file, from 1) and values."""
    repair: dict[str, Any] | None = None
    """A member of `RepairRequest.repairs` that mends it, ready to submit; None when there is nothing to mend."""
    repair_label: str | None = None


class DatasetInfo(Record):
    """A stored dataset: an upload, a bundled sample, or a repaired version of one."""

    id: str
    name: str
    rows: int
    columns: tuple[ColumnInfo, ...]
    time_column: str | None
    time_format: str | None = None
    """How times were read, for example `%d.%m.%Y`, or `ISO 8601`."""
    frequency: str | None
    """ISO 8601 duration of one step, `P1M` or `PT1H`; None when irregular or without times."""
    sha256: str
    """Of the parsed content."""
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_sure: bool = True
    """False when the time column is a guess that the user should confirm."""
    parent: str | None = None
    """The dataset this one is a repaired version of."""
    repairs: tuple[dict[str, Any], ...] = ()
    is_sample: bool = False
    source: str | None = None
    licence: str | None = None
    file_name: str | None = None
    created_at: datetime | None = None
    notes: tuple[str, ...] = Field(default=())
