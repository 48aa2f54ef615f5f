"""What a long computation and its runner agree on: progress out, cancellation in, and the seed of what it draws."""

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

Seed = Annotated[
    int,
    Field(
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="Of the draws: the same seed gives the same numbers.",
        json_schema_extra={"advanced": True},
    ),
]

Report = Callable[[float, str], None]
"""`report(fraction, message)`: fraction of the work done in 0..1 and what is being done.

Call it once per batch of work (at least every 100 ms or so): it is also where a cancelled job stops, by `Cancelled`.
"""


class Cancelled(BaseException):
    """Raised inside `report` when the job was cancelled. Not an Exception: no computation should swallow it."""


def ignore_progress(fraction: float, message: str) -> None:
    """Report to nobody; the default of computations that are called directly."""
