"""What checking the work of a receipt comes to."""

from compute.schema import Record


class WorkVerdict(Record):
    """Whether the work was done, and what was found."""

    is_done: bool
    reason: str
