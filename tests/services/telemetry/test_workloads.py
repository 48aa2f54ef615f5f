"""What workloads cost, from the measures of their jobs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.jobs import JobError, JobStore, Measures, Submission
from services.jobs.records import Allocator, DeviceUse
from services.tasks import TASKS
from services.telemetry.workloads import percentiles, report_workloads, workload_of
from services.workspace import Workspace


def run(store: JobStore, name: str, kind: str, wall_s: float | None, gpu: DeviceUse | None = None) -> None:
    store.submit(Submission(id=f"job-{name:0>6}", kind=kind, request={}, owner="tester"))
    claim = store.claim("worker", ["cpu"], 60, "cpu" if gpu is None else "cuda:0")
    assert claim is not None
    if wall_s is None:
        store.fail(claim, JobError(type="internal", title="It failed", detail="it did"), Measures(wall_s=9, cpu_s=1))
    else:
        store.finish(claim, b"{}", Measures(wall_s=wall_s, cpu_s=2 * wall_s, peak_memory_mib=100 * wall_s, gpu=gpu))


def test_costs_are_told_by_workload_and_kind(workspace: Workspace) -> None:
    store = workspace.jobs
    for i, wall_s in enumerate((1.0, 2.0, 3.0, None)):
        run(store, str(i), "forecast", wall_s)
    run(store, "4", "backtest", 4.0)
    run(store, "5", "optimize_portfolio", 0.5)
    report = report_workloads(store.engine, TASKS, 0.0, 3600)
    forecast = next(each for each in report.workloads if each.name == "forecast")
    assert (forecast.count, forecast.failures) == (5, 1)
    assert (forecast.mean_ms, forecast.p50_ms) == (2500, 2500)
    assert forecast.p99_ms == pytest.approx(np.percentile([1000, 2000, 3000, 4000], 99))
    assert (forecast.cpu_s, forecast.peak_memory_mib, forecast.device_s) == (21, 400, None)
    assert forecast.devices == {"cpu": 5}
    assert {each.name for each in report.kinds} == {"forecast", "backtest", "optimize_portfolio"}
    assert set(report.definitions) >= {"p50_ms", "fragmentation", "pool_efficiency"}


def test_the_newest_state_of_each_pool_is_told(workspace: Workspace) -> None:
    for i in (1, 2):
        pool = Allocator(library="torch", allocated_mib=i, reserved_mib=2 * i, peak_mib=3 * i, fragmentation=0.1 * i)
        run(workspace.jobs, str(i), "forecast", 1.0, DeviceUse(device_s=0.5, peak_memory_mib=3 * i, allocators=(pool,)))
    report = report_workloads(workspace.jobs.engine, TASKS, 0.0, 3600)
    (state,) = report.allocators
    assert (state.device, state.job_id, state.allocated_mib) == ("cuda:0", "job-000002", 2)
    (cost,) = report.workloads
    assert (cost.device_s, cost.peak_device_memory_mib) == (1.0, 6)


def test_jobs_of_before_the_window_are_left_out(workspace: Workspace) -> None:
    run(workspace.jobs, "1", "forecast", 1.0)
    assert report_workloads(workspace.jobs.engine, TASKS, 1e12, 60).workloads == ()


@pytest.mark.parametrize("kind", sorted(TASKS))
def test_every_kind_belongs_to_a_workload(kind: str) -> None:
    known = {"forecast", "information", "finance", "robotics", "benchmark", "datasets"}
    assert workload_of(kind, TASKS) in known
    assert workload_of("of_another_version", TASKS) == "of_another_version"


@settings(max_examples=25)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50))
def test_percentiles_are_ordered_and_within_the_values(values: list[float]) -> None:
    found = [each for each in percentiles(values, (0, 50, 95, 99, 100)) if each is not None]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (min(values), max(values))
