"""Workloads whose time and answers are made up, so that what the engine does with them is known."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from compute.benchmark.checks import as_check
from compute.benchmark.result import Check, Evidence
from compute.benchmark.timers import ClockName
from compute.benchmark.workload import SizeRange, Trial, Work, Workload

MIB = 2**20
MANY = SizeRange(1, 10_000)


@dataclass
class Clockwork:
    """A timer that adds up what each call says it takes."""

    cost: Callable[[int], float]
    size: int = 0
    calls: int = 0
    name: ClockName = "wall"

    def time_ms(self, call: Callable[[], Any], calls: int) -> float:
        """Call, and return the cost of the size that was prepared last, as often."""
        return sum(self._once(call) for _ in range(calls))

    def _once(self, call: Callable[[], Any]) -> float:
        call()
        return self.cost(self.size)


@dataclass
class QuietWatch:
    """Sees nothing, but counts its looks."""

    seen: Evidence = field(default_factory=Evidence)
    looks: int = 0

    def look(self) -> None:
        """Count."""
        self.looks += 1

    def evidence(self) -> Evidence:
        """Return what it was made with."""
        return self.seen


def made_workload(
    cost: Callable[[int], float] = float,
    is_right: Callable[[int], bool] = lambda call: True,
    sizes: SizeRange = MANY,
    **facts: Any,
) -> Workload:
    """Return a workload of that cost in ms; `is_right` says of the n-th answer whether it is."""
    timer = Clockwork(cost)

    def prepare(size: int) -> Trial:
        timer.size = size
        return Trial(call=_count(timer), check=lambda n: _check(is_right(n)), work=Work(1.0, "things", 2.0, 4.0))

    known = {"kind": "matrix_multiply", "variant": "fp32", "title": "Made", "device": "cpu", "dtype": "fp32"}
    return Workload(**known | facts, sizes=sizes, memory=lambda size: size * MIB, prepare=prepare, timer=timer)  # type: ignore[arg-type]


def _count(timer: Clockwork) -> Callable[[], int]:
    def call() -> int:
        timer.calls += 1
        return timer.calls

    return call


def _check(is_right: bool) -> Check:
    return as_check(0.0 if is_right else 1.0, 0.5, "what it should be")
