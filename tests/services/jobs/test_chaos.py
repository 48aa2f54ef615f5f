"""Sixty jobs while processes die at random: each job has one result and one effect."""

import random

import psutil
import pytest

from services.jobs import JobState
from services.supervisor import ensure_supervisor
from tests.live import wait_until
from tests.services.jobs.installation import LONG_S, Install, Installation

pytestmark = pytest.mark.processes

JOBS = 60
KILLS = 12
SUPERVISOR_SHARE = 1 / 6  # the others hit a worker


def test_sixty_jobs_survive_twelve_random_kills(install: Install) -> None:
    installation = install(lease_s=600, max_attempts=50)
    installation.start_supervisor()
    choices = random.Random(20261122)
    job_ids = [installation.submit("count", steps=3, step_s=0.03) for _ in range(JOBS)]
    for _ in range(KILLS):
        _wait_for_one_more(installation)
        if choices.random() < SUPERVISOR_SHARE:
            installation.kill_supervisor()
            ensure_supervisor(installation.settings)
        else:
            _kill(choices.choice(wait_until(lambda: _at_work(installation), LONG_S, "somebody works")))
    for job_id in job_ids:
        installation.wait_until_done(job_id, timeout_s=2 * LONG_S)
    effects = {job_id: installation.effects(job_id) for job_id in job_ids}
    assert [kinds.count("result") for kinds in effects.values()] == [1] * JOBS
    assert [kinds.count("done") for kinds in effects.values()] == [1] * JOBS
    assert all(installation.workspace.jobs.result(job_id) for job_id in job_ids)


def _wait_for_one_more(installation: Installation) -> None:
    counts = installation.workspace.jobs.counts
    enough = counts()[JobState.DONE] + 1
    wait_until(lambda: counts()[JobState.DONE] >= enough, LONG_S, "work goes on between the kills")


def _at_work(installation: Installation) -> list[psutil.Process]:
    living = installation.workers()
    return [living[run.worker] for run in installation.workspace.jobs.running() if run.worker in living]


def _kill(process: psutil.Process) -> None:
    process.kill()
    wait_until(lambda: not _is_alive(process), LONG_S, "the victim is dead")


def _is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
