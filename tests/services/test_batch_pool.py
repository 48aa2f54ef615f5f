"""Processes of a batch: they change nothing of its result, and none outlives its job or its worker."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import count as numbers
from pathlib import Path

import psutil
import pytest

from compute.forecast.batch.plan import BatchPlan, Chunk, Count
from compute.forecast.batch.run import forecast_batch
from compute.forecast.theta import Theta
from compute.job import Cancelled, ignore_progress
from services.batch import cut, with_time_left
from services.batch_pool import LEAST_MIB, Pool, count_processes
from services.environment import child_environment
from services.settings import Settings
from tests.compute.forecast.batch.collections import plan_for, run, walks
from tests.live import wait_until

pytestmark = pytest.mark.processes
ENDLESS = 10_000_000


def children_of(pid: int) -> list[psutil.Process]:
    return [child for child in psutil.Process(pid).children() if "services.batch_child" in child.cmdline()]


def lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def test_processes_answer_what_one_process_answers(settings: Settings) -> None:
    series = walks(70)
    plan = plan_for(len(series))
    with Pool(settings, 2) as pool:
        result = forecast_batch(plan, iter(cut(iter(series), 8)), ignore_progress, pool.compute)
    assert result == run(series, size=8)


def test_a_cancelled_batch_leaves_no_process(settings: Settings) -> None:
    def cancel(done: float) -> None:
        if done > 0:
            raise Cancelled

    plan = plan_for(ENDLESS, model=Theta())
    with pytest.raises(Cancelled):
        spend(settings, plan, cancel)
    assert children_of(os.getpid()) == []


def test_a_chunk_whose_process_dies_is_computed_by_another(settings: Settings) -> None:
    series = walks(40)
    plan = plan_for(len(series))
    killed: list[int] = []

    def kill_once(done: float) -> None:
        if not killed and pool.pids:
            killed.append(pool.pids[0])
            os.kill(pool.pids[0], signal.SIGKILL)

    with Pool(settings, 1) as pool:
        outcomes = [one for part in pool.compute(plan, cut(iter(series), 20), kill_once) for one in part]
    assert killed
    assert sorted(one.place for one in outcomes) == list(range(40))
    assert all(one.reason is None for one in outcomes)


def test_a_chunk_that_kills_every_process_fails_alone(settings: Settings) -> None:
    series = walks(4)

    def kill_always(done: float) -> None:
        if done == 0:
            for pid in pool.pids:
                os.kill(pid, signal.SIGKILL)

    with Pool(settings, 1) as pool:
        outcomes = [one for part in pool.compute(plan_for(4), cut(iter(series), 2), kill_always) for one in part]
    assert [one.place for one in outcomes] == [0, 1, 2, 3]
    assert [one.reason is None for one in outcomes] == [False, False, True, True]


def test_a_process_that_needs_too_much_memory_ends_the_job_with_that_reason(settings: Settings) -> None:
    small = settings.model_copy(update={"worker_memory_mib": 256})
    with pytest.raises(MemoryError), Pool(small, 2) as pool:
        list(pool.compute(plan_for(40), iter([Chunk.of(0, walks(40))]), lambda done: None))


def test_processes_die_with_their_worker(settings: Settings, tmp_path: Path) -> None:
    code = (
        "from tests.services.test_batch_pool import *\n"
        f"settings = Settings(_env_file=None, data_dir={str(tmp_path)!r})\n"
        "spend(settings, plan_for(ENDLESS, model=Theta()), lambda done: None)\n"
    )
    root = Path(__file__).resolve().parents[2]
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=root, env=child_environment(settings))
    try:
        children = wait_until(lambda: found if len(found := children_of(worker.pid)) == 2 else None, 60, "two children")
    finally:
        worker.kill()
        worker.wait()
    wait_until(lambda: not any(lives(child) for child in children), 5, "the children are gone")


def test_the_memory_of_a_worker_bounds_its_processes(settings: Settings) -> None:
    assert count_processes(settings.model_copy(update={"worker_memory_mib": LEAST_MIB})) == 1
    assert count_processes(settings) >= 1


def test_the_time_left_follows_the_pace_of_late() -> None:
    ticks = numbers(step=5)
    told: list[str] = []
    report = with_time_left(lambda fraction, message: told.append(message), lambda: float(next(ticks)))
    for fraction in (0.0, 0.1, 0.21, 0.3, 0.9, 1.0):
        report(fraction, "some series")
    assert told == [
        "some series",
        "some series, about 50 s left",
        "some series, about 40 s left",
        "some series, about 40 s left",
        "some series, about 3 s left",
        "some series",
    ]


def spend(settings: Settings, plan: BatchPlan, count: Count) -> None:
    with Pool(settings, 2) as pool:
        for _ in pool.compute(plan, endless_chunks(), count):
            assert 1 <= len(children_of(os.getpid())) <= 2


def endless_chunks() -> Iterator[Chunk]:
    return cut((series for _ in numbers() for series in walks(20)), 20)
