"""The worker's real process against a real verifier: killed and started again, reloaded, stopped; nothing is lost."""

import os
import signal
import time

import psutil
import pytest

from compute.proof.verdict import WorkVerdict
from compute.schema import RequestError
from services.proof.control import find_worker, prepare_here, read_status, start_worker, stop_worker
from services.proof.outbox import Outbox, ReceiptState
from services.proof.prove import config_path
from services.proof.status import StatusStore, WorkerStatus
from services.workspace import Workspace
from tests.live import wait_until
from tests.services.proof.faults import verifying

pytestmark = pytest.mark.processes
TIMEOUT_S = 60.0


def test_a_killed_worker_loses_nothing_and_counts_nothing_twice(workspace: Workspace) -> None:
    settings, outbox = workspace.settings, Outbox(workspace.jobs.engine)
    statuses = StatusStore(workspace.jobs.engine)

    def status_when(what: str) -> WorkerStatus:
        return wait_until(lambda: read_status(settings, statuses), TIMEOUT_S, what)

    with verifying(workspace, time.time, lambda receipt: WorkVerdict(is_done=True, reason="done")) as verifier:
        config = prepare_here(settings, verifier.url)
        assert config.aggregator_url == verifier.url
        path = config_path(settings)
        small = "AUTOTUNE_PRESETS=16,16,16\nAUTOTUNE_DISABLE=1\nRATE_LIMIT_PER_SECOND=60\n"
        path.write_text(path.read_text() + small)
        os.kill(start_worker(settings).pid, 0)
        wait_until(lambda: outbox.counts()[ReceiptState.ACCEPTED] > 5, TIMEOUT_S, "receipts arrive")
        first = find_worker(settings)
        assert first is not None
        assert start_worker(settings).pid == first.pid, "one is enough"
        os.kill(first.pid, signal.SIGKILL)
        wait_until(lambda: find_worker(settings) is None, TIMEOUT_S, "the killed worker is gone")
        assert read_status(settings, statuses) is None
        made = sum(outbox.counts().values())
        second = start_worker(settings)
        wait_until(lambda: outbox.counts()[ReceiptState.ACCEPTED] > made, TIMEOUT_S, "it goes on")
        path.write_text(path.read_text() + "RATE_LIMIT_PER_SECOND=-1\n")
        said = wait_until(lambda: status_when("it speaks").notes, TIMEOUT_S, "the bad edit is told")
        assert "not taken over: RATE_LIMIT_PER_SECOND=-1" in said[0]
        assert stop_worker(settings)
        assert not psutil.pid_exists(second.pid)
        assert not stop_worker(settings)
        with pytest.raises(RequestError, match="RATE_LIMIT_PER_SECOND"):
            start_worker(settings)
        counts = outbox.counts()
        (device,) = verifier.verifier.devices.page()
        assert counts[ReceiptState.DEAD] == 0
        assert counts[ReceiptState.ACCEPTED] <= device.accepted <= counts[ReceiptState.ACCEPTED] + 1
        nonces = [each.nonce for each in outbox.page(limit=5000)]
        assert len(set(nonces)) == len(nonces) == sum(counts.values())
