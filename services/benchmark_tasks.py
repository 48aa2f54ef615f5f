"""The kind of job that measures this machine: a row of `tasks`. It imports what it needs when it runs."""

from compute.benchmark.request import BenchmarkRequest
from compute.benchmark.result import BenchmarkResult
from services.task_records import JobContext, Task


def _run_benchmark(request: BenchmarkRequest, context: JobContext) -> BenchmarkResult:
    from services.benchmark.run import run_benchmark_job

    return run_benchmark_job(request, context)


BENCHMARK_TASKS = (
    Task(
        kind="benchmark",
        title="Benchmark",
        summary="Measure how fast this machine is at products of matrices, memory and the work of this application: "
        "only what was checked to be right counts.",
        route="/gpu/benchmark",
        request=BenchmarkRequest,
        result=BenchmarkResult,
        run=_run_benchmark,
        example={
            "kinds": ["matrix_multiply"],
            "dtype": "fp32",
            "preset": "quick",
            "library": "numpy",
            "target_ms": 5,
        },
        page="/benchmarks",
        lane="gpu",
        is_cacheable=False,  # to measure again is the point of it
    ),
)
