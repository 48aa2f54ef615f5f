"""From size to repeats, on workloads whose times and answers are made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.benchmark.measuring import MOST_WARM_UP, Wish, measure, warm_up_calls
from compute.benchmark.options import Preset
from compute.benchmark.workload import SizeRange
from compute.job import Cancelled, ignore_progress
from tests.compute.benchmark.twins import Clockwork, QuietWatch, made_workload

WISH = Wish(Preset(100.0, 5), memory_mib=10_000)


def test_the_repeats_take_the_target_time_and_each_is_watched() -> None:
    watch = QuietWatch()
    run = measure(made_workload(), WISH, ignore_progress, watch)
    assert run.timing is not None
    assert run.timing.repeats == 5
    assert run.timing.calls * run.timing.median_ms == pytest.approx(100, rel=0.5)
    assert run.found.size == pytest.approx(100, rel=0.1)
    assert watch.looks == 6


def test_a_quick_call_is_repeated_until_the_target_time_is_full() -> None:
    run = measure(made_workload(lambda size: 2.0, sizes=SizeRange(7, 7)), WISH, ignore_progress, QuietWatch())
    assert run.timing is not None
    assert (run.found.is_at_limit, run.timing.calls, run.timing.median_ms) == (True, 50, 2.0)


def test_a_wrong_answer_has_no_speed() -> None:
    watch = QuietWatch()
    run = measure(made_workload(is_right=lambda call: False), WISH, ignore_progress, watch)
    assert (run.check.has_passed, run.timing, run.evidence) == (False, None, None)
    assert watch.looks == 0, "nothing is timed before the answer is right"


def test_an_answer_that_goes_wrong_during_the_repeats_has_no_speed() -> None:
    workload = made_workload(lambda size: 100.0, is_right=lambda call: call < 8, sizes=SizeRange(1, 1))
    assert isinstance(workload.timer, Clockwork)
    run = measure(workload, WISH, ignore_progress, QuietWatch())
    assert workload.timer.calls > 8
    assert (run.check.has_passed, run.timing) == (False, None)


def test_a_duration_decides_how_often_is_repeated() -> None:
    run = measure(made_workload(), Wish(Preset(100.0, 5), 10_000, duration_s=2.0), ignore_progress, QuietWatch())
    assert run.timing is not None
    assert run.timing.repeats == pytest.approx(20, abs=3)


@given(st.integers(1, 300), st.integers(1, 10_000))
def test_no_size_takes_more_memory_than_is_allowed(memory_mib: int, target: int) -> None:
    wish = Wish(Preset(float(target), 3), memory_mib)
    run = measure(made_workload(), wish, ignore_progress, QuietWatch())
    assert max(size for size, _ in run.found.probes) <= memory_mib
    assert run.found.is_at_limit == (run.found.size == memory_mib and run.found.time_ms < 0.9 * target) or target < 2


def test_progress_never_goes_back_and_a_cancelled_job_stops_between_two_repeats() -> None:
    told: list[tuple[float, str]] = []

    def report(fraction: float, message: str) -> None:
        told.append((fraction, message))
        if message == "repeat 3":
            raise Cancelled

    watch = QuietWatch()
    with pytest.raises(Cancelled):
        measure(made_workload(), WISH, report, watch)
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)
    assert watch.looks == 3


def test_warming_up_ends_when_three_calls_agree_or_when_it_never_does() -> None:
    times = iter([90.0, 40.0, 20.0, 10.4, 10.1, 10.2, 10.0])
    assert warm_up_calls(lambda: next(times), ignore_progress) == (10.2, 6)
    never = iter(range(1, 100))
    assert warm_up_calls(lambda: 2.0 ** next(never), ignore_progress)[1] == MOST_WARM_UP
