"""How much the job engine costs: `python -m benchmarks.jobs [REPEATS]`.

Real processes on a temporary data directory: a supervisor, two workers and, for the idle figure, the whole server.
With PyTorch installed the workers import it beforehand, as they would for a neural model. Each line gives the median
of the repeats and their range. Nothing else should run on the machine: the figures are of shared processors.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import psutil

from services.environment import settings_variables
from services.jobs import JobState
from services.settings import Settings
from services.submission import submit_job
from tests.live import live_server, wait_until
from tests.services.jobs.installation import LONG_S, Installation, settings_for

REPEATS = 5
EMPTY_JOBS = 2000
CLICKS = 40
CANCELS = 5
PAUSE_S = 0.05  # between clicks: long enough for workers to be idle again
IDLE_S = 10.0
WARM_S = 300.0  # importing PyTorch on a cold disk, and compiling


def main(repeats: int) -> None:
    """Measure and print the table."""
    warm = ("torch",) if find_spec("torch") else ()
    print(
        f"two workers on {psutil.cpu_count()} cores, load {psutil.getloadavg()[0]:.1f}, warm: {', '.join(warm) or '-'}"
    )
    print(f"{'measure':<46} {'median':>10} {'range':>19}   {'aim'}")
    with running_engine(warm) as engine:
        rates = [empty_jobs_per_second(engine) for _ in range(repeats)]
        show("empty jobs, submitted and done", rates, "/s", ">= 500")
        delays = [click_to_start_ms(engine) for _ in range(repeats)]
        show("click to job started, p50", [statistics.median(each) for each in delays], "ms", "")
        show("click to job started, p95", [statistics.quantiles(each, n=20)[-1] for each in delays], "ms", "<= 150")
        workers = engine.workers()
        cancels = [delay for _ in range(repeats) for delay in cancel_to_idle_ms(engine)]
        show("cancel to worker free", cancels, "ms", "<= 500")
        survived = workers == engine.workers()
        print(f"{'workers that survive being cancelled':<46} {'all' if survived else 'NOT ALL':>10}")
        show("idle supervisor and workers, of one core", [idle_percent(engine) for _ in range(repeats)], "%", "")
    with tempfile.TemporaryDirectory() as folder, live_server(Path(folder) / "data", **as_shipped()) as server:
        wait_until_warm(server.data_dir, workers=2)
        idle = [processor_percent(lambda: processes_of(server.data_dir)) for _ in range(repeats)]
    show("idle server and all it keeps going, of one core", idle, "%", "< 2")


def as_shipped() -> dict[str, str]:
    """Return the settings that `tests.live` makes smaller, as they are by themselves, with two workers."""
    chosen = settings_variables(Settings(_env_file=None, workers=2))
    return {f"LOOKAHEAD_{name}": chosen[f"LOOKAHEAD_{name}"] for name in ("WORKERS", "WARM_MODULES", "SAMPLE_HZ")}


@contextmanager
def running_engine(warm: tuple[str, ...]) -> Iterator[Installation]:
    """A supervisor with two warm workers; nothing of it is left afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for(
            Path(folder) / "data", lease_s=15, cancel_grace_s=3, warm_modules=warm, worker_memory_mib=4096
        )
        engine = Installation(settings)
        try:
            engine.start_supervisor()
            wait_until_warm(settings.data_dir, settings.workers)
            yield engine
        finally:
            engine.stop_all()


def wait_until_warm(data_dir: Path, workers: int) -> None:
    """Return when all workers have imported and compiled what they do beforehand."""
    log = data_dir / "logs" / "workers.log"
    wait_until(lambda: log.exists() and log.read_text().count('"warm"') >= workers, WARM_S, "the workers are warm")


def empty_jobs_per_second(engine: Installation) -> float:
    """Submit jobs that do nothing, one after another, while the workers run them; count to the last one's end."""
    begun = time.perf_counter()
    for number in range(EMPTY_JOBS):
        submit_job(engine.workspace, "echo", {"value": number}, owner="benchmark")
    wait_until(lambda: not engine.workspace.jobs.has_live(), LONG_S, "all jobs are done")
    return EMPTY_JOBS / (time.perf_counter() - begun)


def click_to_start_ms(engine: Installation) -> list[float]:
    """Submit single jobs to idle workers; return how long each waited to be started."""
    delays = []
    for _ in range(CLICKS):
        time.sleep(PAUSE_S)
        clicked = time.time()
        job = engine.wait_until_done(engine.submit("echo"))
        assert job.started_at is not None
        delays.append((job.started_at.timestamp() - clicked) * 1000)
    return delays


def cancel_to_idle_ms(engine: Installation) -> list[float]:
    """Cancel running jobs; return how long it took until each was over and its worker free."""
    delays = []
    for _ in range(CANCELS):
        job_id = engine.submit("count", steps=100_000, step_s=0.01)
        engine.wait_for_start(job_id)
        cancelled = time.perf_counter()
        engine.workspace.jobs.cancel(job_id)
        engine.wait_for(job_id, JobState.CANCELLED)
        delays.append((time.perf_counter() - cancelled) * 1000)
    return delays


def idle_percent(engine: Installation) -> float:
    """Return what the processes of an idle engine use of one core."""
    return processor_percent(lambda: [engine.supervisor(), *engine.workers().values()])


def processor_percent(find: Callable[[], list[psutil.Process]]) -> float:
    """Return what the processes found use of one core over `IDLE_S` seconds."""
    processes = find()
    before, begun = [sum(process.cpu_times()[:2]) for process in processes], time.perf_counter()
    time.sleep(IDLE_S)
    used = sum(sum(process.cpu_times()[:2]) for process in processes) - sum(before)
    return 100 * used / (time.perf_counter() - begun)


def processes_of(data_dir: Path) -> list[psutil.Process]:
    """Return the processes that work on `data_dir`."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("LOOKAHEAD_DATA_DIR") == str(data_dir):
                found.append(process)
    assert len(found) == 5, "a server, a supervisor, two workers and the sampler of the machine"
    return found


def show(measure: str, values: list[float], unit: str, aim: str) -> None:
    """Print one line of the table."""
    spread = f"{min(values):.1f} .. {max(values):.1f}"
    print(f"{measure:<46} {statistics.median(values):>7.1f} {unit:<2} {spread:>19}   {aim}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS)
