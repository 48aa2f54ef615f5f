"""What the tests share: a machine, and measurements of it that were made up."""

from collections.abc import Callable

import pytest

from compute.benchmark.measuring import Wish
from compute.benchmark.options import Preset
from compute.benchmark.result import BenchmarkResult, Machine, Measurement
from compute.benchmark.run import Setting, run_benchmark
from services.benchmark.history import BenchmarkHistory
from services.workspace import Workspace
from tests.compute.benchmark.twins import QuietWatch, made_workload

MACHINE = Machine(device="cpu", name="Some processor", driver="Linux 6", threads=2)


@pytest.fixture
def history(workspace: Workspace) -> BenchmarkHistory:
    """An empty history, its clock standing at 1000 s."""
    return BenchmarkHistory(workspace.jobs.engine, lambda: 1000.0)


@pytest.fixture
def make_result() -> Callable[..., BenchmarkResult]:
    """Makes the result of one product of matrices, times as slow as asked."""

    def make(slowness: float = 1.0, machine: Machine = MACHINE, **facts: object) -> BenchmarkResult:
        workload = made_workload(lambda size: slowness * size, title="Product", **facts)
        wish = Wish(Preset(10.0, 5), memory_mib=10_000, size=10)
        setting = Setting(device="cpu", watch=lambda device: QuietWatch())
        measurements, roofline = run_benchmark([workload], wish, setting)
        return BenchmarkResult(
            machine=machine, measurements=measurements, roofline=roofline, preset="quick", target_ms=10,
            memory_mib=64, seconds=1,
        )  # fmt: skip

    return make


@pytest.fixture
def keep(history: BenchmarkHistory, make_result: Callable[..., BenchmarkResult]) -> Callable[..., Measurement]:
    """Keeps a result, and returns its measurement."""

    def keep_one(slowness: float = 1.0, machine: Machine = MACHINE, **facts: object) -> Measurement:
        result = make_result(slowness, machine, **facts)
        history.keep(result, {"cpu": machine})
        return result.measurements[0]

    return keep_one
