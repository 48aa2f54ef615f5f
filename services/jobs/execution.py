"""Running one claimed job to its end, whatever that is. Claiming it and storing the outcome belong to the worker."""

import os
import time
from dataclasses import dataclass

from pydantic import ValidationError

from compute.job import Cancelled, Report
from compute.schema import RequestError, field_problems
from services.jobs.device_meter import DeviceMeter
from services.jobs.memory import is_out_of_memory, lift_memory_limit, peak_mib, reset_peak
from services.jobs.records import Claim, JobError, Measures
from services.jobs.stream import StreamWriter
from services.logs import logger
from services.task_records import JobContext, Task
from services.workspace import Workspace


@dataclass(frozen=True)
class Outcome:
    """How a run ended: with a result, with an error, or (neither) cancelled."""

    measures: Measures
    result_json: bytes | None = None
    error: JobError | None = None


def execute(claim: Claim, workspace: Workspace, report: Report, device: str) -> Outcome:
    """Run the job of `claim`; every way it may end is an outcome."""
    reset_peak()
    meter = DeviceMeter(device)
    wall, cpu = time.perf_counter(), _cpu_s()
    stream = StreamWriter(workspace.settings.data_dir, claim.job_id, claim.attempts)
    result: bytes | None = None
    error: JobError | None = None
    try:
        context = JobContext(workspace, report, device, stream.publish)
        result = _run(workspace.tasks.get(claim.kind), claim, context)
    except Cancelled:
        pass
    except Exception as problem:  # noqa: BLE001 - whatever a computation raises is its job's end, never the worker's
        error = _as_job_error(problem, claim, workspace)
    stream.flush()
    measures = Measures(wall_s=time.perf_counter() - wall, cpu_s=_cpu_s() - cpu, peak_memory_mib=peak_mib())
    if error is None:  # a device on which something failed is not asked for more
        measures = measures.model_copy(update={"gpu": meter.use()})
    return Outcome(measures, result, error)


def _cpu_s() -> float:
    """Return the processor time of this process and of those it started that have ended."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def _run(task: Task | None, claim: Claim, context: JobContext) -> bytes:
    if task is None:
        raise LookupError(f"this version knows no job of kind {claim.kind!r}; submit it again")
    try:
        request = task.request.model_validate(claim.request)
    except ValidationError as error:
        raise RequestError(field_problems(error, claim.request)) from error
    return task.run(request, context).model_dump_json().encode()


def _as_job_error(problem: Exception, claim: Claim, workspace: Workspace) -> JobError:
    if is_out_of_memory(problem):
        lift_memory_limit()  # even the words below need some
        return memory_error(workspace.settings.worker_memory_mib)
    if isinstance(problem, RequestError):
        return JobError(
            type="request",
            title="The request cannot be met",
            detail=str(problem),
            errors=problem.problems,
        )
    logger("worker").error("job failed", job_id=claim.job_id, kind=claim.kind, exc_info=problem)
    return JobError(type="internal", title="The computation failed", detail=str(problem) or type(problem).__name__)


def memory_error(limit_mib: int) -> JobError:
    """Return the error of a job that needed more memory than a worker may use."""
    return JobError(
        type="memory",
        title="Out of memory",
        detail=f"the job needed more than the {limit_mib} MiB that one worker may use; "
        "ask for less, or raise LOOKAHEAD_WORKER_MEMORY_MIB",
    )
