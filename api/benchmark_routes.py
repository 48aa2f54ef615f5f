"""What benchmarks found, per device and driver. Measuring anew is a job: `POST /gpu/benchmark`."""

from collections.abc import Sequence
from functools import partial

from pydantic import Field
from werkzeug.wrappers import Response

from api.answers import success
from api.operations import BASE, Answer, Operation
from compute.benchmark.options import KindName
from compute.schema import Record, RequestError
from services.benchmark.history import BenchmarkHistory, KeptMeasurement
from services.workspace import Workspace


class BenchmarksQuery(Record):
    """Which measurements."""

    device: str | None = Field(
        default=None, max_length=200, title="Device", description="cpu, cuda:0, or a device's own name; all if absent."
    )
    workload: KindName | None = Field(default=None, title="Workload", description="One kind; all when absent.")
    limit: int = Field(default=200, ge=1, le=2000, title="Limit", description="At most so many, newest first.")


class Benchmarks(Record):
    """What was measured, newest first."""

    measurements: tuple[KeptMeasurement, ...]
    devices: tuple[str, ...] = Field(description="Names of all devices that were measured here.")
    reason: str | None = Field(default=None, description="Why there is no measurement.")


def benchmark_operations(workspace: Workspace) -> Sequence[Operation]:
    """Return the operation."""
    return (
        Operation(
            name="gpu_benchmarks",
            method="GET",
            path=f"{BASE}/gpu/benchmarks",
            summary="What earlier benchmarks found",
            description="Every measurement whose answer was right, with its rate, spread, verdict and how it stood to "
            "the runs before it on the same device and driver.",
            handle=partial(_benchmarks, BenchmarkHistory(workspace.jobs.engine)),
            tag="GPU",
            query=BenchmarksQuery,
            answers=(Answer(200, "The measurements.", Benchmarks),),
            problems=("invalid",),
        ),
    )


def _benchmarks(history: BenchmarkHistory, query: BenchmarksQuery) -> Response:
    found, devices = history.page(query.device, query.workload, query.limit), history.devices()
    if not found and query.device not in (None, "cpu", *devices):
        known = ", ".join(devices) or "none"
        raise RequestError.at("query", "device", msg=f"no device {query.device!r} was measured; there are: {known}")
    reason = None if found else "nothing like that was measured yet: POST /gpu/benchmark does"
    return success(Benchmarks(measurements=found, devices=devices, reason=reason))
