"""Each library, on each device there is, computes what it is timed at, in each type that it says it has."""

from time import perf_counter

import numpy as np
import pytest

from compute.benchmark.libraries import Library, choose_library
from compute.benchmark.measuring import Wish, measure
from compute.benchmark.options import NUMBER_TYPES, NumberType, Preset
from compute.benchmark.workload import Missing, SizeRange, Workload
from compute.benchmark.workloads import (
    bandwidth_workloads,
    convolution_workload,
    matrix_workload,
    transfer_workloads,
)
from compute.job import ignore_progress
from compute.schema import RequestError
from tests.compute.benchmark.twins import QuietWatch

SMALL = Wish(Preset(1.0, 3), memory_mib=64, size=64)
ONE = SizeRange(1, 4)


def run(workload: Workload | Missing, size: int) -> None:
    """Measure, or accept the reason why not."""
    if isinstance(workload, Missing):
        assert len(workload.reason) > 10
        return
    found = measure(workload, Wish(SMALL.timing, 64, size), ignore_progress, QuietWatch())
    assert found.check.has_passed, (workload.title, found.check)
    assert found.timing is not None
    assert found.timing.repeats == 3


@pytest.mark.parametrize("dtype", NUMBER_TYPES)
def test_products_are_right_in_every_type_or_absent_with_the_reason(library: Library, dtype: NumberType) -> None:
    workload = matrix_workload(library, dtype, 0, perf_counter)
    assert isinstance(workload, Missing) == (library.lacks(dtype) is not None)
    run(workload, 128)


@pytest.mark.parametrize("dtype", NUMBER_TYPES)
def test_convolutions_are_right_in_every_type_or_absent_with_the_reason(library: Library, dtype: NumberType) -> None:
    workload = convolution_workload(library, dtype, 0, perf_counter, ONE)
    if isinstance(workload, Missing):
        assert len(workload.reason) > 10
        return
    trial = workload.prepare(1)
    check = trial.check(trial.call())
    assert check.has_passed, check


def test_memory_is_moved_whole(library: Library) -> None:
    for workload in (
        *bandwidth_workloads(library, 0, perf_counter, ONE),
        *transfer_workloads(library, 0, perf_counter),
    ):
        run(workload, 2)


def test_a_copy_that_did_not_happen_fails(library: Library) -> None:
    copy = bandwidth_workloads(library, 0, perf_counter, ONE)[0]
    assert isinstance(copy, Workload)
    trial = copy.prepare(1)
    check = trial.check(library.place(np.zeros(2**20 // 4, np.float32), "fp32"))
    assert not check.has_passed
    assert check.unit == "wrong numbers"
    assert check.error is not None
    assert check.error > 200_000


def test_a_double_type_is_there_everywhere_and_tensor_float_on_no_processor(device: str) -> None:
    torch = choose_library("torch", device)
    assert torch.lacks("fp64") is None
    if device == "cpu":
        assert "processor" in (torch.lacks("tf32") or "")


@pytest.mark.parametrize(("name", "device"), [("numpy", "cuda:0"), ("cupy", "cpu")])
def test_a_library_on_the_wrong_device_is_refused_with_the_way_out(name: str, device: str) -> None:
    with pytest.raises(RequestError, match="choose torch") as caught:
        choose_library(name, device)  # type: ignore[arg-type]
    assert caught.value.problems[0].loc == ("library",)
