"""Rules about GPUs at work: a pool of memory that has to ask again or is crumbled, a GPU that waits for its data."""

from collections import defaultdict
from collections.abc import Iterator

from services.bottleneck_records import Bottleneck, Evidence
from services.bottleneck_view import View
from services.job_statistics import EndedJob
from services.jobs.records import Allocator

FEW_JOBS = 5
FEW_SAMPLES = 5
FRAGMENTATION = 0.5
RESERVED_MIB = 512.0  # crumbs of a small pool cost nothing
OCCUPIED_SHARE = 0.5
WAITING_BUSY_PERCENT = 30.0


def allocator_retries(view: View) -> Iterator[Bottleneck]:
    """The pool of GPU memory had to give memory back and ask again."""
    for device, jobs in _by_device(view):
        again = [(job, pool) for job in jobs for pool in _pools(job) if (pool.retries or 0) > 0]
        if again:
            most = max(pool.retries or 0 for _, pool in again)
            yield Bottleneck(
                rule="allocator_retries",
                title="GPU memory had to be asked for again",
                subject=device,
                severity="medium",
                evidence=(
                    Evidence(name="times the pool asked again, since its worker started", value=most, limit=0.0),
                    Evidence(name="jobs after which it had", value=len(again)),
                ),
                window_s=view.window_s,
                sample_size=len(jobs),
                action="Ask for smaller batches or samples at once: each time all work of the GPU stops.",
            )


def crumbled_memory(view: View) -> Iterator[Bottleneck]:
    """The free memory of the pool is in many small pieces."""
    for device, jobs in _by_device(view):
        pools = [pool for job in jobs for pool in _pools(job) if pool.reserved_mib >= RESERVED_MIB]
        told = [pool.fragmentation for pool in pools if pool.fragmentation is not None]
        if len(told) >= FEW_JOBS and sum(told) / len(told) >= FRAGMENTATION:
            yield Bottleneck(
                rule="crumbled_memory",
                title="Free GPU memory is in many small pieces",
                subject=device,
                severity="low",
                evidence=(
                    Evidence(name="mean fragmentation", value=sum(told) / len(told), limit=FRAGMENTATION),
                    Evidence(name="largest pool", value=max(pool.reserved_mib for pool in pools), unit="MiB"),
                ),
                window_s=view.window_s,
                sample_size=len(told),
                action="Set PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True for the server and start it anew.",
            )


def gpu_waits_for_data(view: View) -> Iterator[Bottleneck]:
    """Jobs occupy a GPU that does little: it waits for the processors, or for data on their way to it."""
    for device, jobs in _by_device(view):
        number = device.removeprefix("cuda:")
        gpu = view.gpus[int(number)] if number.isdigit() and int(number) < len(view.gpus) else None
        busy = gpu.means.get("utilization") if gpu is not None else None
        occupied_s = sum(job.run_s for job in jobs)
        if busy is None or busy.samples < FEW_SAMPLES or occupied_s / view.window_s < OCCUPIED_SHARE:
            continue
        if busy.value < WAITING_BUSY_PERCENT:
            yield Bottleneck(
                rule="gpu_waits_for_data",
                title="Jobs hold a GPU that mostly waits",
                subject=device,
                severity="medium",
                evidence=(
                    Evidence(name="mean busy time", value=busy.value, unit="%", limit=WAITING_BUSY_PERCENT),
                    Evidence(name="share of the window in which jobs held it", value=occupied_s / view.window_s),
                ),
                window_s=view.window_s,
                sample_size=len(jobs),
                lost_s=occupied_s * (1 - busy.value / 100),
                action="Such jobs are limited by the processors or by transfers: send larger ones, or several in one "
                "batch.",
            )


GPU_RULES = (allocator_retries, crumbled_memory, gpu_waits_for_data)


def _by_device(view: View) -> Iterator[tuple[str, list[EndedJob]]]:
    by_device: defaultdict[str, list[EndedJob]] = defaultdict(list)
    for job in view.ended:
        if not job.is_cached and job.device is not None and job.device.startswith("cuda"):
            by_device[job.device].append(job)
    for device, jobs in sorted(by_device.items()):
        if len(jobs) >= FEW_JOBS:
            yield device, jobs


def _pools(job: EndedJob) -> tuple[Allocator, ...]:
    measures = job.measures()
    return measures.gpu.allocators if measures is not None and measures.gpu is not None else ()
