"""A whole benchmark on made workloads: shares of the peak, the roofline, comparisons, and what is absent."""

from dataclasses import replace

import pytest

from compute.benchmark.comparison import Earlier, compare
from compute.benchmark.measuring import Wish
from compute.benchmark.options import Preset
from compute.benchmark.result import Ceiling, Evidence, Measurement
from compute.benchmark.roofline import BANDWIDTH
from compute.benchmark.run import Setting, run_benchmark
from compute.benchmark.workload import Missing, SizeRange, Trial, Work, Workload
from compute.schema import RequestError
from tests.compute.benchmark.twins import QuietWatch, made_workload

WISH = Wish(Preset(10.0, 5), memory_mib=10_000)
SETTING = Setting(device="cpu", watch=lambda device: QuietWatch())


def doing(workload: Workload, work: Work) -> Workload:
    def prepare(size: int) -> Trial:
        return replace(workload.prepare(size), work=work)

    return replace(workload, prepare=prepare)


def memory() -> Workload:
    made = made_workload(kind="memory_bandwidth", variant="copy", title="Copy", dtype=None)
    return doing(made, Work(1.0, "GB", None, 1e9))


def layer() -> Workload:
    made = made_workload(lambda size: 2.0 * size, kind="convolution", title="Layer")
    return doing(made, Work(1.0, "GFLOP", 1e9, 1e8))


def product() -> Workload:
    return doing(made_workload(lambda size: 1.0 * size, title="Product"), Work(1.0, "GFLOP", 1e9, 1e7))


def measured(setting: Setting = SETTING, **change: object) -> Measurement:
    (found,), _ = run_benchmark([product()], WISH, setting)
    return found.model_copy(update=change)


def test_shares_are_of_the_highest_rate_that_was_measured_on_the_device() -> None:
    found, roofline = run_benchmark([product(), layer(), memory()], WISH, SETTING)
    rates = [each.rate for each in found]
    assert [rate and rate.percent_of_peak for rate in rates] == [
        pytest.approx(100),
        pytest.approx(100),
        pytest.approx(100),
    ]
    higher = Ceiling(name="fp32", unit="flop/s", value=4e11, source="an earlier run")
    found, roofline = run_benchmark([product(), memory()], WISH, replace(SETTING, ceilings=[higher]))
    rate = found[0].rate
    assert rate is not None
    assert rate.percent_of_peak == pytest.approx(100 * (rate.flop_per_s or 0) / 4e11)
    assert rate.peak == "fp32: an earlier run"
    assert {each.name: each.value for each in roofline.ceilings}["fp32"] == 4e11


def test_points_stand_below_the_roof_and_know_which_part_of_it_is_above_them() -> None:
    _, roofline = run_benchmark([product(), layer(), memory()], WISH, SETTING)
    ceilings = {each.name: each.value for each in roofline.ceilings}
    assert set(ceilings) == {"fp32", BANDWIDTH}
    for point in roofline.points:
        by_memory = point.arithmetic_intensity * ceilings[BANDWIDTH]
        assert point.attainable_flop_per_s == pytest.approx(min(by_memory, ceilings["fp32"]))
        assert point.bound == ("memory" if by_memory < ceilings["fp32"] else "compute")
    assert roofline.ridges["fp32"] == pytest.approx(ceilings["fp32"] / ceilings[BANDWIDTH])


def test_without_a_bandwidth_there_is_no_roofline_but_the_reason() -> None:
    _, roofline = run_benchmark([product()], WISH, SETTING)
    assert roofline.points == ()
    assert "memory_bandwidth" in (roofline.reason or "")


def test_what_is_missing_or_wrong_or_too_large_is_listed_without_a_rate() -> None:
    missing = Missing("convolution", "int8", "Layer, int8", "cpu", "nobody can", "int8", "torch")
    wrong = made_workload(is_right=lambda call: False, title="Wrong")
    large = made_workload(sizes=SizeRange(20_000, 30_000), title="Large")
    found, _ = run_benchmark([missing, wrong, large], WISH, SETTING)
    assert [each.status for each in found] == ["absent", "failed_the_check", "absent"]
    assert all(each.rate is None and each.timing is None and each.reason for each in found)
    assert found[1].check is not None
    assert not found[1].check.has_passed


@pytest.mark.parametrize(("size", "words"), [(64_000, "raise memory_mib"), (70, "a multiple of 64"), (0, "from 64")])
def test_a_size_that_cannot_be_is_refused_where_it_was_asked_for(size: int, words: str) -> None:
    with pytest.raises(RequestError, match=words) as caught:
        run_benchmark([made_workload(sizes=SizeRange(64, 10**6, 64))], replace(WISH, size=size), SETTING)
    assert caught.value.problems[0].loc == ("size",)


def test_progress_runs_from_none_to_all() -> None:
    told: list[float] = []
    run_benchmark([product(), layer()], WISH, replace(SETTING, report=lambda share, message: told.append(share)))
    assert told[0] == 0.0
    assert told[-1] == 1.0
    assert told == sorted(told)


def earlier(*factors: float, size: int | None = None, verdict: str = "stable") -> list[Earlier]:
    now = measured()
    assert now.rate is not None
    assert now.size is not None
    return [Earlier(now.rate.value * factor, size or now.size, verdict) for factor in factors]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("factors", "change"),
    [((), "first_run"), ((1.0, 1.01, 0.99), "as_before"), ((2.0, 2.0, 2.01), "slower"), ((0.5, 0.51, 0.5), "faster")],
)
def test_a_rate_is_held_against_the_median_of_earlier_runs(factors: tuple[float, ...], change: str) -> None:
    comparison = compare(measured(), earlier(*factors))
    assert comparison is not None
    assert (comparison.change, comparison.runs) == (change, len(factors))
    assert ("regression" in comparison.message) == (change == "slower")


def test_runs_of_other_sizes_are_not_compared_and_disturbed_ones_only_with_each_other() -> None:
    comparison = compare(measured(), earlier(2.0, 2.0, size=1_000))
    assert comparison is not None
    assert comparison.change == "first_run"
    comparison = compare(measured(), [*earlier(5.0, verdict="shared"), *earlier(1.0)])
    assert comparison is not None
    assert (comparison.change, comparison.runs) == ("as_before", 1)


def test_a_slower_run_that_was_disturbed_is_unclear() -> None:
    busy = replace(SETTING, watch=lambda device: QuietWatch(Evidence(other_jobs=1)))
    comparison = compare(measured(busy), earlier(2.0, 2.0))
    assert comparison is not None
    assert comparison.change == "unclear"
    assert "shared" in comparison.message
