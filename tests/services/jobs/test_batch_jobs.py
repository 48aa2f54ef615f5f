"""A batch as a real job of a real worker: seen while it goes on, and gone within a second when it is cancelled."""

import time

import psutil
import pytest

from services.jobs import JobState
from tests.compute.forecast.batch.collections import walks
from tests.live import wait_until
from tests.services.jobs.installation import LONG_S, Install

pytestmark = pytest.mark.processes
REGISTRY = "tests.api.kinds:TASKS"  # the real kinds
SOON_S = 4.0  # less than the grace after which a worker is killed; a second where the cores are free


def children_of(process: psutil.Process) -> list[psutil.Process]:
    return [child for child in process.children() if "services.batch_child" in child.cmdline()]


def test_a_cancelled_batch_frees_its_worker_and_leaves_no_process(install: Install) -> None:
    installation = install(task_registry=REGISTRY, worker_memory_mib=4096, workers=1, cancel_grace_s=10.0)
    installation.start_supervisor()
    series = [{"values": one.values.tolist()} for one in walks(4000)]
    job_id = installation.submit("batch_forecast", series=series, model={"kind": "theta"}, accuracy=True)
    _, worker = installation.wait_for_start(job_id)
    wait_until(lambda: children_of(worker), 4 * LONG_S, "the batch works in processes of its own")
    message = wait_until(lambda: installation.job(job_id).message, LONG_S, "the batch tells how far it is")
    assert "of 4,000 series" in message
    asked_at = time.monotonic()
    installation.workspace.jobs.cancel(job_id)
    installation.wait_for(job_id, JobState.CANCELLED)
    assert time.monotonic() - asked_at < SOON_S
    assert children_of(worker) == []
    assert worker.is_running()
    installation.wait_until_done(installation.submit("echo"))
