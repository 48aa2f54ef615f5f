"""What an alert is, as a frozen record."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from compute.schema import Record

Severity = Literal["critical", "warning", "info"]


class AlertState(StrEnum):
    """Where an alert is in its life."""

    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Alert(Record):
    """One time at which a rule held."""

    id: str
    rule: str = Field(description="Name of the rule in the file of rules.")
    subject: str = Field(description="What it is about where a rule watches several, such as a GPU; else empty.")
    title: str
    severity: Severity
    state: AlertState
    signal: str = Field(description="What is watched.")
    unit: str
    value: float = Field(description="The newest value.")
    worst: float = Field(description="The value farthest beyond the threshold.")
    threshold: float
    is_above: bool = Field(description="Whether the rule is about values above the threshold, not below.")
    action: str = Field(description="What to do.")
    started_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None
    resolution: str | None = Field(default=None, description="Why it is over.")
    silenced_until: datetime | None = Field(default=None, description="Until when nobody is told of it.")
