"""Which workers there should be, and how soon a dead one is replaced."""

import subprocess
import sys

import pytest

from services.jobs.crew import LONGEST_DELAY_S, YOUNG_S, Member, Slot, plan_posts
from services.settings import Settings
from services.task_records import Task
from tests.services.jobs.registry import TASKS

CPU = tuple(TASKS.values())
GPU_TASK = Task(**{**vars(TASKS["echo"]), "kind": "on_gpu", "lane": "gpu"})


@pytest.fixture(autouse=True)
def _no_thread_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan as on a machine where nobody has said how many threads a library may use; what was said is kept."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)


def test_there_are_as_many_cpu_workers_as_asked_and_they_share_the_cores(settings: Settings) -> None:
    posts = plan_posts(settings.model_copy(update={"workers": 3}), CPU, gpus=("GPU-a",), cores=12)
    assert [post.title for post in posts] == ["cpu-1", "cpu-2", "cpu-3"]
    assert {post.variables["OMP_NUM_THREADS"] for post in posts} == {"4"}


def test_more_workers_than_cores_get_one_thread_each(settings: Settings) -> None:
    posts = plan_posts(settings.model_copy(update={"workers": 8}), CPU, gpus=(), cores=2)
    assert {post.variables["OPENBLAS_NUM_THREADS"] for post in posts} == {"1"}


def test_each_gpu_gets_a_worker_that_sees_no_other_gpu(settings: Settings) -> None:
    posts = plan_posts(settings, (*CPU, GPU_TASK), gpus=("GPU-a", "GPU-b"), cores=8)
    on_gpu = [post for post in posts if post.lanes == ("gpu",)]
    assert [(post.device, post.variables["CUDA_VISIBLE_DEVICES"]) for post in on_gpu] == [
        ("cuda:0", "GPU-a"),
        ("cuda:1", "GPU-b"),
    ]
    assert all(post.variables["CUDA_VISIBLE_DEVICES"] == "" for post in posts if post.device == "cpu")


def test_without_a_gpu_its_jobs_run_on_processors(settings: Settings) -> None:
    posts = plan_posts(settings, (*CPU, GPU_TASK), gpus=(), cores=8)
    assert {post.lanes for post in posts} == {("cpu", "gpu")}


def test_a_gpu_that_no_task_can_use_gets_no_worker(settings: Settings) -> None:
    assert {post.device for post in plan_posts(settings, CPU, gpus=("GPU-a",), cores=8)} == {"cpu"}


@pytest.mark.processes
def test_workers_that_die_young_in_a_row_are_waited_for_ever_longer(settings: Settings) -> None:
    slot = Slot(plan_posts(settings, CPU, gpus=(), cores=2)[0])
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        pass
    delays = []
    for now in range(0, 1000, 100):
        slot.member = Member("x", dead, started_at=now)
        slot.vacate(now)
        delays.append(max(0.0, slot.not_before - now))
    assert delays[:5] == pytest.approx([0, 0.1, 0.2, 0.4, 0.8])
    assert delays[-1] == LONGEST_DELAY_S
    slot.member = Member("x", dead, started_at=2000.0)
    slot.vacate(2000.0 + YOUNG_S)
    assert slot.not_before < 2000.0
