"""The job itself: the example, a second run that knows the first, and what is refused."""

import pytest

from compute.benchmark.request import BenchmarkRequest
from compute.benchmark.result import BenchmarkResult
from compute.job import Cancelled
from compute.schema import RequestError
from services.benchmark.history import BenchmarkHistory
from services.benchmark.run import gather_workloads
from services.task_records import JobContext
from services.tasks import TASKS
from services.workspace import Workspace


def run(workspace: Workspace, **change: object) -> BenchmarkResult:
    task = TASKS["benchmark"]
    request = task.request.model_validate({**task.example, **change})
    result = task.run(request, JobContext(workspace, lambda share, message: None))
    assert isinstance(result, BenchmarkResult)
    return BenchmarkResult.model_validate_json(result.model_dump_json())


def test_a_second_run_is_held_against_the_first(workspace: Workspace) -> None:
    first, second = run(workspace, size=128), run(workspace, size=128)
    changes = [each.comparison and each.comparison.change for each in (*first.measurements, *second.measurements)]
    assert changes[0] == "first_run"
    assert changes[1] != "first_run"
    assert len(BenchmarkHistory(workspace.jobs.engine).page()) == 2
    (again,) = second.measurements
    assert again.rate is not None
    assert again.rate.percent_of_peak is not None
    assert 0 < again.rate.percent_of_peak <= 100


def test_a_cancelled_run_keeps_nothing(workspace: Workspace) -> None:
    def report(share: float, message: str) -> None:
        if "repeat 2" in message:
            raise Cancelled

    task = TASKS["benchmark"]
    with pytest.raises(Cancelled):
        task.run(task.request.model_validate(task.example), JobContext(workspace, report))
    assert BenchmarkHistory(workspace.jobs.engine).page() == ()


def test_a_gpu_that_is_not_there_is_refused(workspace: Workspace) -> None:
    with pytest.raises(RequestError, match="choose auto or cpu") as caught:
        run(workspace, device="cuda")
    assert caught.value.problems[0].loc == ("device",)


def test_every_kind_has_something_to_measure_or_a_reason() -> None:
    gathered = gather_workloads(BenchmarkRequest(library="numpy"), "cpu")
    assert {each.kind for each in gathered} == set(BenchmarkRequest().kinds)
    names = [(each.kind, each.variant, each.device) for each in gathered]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("size", [5, 5000])
def test_one_size_is_for_one_kind(size: int) -> None:
    with pytest.raises(ValueError, match="ask for one"):
        BenchmarkRequest(size=size)
    assert BenchmarkRequest(kinds=("forecasting",), size=size).size == size


def test_the_word_autotune_and_an_empty_size_are_the_same() -> None:
    assert BenchmarkRequest.model_validate({"size": "autotune"}) == BenchmarkRequest()
    assert BenchmarkRequest().timing.target_ms == 300
