"""What a number is worth, by what was seen while it was measured."""

import pytest

from compute.benchmark.result import Evidence, VerdictName
from compute.benchmark.statistics import summarise
from compute.benchmark.verdict import judge

STEADY = (10.0, 10.05, 10.1, 10.0, 10.02)
WILD = (10.0, 15.0, 9.0, 20.0, 12.0)


@pytest.mark.parametrize(
    ("samples", "seen", "verdict"),
    [
        (STEADY, Evidence(), "stable"),
        (STEADY, Evidence(others_cpu_percent=2.0, other_jobs=0, throttle_reasons=()), "stable"),
        (WILD, Evidence(), "noisy"),
        (STEADY, Evidence(others_cpu_percent=30.0), "shared"),
        (WILD, Evidence(other_jobs=2), "shared"),
        (STEADY, Evidence(throttle_reasons=("power cap",)), "throttled"),
        (WILD, Evidence(throttle_reasons=("heat, 3 times",), other_jobs=1), "throttled"),
        (STEADY, Evidence(clock_mhz=(3000.0, 2000.0)), "throttled"),
        (STEADY, Evidence(clock_mhz=(3000.0, 2900.0)), "stable"),
    ],
)
def test_the_weightiest_reason_is_the_verdict(samples: tuple[float, ...], seen: Evidence, verdict: VerdictName) -> None:
    judged = judge(summarise(samples, 1, 3, "wall"), seen, is_on_gpu=False)
    assert judged.name == verdict
    assert judged.evidence == seen
    assert all(judged.reasons)


def test_all_reasons_are_told_the_weightiest_first() -> None:
    seen = Evidence(throttle_reasons=("power cap",), other_jobs=1)
    reasons = judge(summarise(WILD, 1, 3, "wall"), seen, is_on_gpu=False).reasons
    assert [next(word for word in ("clocks", "jobs", "half") if word in reason) for reason in reasons] == [
        "clocks", "jobs", "half",
    ]  # fmt: skip


def test_a_gpu_is_shared_by_processes_on_it_and_not_by_work_on_the_processors() -> None:
    timing = summarise(STEADY, 1, 3, "cuda_events")
    assert judge(timing, Evidence(others_cpu_percent=90.0, other_jobs=3), is_on_gpu=True).name == "stable"
    assert judge(timing, Evidence(other_gpu_processes=1), is_on_gpu=True).name == "shared"
