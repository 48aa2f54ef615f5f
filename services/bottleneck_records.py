"""What a rule finds: the bottleneck, the numbers that show it, and what to do."""

from typing import Literal

from pydantic import Field

from compute.schema import Record

SPARE_CPU = 70.0  # percent: above it, more workers or threads only share what there is
Severity = Literal["high", "medium", "low"]


class Evidence(Record):
    """One measured number, beside the limit that the rule holds it to."""

    name: str
    value: float
    unit: str = ""
    limit: float | None = None


class Bottleneck(Record):
    """One finding."""

    rule: str = Field(description="Name of the rule, the same each time.")
    title: str
    subject: str = Field(description="The kind of job, route, owner or device that it is about.")
    severity: Severity
    evidence: tuple[Evidence, ...]
    window_s: int = Field(description="Seconds back from now that were looked at.")
    sample_size: int = Field(description="Jobs, answers or samples that the evidence is of.")
    lost_s: float | None = Field(default=None, description="Seconds lost to it in the window, where that can be said.")
    action: str = Field(description="What to do.")
