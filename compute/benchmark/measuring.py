"""One workload from its size to its repeats: found, checked, warmed up, timed, checked again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil
from typing import Protocol

from compute.benchmark.options import Preset
from compute.benchmark.result import Check, Evidence, Timing
from compute.benchmark.sizing import Found, find_size, largest_size
from compute.benchmark.statistics import summarise
from compute.benchmark.timers import MS
from compute.benchmark.workload import SizeRange, Trial, Workload
from compute.job import Report

MIB = 2**20
MOST_CALLS = 10_000  # in one repeat
MOST_REPEATS = 2_000
FEWEST_REPEATS = 3
WARM_RATIO = 0.05  # three calls this near each other are warm
MOST_WARM_UP = 12
TUNING, REPEATING = 0.3, 0.9  # of the progress of one workload: until when


class Watch(Protocol):
    """Sees what else happens while a workload is timed."""

    def look(self) -> None:
        """Note the present state."""

    def evidence(self) -> Evidence:
        """Return what was seen from the first look to the last."""


@dataclass(frozen=True)
class Wish:
    """How a workload shall be measured.

    Attributes
    ----------
    size : None to find it
    duration_s : to repeat for so long; None for the preset's number of repeats
    """

    timing: Preset
    memory_mib: int
    size: int | None = None
    duration_s: float | None = None


@dataclass(frozen=True)
class Run:
    """What a workload did. Timing and evidence are None when its answer was wrong."""

    trial: Trial
    found: Found
    check: Check
    timing: Timing | None = None
    evidence: Evidence | None = None


class SizeError(ValueError):
    """A size that cannot be measured: no size of the workload, or too large for the memory. The message says which."""


def measure(workload: Workload, wish: Wish, report: Report, watch: Watch) -> Run:
    """Return what was measured; raise SizeError when its size cannot be."""
    found = _choose_size(workload, wish, report)
    report(TUNING, "checking the answer")
    trial = workload.prepare(found.size)
    check = trial.check(trial.call())
    if not check.has_passed:
        return Run(trial, found, check)
    one_ms, warm_up = warm_up_calls(lambda: workload.timer.time_ms(trial.call, 1), report)
    calls = min(max(ceil(wish.timing.target_ms / max(one_ms, 1e-6) - 0.5), 1), MOST_CALLS)
    whole_ms = _repeat(lambda: workload.timer.time_ms(trial.call, calls), wish, report, watch)
    report(REPEATING, "checking the answer again")
    check = trial.check(trial.call())
    if not check.has_passed:
        return Run(trial, found, check)
    samples = [each / calls for each in whole_ms]
    return Run(trial, found, check, summarise(samples, calls, warm_up, workload.timer.name), watch.evidence())


def warm_up_calls(time_one: Callable[[], float], report: Report) -> tuple[float, int]:
    """Call until three calls in a row take the same time within 5 %, 12 at most; return the last time and how many."""
    times: list[float] = []
    while len(times) < MOST_WARM_UP:
        report(TUNING, "warming up")
        times.append(time_one())
        latest = times[-3:]
        if len(latest) == 3 and max(latest) <= (1 + WARM_RATIO) * min(latest):
            break
    return times[-1], len(times)


def _choose_size(workload: Workload, wish: Wish, report: Report) -> Found:
    limit = largest_size(workload.sizes, workload.memory, wish.memory_mib * MIB)
    if limit is None or (wish.size is not None and not _is_possible(wish.size, workload.sizes, limit)):
        raise SizeError(_why_not(wish, workload))
    if wish.size is not None:
        return Found(wish.size, 0.0, (), is_at_limit=False)
    sizes = replace(workload.sizes, most=limit)
    report(0.0, "starting")
    workload.prepare(sizes.least).call()  # what is loaded or compiled at the first call is no cost of a size
    tried = 0

    def cost(size: int) -> float:
        nonlocal tried
        report(TUNING * tried / (tried + 3), f"trying {workload.sizes.title} {size}")
        tried += 1
        trial = workload.prepare(size)
        first = workload.timer.time_ms(trial.call, 1)
        return min(first, workload.timer.time_ms(trial.call, 1)) if first < 2 * wish.timing.target_ms else first

    return find_size(cost, sizes, wish.timing.target_ms)


def _is_possible(size: int, sizes: SizeRange, limit: int) -> bool:
    return sizes.least <= size <= limit and size % sizes.multiple == 0


def _why_not(wish: Wish, workload: Workload) -> str:
    sizes = workload.sizes
    size = sizes.least if wish.size is None else wish.size
    if not _is_possible(size, sizes, sizes.most):
        steps = f"a multiple of {sizes.multiple}" if sizes.multiple > 1 else "one"
        return f"{sizes.title} {size} is refused: take {steps} from {sizes.least} to {sizes.most}"
    needed = ceil(workload.memory(size) / MIB)
    return f"{sizes.title} {size} takes {needed} MiB, and {wish.memory_mib} MiB are allowed: raise memory_mib"


def _repeat(time_one: Callable[[], float], wish: Wish, report: Report, watch: Watch) -> list[float]:
    """Return the times of all repeats; a cancelled job stops between two of them."""
    times: list[float] = []
    watch.look()
    while not _is_enough(times, wish):
        share = len(times) / wish.timing.repeats if wish.duration_s is None else sum(times) / MS / wish.duration_s
        report(TUNING + (REPEATING - TUNING) * min(share, 1.0), f"repeat {len(times) + 1}")
        times.append(time_one())
        watch.look()
    return times


def _is_enough(times_ms: list[float], wish: Wish) -> bool:
    if wish.duration_s is None:
        return len(times_ms) >= wish.timing.repeats
    is_over = sum(times_ms) >= wish.duration_s * MS or len(times_ms) >= MOST_REPEATS
    return is_over and len(times_ms) >= FEWEST_REPEATS
