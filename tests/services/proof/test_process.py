"""Real processes: a worker killed and started again, reloaded, stopped, with nothing lost; and the verifier alone."""

import os
import signal
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

from compute.proof.verdict import WorkVerdict
from compute.schema import RequestError
from services.proof.control import find_worker, prepare_here, read_status, start_worker, stop_worker
from services.proof.outbox import Outbox, ReceiptState
from services.proof.prove import config_path
from services.proof.status import StatusStore, WorkerStatus
from services.workspace import Workspace
from tests.live import ROOT, kill_processes_of, wait_until
from tests.services.proof.faults import Clock, config_for, make_worker, verifying

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


def test_the_verifier_of_the_command_line_takes_receipts_and_outlives_its_checking_process(
    workspace: Workspace,
) -> None:
    data_dir = workspace.settings.data_dir
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOOKAHEAD_")}
    environment |= {"LOOKAHEAD_DATA_DIR": str(data_dir), "VERIFY_ALLOW_TEST_KEY": "1"}
    command = [sys.executable, str(ROOT / "cli.py"), "verifier", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split(" at ")[1].strip()
            with urllib.request.urlopen(f"{url}/healthz") as answer:
                assert answer.read() == b'{"ok": true}'
            outbox = Outbox(workspace.jobs.engine)
            worker = make_worker(workspace, Clock(time.time()), config_for(url, submit_timeout_s=TIMEOUT_S))
            for accepted in (1, 2):
                worker.attempt()
                assert worker.send() == 0.0
                assert outbox.counts()[ReceiptState.ACCEPTED] == accepted, outbox.page()[0].reason
                for checking in psutil.Process(process.pid).children():
                    checking.kill()
            assert "lead to the root" in outbox.page()[0].reason
            process.terminate()
            assert process.wait(TIMEOUT_S) == 0, "it ends as it should"
        finally:
            kill_processes_of(data_dir)
