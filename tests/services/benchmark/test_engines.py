"""The engines' answers pass their checks, and answers that are a little wrong do not."""

from typing import Any

import pytest

from compute.benchmark.options import KINDS, KindName
from compute.benchmark.workload import Workload
from services.benchmark.workloads import engine_workloads

ENGINES: tuple[KindName, ...] = KINDS[3:]
SIZES = {"transfer_entropy": 300, "portfolio_optimization": 20, "motion_planning": 100, "forecasting": 200}


def wrong(kind: KindName, result: Any) -> list[Any]:
    """Return results that are a little off, each in another way."""
    change = {
        "transfer_entropy": [{"value": result.value + 1e-6}, {"value": None}] if kind == "transfer_entropy" else [],
        "portfolio_optimization": [{"weights": dict.fromkeys(result.weights, 1 / len(result.weights))}]
        if kind == "portfolio_optimization"
        else [],
        "motion_planning": [{"lower_bound": 10.0}, {"status": "timeout"}, {"trajectory": result.trajectory[:-40]}]
        if kind == "motion_planning"
        else [],
        "forecasting": [{"mean": tuple(each + 0.01 for each in result.mean)}] if kind == "forecasting" else [],
    }
    return [result.model_copy(update=each) for each in change[kind]]


@pytest.mark.parametrize("kind", ENGINES)
def test_right_answers_pass_and_answers_a_little_off_do_not(kind: KindName) -> None:
    (workload,) = engine_workloads(kind, "cpu", seed=1)
    assert isinstance(workload, Workload)
    trial = workload.prepare(SIZES[kind])
    result = trial.call()
    assert trial.check(result).has_passed, trial.check(result)
    spoiled = wrong(kind, result)
    assert spoiled
    assert not any(trial.check(each).has_passed for each in spoiled)
