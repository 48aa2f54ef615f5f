"""One benchmark as a job: device and library chosen, workloads gathered, measured, compared and kept."""

from collections.abc import Sequence
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from compute.benchmark.libraries import Library, choose_library
from compute.benchmark.measuring import Watch, Wish
from compute.benchmark.options import NUMBER_TYPES, KindName, NumberType
from compute.benchmark.request import BenchmarkRequest
from compute.benchmark.result import BenchmarkResult
from compute.benchmark.run import Setting, run_benchmark
from compute.benchmark.workload import Missing, Workload
from compute.benchmark.workloads import (
    bandwidth_workloads,
    convolution_workload,
    matrix_workload,
    transfer_workloads,
)
from compute.schema import RequestError
from services.benchmark.history import BenchmarkHistory
from services.benchmark.host_watch import HostWatch
from services.benchmark.machine import read_machine
from services.benchmark.workloads import engine_workloads
from services.task_records import JobContext

if TYPE_CHECKING:
    from services.jobs import JobStore


def run_benchmark_job(request: BenchmarkRequest, context: JobContext) -> BenchmarkResult:
    """Measure what is asked on the device of this process, compare it with earlier runs, and keep it."""
    began = perf_counter()
    device = _device(request, context.device)
    machines = {each: read_machine(each) for each in {device, "cpu"}}
    history = BenchmarkHistory(context.workspace.jobs.engine)
    workloads = gather_workloads(request, device)
    wish = Wish(request.timing, request.memory_mib, request.size, request.duration_s)
    setting = Setting(
        device=device,
        watch=partial(_watch, context.workspace.jobs),
        report=context.report,
        earlier=lambda measurement: history.earlier(measurement, machines[measurement.device]),
        ceilings=history.ceilings(machines[device]),
    )
    measurements, roofline = run_benchmark(workloads, wish, setting)
    result = BenchmarkResult(
        machine=machines[device],
        measurements=measurements,
        roofline=roofline,
        preset=request.preset,
        target_ms=wish.timing.target_ms,
        memory_mib=request.memory_mib,
        seconds=perf_counter() - began,
    )
    history.keep(result, machines)
    return result


def gather_workloads(request: BenchmarkRequest, device: str) -> Sequence[Workload | Missing]:
    """Return everything that is to be measured, in the order of the request."""
    return [workload for kind in request.kinds for workload in _of_kind(kind, request, device)]


def _of_kind(kind: KindName, request: BenchmarkRequest, device: str) -> Sequence[Workload | Missing]:
    types = NUMBER_TYPES if request.dtype == "all" else (request.dtype,)
    if kind == "memory_bandwidth":
        return _memory(choose_library(request.library, device), request.seed)
    if kind == "matrix_multiply":
        return _of_types(choose_library(request.library, device), types, request.seed, is_product=True)
    if kind == "convolution":
        return _of_types(choose_library(request.library, device), types, request.seed, is_product=False)
    return engine_workloads(kind, device, request.seed)


def _of_types(
    library: Library, types: Sequence[NumberType], seed: int, *, is_product: bool
) -> Sequence[Workload | Missing]:
    make = matrix_workload if is_product else convolution_workload
    return [make(library, dtype, seed, perf_counter) for dtype in types]


def _memory(library: Library, seed: int) -> Sequence[Workload | Missing]:
    own = bandwidth_workloads(library, seed, perf_counter)
    host: Sequence[Workload] = ()
    if library.device != "cpu":
        host = bandwidth_workloads(choose_library("torch", "cpu"), seed, perf_counter, where="host")
    return [*own, *host, *transfer_workloads(library, seed, perf_counter)]


def _device(request: BenchmarkRequest, own: str) -> str:
    if request.device == "cuda" and own == "cpu":
        raise RequestError.at("device", msg="'cuda' is not here: no GPU runs this; choose auto or cpu")
    return "cpu" if request.device == "cpu" else own


def _watch(jobs: "JobStore", device: str) -> Watch:
    if device == "cpu":
        return HostWatch(lambda: len(jobs.running()))
    from services.benchmark.gpu_watch import open_gpu_watch

    return open_gpu_watch(device)
