"""Rules about jobs: waiting, cold starts, work done twice, failures, lost workers, one owner who takes most."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from services.bottleneck_records import SPARE_CPU, Bottleneck, Evidence
from services.bottleneck_view import View
from services.job_statistics import EndedJob
from services.jobs.records import JobState

FEW = 5  # jobs: fewer say nothing
PAUSE_S = 600.0  # without a job of the kind, its libraries may have been let go
COLD_RATIO = 3.0
COLD_S = 1.0
FELT_WAIT_S = 0.5
FAILURE_SHARE = 0.1
RETRY_SHARE = 0.05
OWNER_SHARE = 0.5
OWNER_TOTAL_S = 60.0


def queue_wait(view: View) -> Iterator[Bottleneck]:
    """Jobs of a kind wait longer than they run."""
    for kind, jobs in _by_kind(view):
        waited, ran = sum(job.wait_s for job in jobs), sum(job.run_s for job in jobs)
        if waited > ran and waited / len(jobs) > FELT_WAIT_S:
            yield Bottleneck(
                rule="queue_wait",
                title="Jobs wait longer than they run",
                subject=kind,
                severity="high" if waited > 3 * ran else "medium",
                evidence=(
                    Evidence(name="mean wait in the queue", value=waited / len(jobs), unit="s"),
                    Evidence(name="mean run", value=ran / len(jobs), unit="s"),
                    Evidence(name="wait over run", value=waited / max(ran, 1e-9), limit=1.0),
                    Evidence(name="workers", value=view.workers),
                ),
                window_s=view.window_s,
                sample_size=len(jobs),
                lost_s=waited,
                action=_more_workers(view),
            )


def cold_starts(view: View) -> Iterator[Bottleneck]:
    """The first job of a kind after a pause takes much longer than those after it."""
    for kind, jobs in _by_kind(view):
        ran = sorted((job for job in jobs if job.started_at is not None), key=lambda job: job.finished_at)
        cold = [later for sooner, later in pairwise(ran) if later.created_at - sooner.finished_at > PAUSE_S]
        warm = [job for job in ran[1:] if job not in cold]
        if not cold or len(warm) < FEW:
            continue
        usual, first = median(job.run_s for job in warm), median(job.run_s for job in cold)
        if first > COLD_RATIO * usual and first - usual > COLD_S:
            yield Bottleneck(
                rule="cold_starts",
                title="The first job after a pause is slow",
                subject=kind,
                severity="medium",
                evidence=(
                    Evidence(name="median run after a pause", value=first, unit="s"),
                    Evidence(name="median run otherwise", value=usual, unit="s"),
                    Evidence(name="first over usual", value=first / max(usual, 1e-9), limit=COLD_RATIO),
                ),
                window_s=view.window_s,
                sample_size=len(ran),
                lost_s=sum(job.run_s - usual for job in cold),
                action="Let workers load what this kind needs before its first job: name its module in "
                "LOOKAHEAD_WARM_MODULES.",
            )


def repeated_work(view: View) -> Iterator[Bottleneck]:
    """The same request was computed more than once although its result could have been kept."""
    for kind, jobs in _by_kind(view):
        counts = Counter(job.cache_key for job in jobs if job.cache_key and job.state is JobState.DONE)
        repeats = sum(count - 1 for count in counts.values())
        if repeats < FEW:
            continue
        lost = sum(_all_but_the_longest(jobs, key) for key, count in counts.items() if count > 1)
        yield Bottleneck(
            rule="repeated_work",
            title="Equal requests are computed again",
            subject=kind,
            severity="medium" if lost > 0.2 * sum(job.run_s for job in jobs) else "low",
            evidence=(
                Evidence(name="jobs whose request was computed before", value=repeats, limit=FEW),
                Evidence(name="time they took", value=lost, unit="s"),
            ),
            window_s=view.window_s,
            sample_size=len(jobs),
            lost_s=lost,
            action="Keep results for longer (LOOKAHEAD_CACHE_TTL_S), and send Cache-Control: no-cache only where a "
            "new result is meant.",
        )


def failures(view: View) -> Iterator[Bottleneck]:
    """Many jobs of a kind fail."""
    for kind, jobs in _by_kind(view):
        failed = [job for job in jobs if job.state is JobState.FAILED]
        share = len(failed) / len(jobs)
        if share >= FAILURE_SHARE and len(failed) > 1:
            yield Bottleneck(
                rule="failures",
                title="Jobs fail",
                subject=kind,
                severity="high" if share >= 0.5 else "medium",
                evidence=(
                    Evidence(name="share that failed", value=share, limit=FAILURE_SHARE),
                    Evidence(name="failed", value=len(failed)),
                ),
                window_s=view.window_s,
                sample_size=len(jobs),
                lost_s=sum(job.run_s for job in failed),
                action=f"Read why in the list of jobs: GET /api/v1/jobs?kind={kind}&state=failed.",
            )


def lost_workers(view: View) -> Iterator[Bottleneck]:
    """Jobs had to be started again because their worker died."""
    for kind, jobs in _by_kind(view):
        again = [job for job in jobs if job.attempts > 1]
        if len(again) > 1 and len(again) / len(jobs) >= RETRY_SHARE:
            yield Bottleneck(
                rule="lost_workers",
                title="Jobs are started more than once",
                subject=kind,
                severity="high",
                evidence=(
                    Evidence(name="share started again", value=len(again) / len(jobs), limit=RETRY_SHARE),
                    Evidence(name="most starts of one job", value=max(job.attempts for job in again)),
                ),
                window_s=view.window_s,
                sample_size=len(jobs),
                action="Look into logs/workers.log for how workers died; where memory ran out, run fewer workers or "
                "raise LOOKAHEAD_WORKER_MEMORY_MIB.",
            )


def one_owner(view: View) -> Iterator[Bottleneck]:
    """One of several owners takes more than half of the workers' time while jobs wait."""
    ran: defaultdict[str, float] = defaultdict(float)
    for job in view.ended:
        ran[job.owner] += job.run_s
    total = sum(ran.values())
    if len(ran) < 2 or total < OWNER_TOTAL_S:
        return
    owner, most = max(ran.items(), key=lambda item: item[1])
    waited = sum(job.wait_s for job in view.ended if job.owner != owner)
    if most / total > OWNER_SHARE and waited > 0.1 * most:
        yield Bottleneck(
            rule="one_owner",
            title="One owner takes most of the workers' time, and others wait",
            subject=owner,
            severity="medium",
            evidence=(
                Evidence(name="share of the workers' time", value=most / total, limit=OWNER_SHARE),
                Evidence(name="time others waited", value=waited, unit="s"),
            ),
            window_s=view.window_s,
            sample_size=len(view.ended),
            lost_s=waited,
            action="Ask them to send long work at another time, or run more workers.",
        )


JOB_RULES = (queue_wait, cold_starts, repeated_work, failures, lost_workers, one_owner)


def _by_kind(view: View) -> Iterator[tuple[str, list[EndedJob]]]:
    by_kind: defaultdict[str, list[EndedJob]] = defaultdict(list)
    for job in view.ended:
        if not job.is_cached:
            by_kind[job.kind].append(job)
    for kind, jobs in sorted(by_kind.items()):
        if len(jobs) >= FEW:
            yield kind, jobs


def _all_but_the_longest(jobs: list[EndedJob], key: str | None) -> float:
    times = sorted(job.run_s for job in jobs if job.cache_key == key and job.state is JobState.DONE)
    return sum(times[:-1])


def _more_workers(view: View) -> str:
    cpu = view.host.get("cpu_percent")
    if cpu is not None and cpu.value > SPARE_CPU:
        return (
            f"The processors are busy ({cpu.value:.0f} %): more workers would not help. Send less at once, or give the "
            "machine more cores."
        )
    return f"Run more workers: raise LOOKAHEAD_WORKERS, now {view.workers}, on a machine of {view.cores} cores."
