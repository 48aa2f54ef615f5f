"""Queries and answers about GPUs and machine."""

from typing import Literal

from pydantic import Field

from compute.schema import Record
from services.telemetry.metrics import Subject

WEEK_S = 7 * 86_400
YEARS_S = 730 * 86_400
YEAR_3000 = 32_503_680_000


class UtilizationQuery(Record):
    """A window of busy time."""

    window: int = Field(default=60, ge=1, le=YEARS_S, title="Window", description="Seconds up to now.")
    step: int | None = Field(
        default=None, ge=1, le=86_400, title="Step", description="Seconds per point; about 450 points when absent."
    )
    device: str | None = Field(
        default=None, max_length=80, title="Device", description="Index or UUID of one device; all when absent."
    )


class HistoryQuery(Record):
    """A window of everything that is sampled of one subject."""

    subject: Subject = Field(default="host", title="Subject", description="host, device or process (our workers).")
    key: str | None = Field(
        default=None,
        max_length=120,
        title="Key",
        description="One device by UUID, one worker by place; all if absent.",
    )
    window: int = Field(default=60, ge=1, le=YEARS_S, title="Window", description="Seconds up to now or `until`.")
    until: float | None = Field(
        default=None, ge=0, le=YEAR_3000, title="Until", description="End of the window in Unix seconds."
    )
    step: int | None = Field(
        default=None, ge=1, le=86_400, title="Step", description="Seconds per point; about 450 points when absent."
    )
    format: Literal["json", "csv"] = Field(default="json", title="Format", description="json or csv.")


class LiveQuery(Record):
    """What is known already."""

    cursor: int = Field(default=0, ge=0, title="Cursor", description="As the answer before told it; 0 at first.")


class EventsQuery(Record):
    """How many events."""

    limit: int = Field(default=50, ge=1, le=500, title="Limit", description="At most so many, newest first.")


class MetricsQuery(Record):
    """Which jobs."""

    window: int = Field(
        default=WEEK_S, ge=1, le=YEARS_S, title="Window", description="Jobs that ended within so many seconds."
    )


class UtilizationSummary(Record):
    """Busy time of one device over the points of the window; null where nothing was reported."""

    mean: float | None = None
    peak: float | None = None
    idle_share: float | None = Field(default=None, description="Share of the points with less than 5 % busy time.")


class UtilizationSeries(Record):
    """Busy time of one device in percent: mean and largest value per step."""

    device: str = Field(description="UUID.")
    title: str
    times: tuple[float, ...] = Field(description="Unix seconds at which each step begins.")
    mean: tuple[float | None, ...]
    peak: tuple[float | None, ...]
    summary: UtilizationSummary


class Utilization(Record):
    """Busy time over a window."""

    window: int
    step: int
    devices: tuple[UtilizationSeries, ...]
    reason: str | None = Field(default=None, description="Why there is no device.")


class MetricLine(Record):
    """One metric: per step mean, least and largest; null where nothing was reported."""

    name: str
    unit: str
    definition: str
    mean: tuple[float | None, ...]
    least: tuple[float | None, ...]
    largest: tuple[float | None, ...]


class SourceHistory(Record):
    """One machine, device or worker over the window."""

    key: str
    title: str
    times: tuple[float, ...] = Field(description="Unix seconds at which each step begins.")
    metrics: tuple[MetricLine, ...]


class History(Record):
    """Everything that was sampled of one subject."""

    subject: Subject
    window: int
    step: int
    sources: tuple[SourceHistory, ...]


class LiveSamples(Record):
    """Samples after a cursor."""

    cursor: int
    begins_anew: bool = Field(description="Whether the cursor was of an earlier history; draw anew.")
    at: tuple[int, ...] = Field(description="Unix milliseconds.")
    series: dict[str, dict[str, tuple[float | None, ...]]] = Field(description="By `subject:key`, then by metric.")
    stale_since: str | None
    reason: str | None
    is_kept: bool
    digest: str = Field(description="Changes when a job, a process, a reason or a state did: ask for the status then.")


class Event(Record):
    """Something that happened to a GPU, the driver or the clock."""

    at: float = Field(description="Unix seconds.")
    kind: str
    source: str
    code: int | None = Field(default=None, description="Of an error of the driver: its XID.")
    text: str


class Events(Record):
    """What happened, newest first."""

    events: tuple[Event, ...]
