"""Rules about the machine: busy processors, little memory or disk, GPUs slowed down or idle while jobs wait."""

from collections.abc import Iterator

from services.bottleneck_records import Bottleneck, Evidence, Severity
from services.bottleneck_view import View
from services.jobs.records import JobState

FEW = 5  # samples
BUSY_PERCENT = 90.0
MEMORY_SHARE = 0.9
DISK_FREE_MIB = 2048.0
THROTTLED_PERCENT = 20.0
IDLE_PERCENT = 10.0


def busy_processors(view: View) -> Iterator[Bottleneck]:
    """The processors are busy all the time."""
    cpu = view.host.get("cpu_percent")
    if cpu is not None and cpu.samples >= FEW and cpu.value >= BUSY_PERCENT:
        yield Bottleneck(
            rule="busy_processors",
            title="The processors are busy",
            subject=f"{view.cores} cores",
            severity="medium",
            evidence=(Evidence(name="mean load", value=cpu.value, unit="%", limit=BUSY_PERCENT),),
            window_s=view.window_s,
            sample_size=cpu.samples,
            action="Look on the GPU page which jobs take them; spread work over time, or give the machine more cores.",
        )


def little_memory(view: View) -> Iterator[Bottleneck]:
    """Programs hold nearly all memory."""
    used, total = view.host.get("memory_used_mib"), view.memory_total_mib
    if used is not None and total and used.samples >= FEW and used.value / total >= MEMORY_SHARE:
        yield Bottleneck(
            rule="little_memory",
            title="Memory is nearly all taken",
            subject=f"{total / 1024:.0f} GiB",
            severity="high",
            evidence=(Evidence(name="mean share taken", value=used.value / total, limit=MEMORY_SHARE),),
            window_s=view.window_s,
            sample_size=used.samples,
            action="Run fewer workers (LOOKAHEAD_WORKERS), or lower LOOKAHEAD_WORKER_MEMORY_MIB so that large jobs "
            "fail before the machine slows down.",
        )


def little_disk(view: View) -> Iterator[Bottleneck]:
    """The disk of the data directory is nearly full."""
    free = view.host.get("disk_free_mib")
    if free is not None and free.samples >= FEW and free.value < DISK_FREE_MIB:
        yield Bottleneck(
            rule="little_disk",
            title="The disk is nearly full",
            subject="data directory",
            severity="high",
            evidence=(Evidence(name="free", value=free.value, unit="MiB", limit=DISK_FREE_MIB),),
            window_s=view.window_s,
            sample_size=free.samples,
            action="Delete datasets, or keep finished jobs for fewer days (LOOKAHEAD_RETENTION_DAYS).",
        )


def throttled_gpus(view: View) -> Iterator[Bottleneck]:
    """A GPU runs at lower clocks than it could."""
    for name, words, severity, action in _THROTTLES:
        for gpu in view.gpus:
            mean = gpu.means.get(name)
            if mean is not None and mean.samples >= FEW and mean.value >= THROTTLED_PERCENT:
                yield Bottleneck(
                    rule=name,
                    title=f"The GPU is slowed down by {words}",
                    subject=gpu.title,
                    severity=severity,
                    evidence=(Evidence(name="share of samples", value=mean.value, unit="%", limit=THROTTLED_PERCENT),),
                    window_s=view.window_s,
                    sample_size=mean.samples,
                    action=action,
                )


def idle_gpus(view: View) -> Iterator[Bottleneck]:
    """A GPU is idle while jobs wait."""
    queued = sum(jobs.number for jobs in view.live if jobs.state is JobState.QUEUED)
    for gpu in view.gpus:
        busy = gpu.means.get("utilization")
        if busy is not None and queued and busy.samples >= FEW and busy.value < IDLE_PERCENT:
            yield Bottleneck(
                rule="idle_gpus",
                title="A GPU is idle while jobs wait",
                subject=gpu.title,
                severity="low",
                evidence=(
                    Evidence(name="mean busy time", value=busy.value, unit="%", limit=IDLE_PERCENT),
                    Evidence(name="jobs that wait", value=queued),
                ),
                window_s=view.window_s,
                sample_size=busy.samples,
                action="The jobs that wait run on processors: raise LOOKAHEAD_WORKERS where cores are free.",
            )


_THROTTLES: tuple[tuple[str, str, Severity, str], ...] = (
    ("throttle_thermal", "heat", "high", "See to the cooling; lower the power limit until it is done."),
    ("throttle_power", "its power limit", "low", "Raise the limit with nvidia-smi --power-limit where supply allows."),
    ("throttle_hardware", "its own brake", "high", "Check power supply and cooling: the board itself slows down."),
)
MACHINE_RULES = (busy_processors, little_memory, little_disk, throttled_gpus, idle_gpus)
