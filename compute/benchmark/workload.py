"""What a workload brings to be measured: its sizes, what it needs, and a trial of a size that runs and can be checked.

A workload that cannot run here is `Missing`, with the reason: it is shown, not left out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from compute.benchmark.options import KindName, LibraryName, NumberType
from compute.benchmark.result import Check
from compute.benchmark.timers import Timer


@dataclass(frozen=True)
class Work:
    """What one call does.

    Attributes
    ----------
    amount : in `unit` without its `/s`
    flop : operations, None where nobody counted them
    moved_bytes : that must be read and written at least
    """

    amount: float
    unit: str
    flop: float | None = None
    moved_bytes: float | None = None


@dataclass(frozen=True)
class Trial:
    """A workload at one size, with its data in place.

    Attributes
    ----------
    call : runs it once; what it returns need not be ready on a GPU
    check : says whether such an answer is right; waits for it
    """

    call: Callable[[], Any]
    check: Callable[[Any], Check]
    work: Work


@dataclass(frozen=True)
class SizeRange:
    """Sizes that make sense: multiples of `multiple` from `least` to `most`."""

    least: int
    most: int
    multiple: int = 1
    title: str = "size"


@dataclass(frozen=True)
class Workload:
    """Something to measure.

    Attributes
    ----------
    memory : bytes that a size takes
    prepare : makes the trial of a size
    peak : name of the ceiling its rate is a share of; None where operations are not counted
    """

    kind: KindName
    variant: str
    title: str
    device: str
    sizes: SizeRange
    memory: Callable[[int], float]
    prepare: Callable[[int], Trial]
    timer: Timer
    dtype: NumberType | None = None
    library: LibraryName | None = None
    peak: str | None = None


@dataclass(frozen=True)
class Missing:
    """Something that cannot be measured here."""

    kind: KindName
    variant: str
    title: str
    device: str
    reason: str
    dtype: NumberType | None = None
    library: LibraryName | None = None
