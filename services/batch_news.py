"""What the processes of a batch say to the worker that started them."""

from typing import NamedTuple

from compute.forecast.batch.plan import SeriesOutcome


class Ready(NamedTuple):
    """Everything is imported: the first chunk may come."""


class Progress(NamedTuple):
    """The part of the chunk that is done."""

    part: float


class Finished(NamedTuple):
    """What became of the chunk."""

    outcomes: list[SeriesOutcome]


class OutOfMemory(NamedTuple):
    """The allowance of memory was used up."""


class Broken(NamedTuple):
    """A fault of the program."""

    reason: str


News = Ready | Progress | Finished | OutOfMemory | Broken
