"""The worker's numbers as metrics: among those of the application, and alone under the names of the protocol."""

from collections.abc import Iterator

from services.families import PREFIX, Family, Sample, one, render
from services.proof.status import WorkerStatus


def worker_families(status: WorkerStatus | None) -> Iterator[Family]:
    """Yield the families of a worker; only that none is up without one."""
    yield one("worker_up", "gauge", "Whether the proof-of-compute worker runs.", int(status is not None))
    if status is None or status.config.get("METRICS_ENABLED") == "False":
        return
    figures = status.figures
    yield one("worker_uptime_seconds", "gauge", "Since its start.", status.uptime_s)
    yield one("worker_attempts_total", "counter", "Attempts that were computed.", figures.attempts)
    yield one("worker_receipts_total", "counter", "Receipts that the verifier has.", figures.successes)
    failures = [Sample(count, {"class": name}) for name, count in figures.failures.items()]
    yield Family("worker_failures_total", "counter", "Failures, by class.", failures)
    times = {"mean": figures.mean_ms, "min": figures.min_ms, "max": figures.max_ms, "p95": figures.p95_ms}
    samples = [Sample(time_ms / 1000, {"stat": name}) for name, time_ms in times.items() if time_ms is not None]
    yield Family("worker_attempt_seconds", "gauge", "Time of an attempt, over the last thousand.", samples)
    yield one("worker_attempts_per_second", "gauge", "Over the last minute.", figures.attempts_per_second)
    yield one("worker_receipts_per_second", "gauge", "Over the last minute.", figures.receipts_per_second)
    yield one("worker_consecutive_failures", "gauge", "Failures in a row.", figures.consecutive_failures)
    yield one("worker_pending_receipts", "gauge", "Receipts still to be sent.", status.pending)
    yield one("worker_breaker_open", "gauge", "Whether calls are held back.", int(status.breaker != "closed"))
    yield one("worker_healthy", "gauge", "Whether it is healthy or degraded.", int(status.health.is_serving))


def metrics_text(status: WorkerStatus | None) -> str:
    """Return the families of a worker under the names `worker_*`."""
    return render(worker_families(status)).replace(f"{PREFIX}worker_", "worker_")
