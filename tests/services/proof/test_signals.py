"""What alerts are told of workers, and the shipped rules on it: quiet where none was started or somebody stopped it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from compute.proof.receipt import Sizes
from compute.proof.signatures import TEST_SECRET, Signer
from services.alerts.judging import Judge
from services.alerts.rules import DEFAULTS, read_rules
from services.proof.attempts import EngineMaker, sign_receipt
from services.proof.outbox import Outbox
from services.proof.signals import ProofSignals
from services.proof.status import StatusStore, WorkerStatus, describe
from services.workspace import Workspace
from tests.services.proof.faults import NOW, Clock, config_for, make_worker

RULES = [rule for rule in read_rules(DEFAULTS).values() if rule.signal.startswith("proof_")]


class Watched:
    """A worker whose last word, process and time are set by hand, under the shipped rules."""

    def __init__(self, workspace: Workspace) -> None:
        self.clock = Clock()
        self.statuses = StatusStore(workspace.jobs.engine)
        self.outbox = Outbox(workspace.jobs.engine, self.clock)
        self.is_running = True
        self.signals = ProofSignals(self.statuses, self.outbox, lambda _: self.is_running, self.clock)
        self._worker = make_worker(workspace, self.clock, config_for("http://x"))
        self._judge = Judge()

    def say(self, **figures: Any) -> WorkerStatus:
        """Have the worker speak now."""
        started_at = datetime.fromtimestamp(NOW, UTC)
        status = describe(self._worker, 0, 1, started_at, "02", "numpy")
        read_at = datetime.fromtimestamp(self.clock.at, UTC)
        status = status.model_copy(update={"read_at": read_at, "figures": status.figures.model_copy(update=figures)})
        self.statuses.put(status)
        return status

    def alerts_after(self, seconds: int, **figures: Any) -> set[str]:
        """Return which alerts begin while the worker says this for so long."""
        begun = set()
        for _ in range(seconds // 10):
            self.clock.at += 10
            if self.is_running:
                self.say(**figures)
            changes = self._judge.judge(RULES, self.signals.read(), self.clock.at)
            begun |= {change.rule for change in changes if change.kind == "begin"}
        return begun

    def end_receipts(self, accepted: int, refused: int) -> None:
        """Let so many receipts be accepted and refused now."""
        signer = Signer(TEST_SECRET)
        for nonce in range(accepted + refused):
            made, _ = EngineMaker("numpy", self.clock).make(config_for("http://x"), "d", nonce, Sizes(m=1, n=1, k=1))
            receipt_id = self.outbox.add(sign_receipt(made, signer), 0, 1.0)
            if nonce < accepted:
                self.outbox.accept(receipt_id, "accepted")
            else:
                self.outbox.bury(receipt_id, "validation", "forged")


@pytest.fixture
def watched(workspace: Workspace) -> Watched:
    return Watched(workspace)


def test_nothing_is_said_of_a_worker_that_was_never_started(watched: Watched) -> None:
    watched.is_running = False
    assert watched.signals.read() == ()
    assert watched.alerts_after(600) == set()


@pytest.mark.parametrize(
    ("figures", "rule"),
    [
        ({"failed_share": 0.06}, "proof-errors"),
        ({"attempts": 20, "p95_ms": 1001.0}, "proof-slow"),
        ({"consecutive_failures": 11}, "proof-failing"),
    ],
)
def test_each_limit_has_its_rule(watched: Watched, figures: dict[str, float], rule: str) -> None:
    assert watched.alerts_after(120, **figures) == {rule}


def test_at_the_limits_all_is_quiet(watched: Watched) -> None:
    fine = {"failed_share": 0.05, "attempts": 900, "p95_ms": 1000.0, "consecutive_failures": 10}
    watched.end_receipts(accepted=9, refused=1)
    assert watched.alerts_after(120, **fine) == set()


def test_refused_receipts_are_told(watched: Watched) -> None:
    watched.end_receipts(accepted=8, refused=2)
    assert watched.alerts_after(120) == {"proof-few-accepted"}


def test_five_minutes_without_an_accepted_receipt_are_told(watched: Watched) -> None:
    assert watched.alerts_after(300) == set()
    assert watched.alerts_after(20) == {"proof-none"}


def test_a_worker_that_died_is_missed_and_one_that_was_stopped_is_not(watched: Watched) -> None:
    watched.say()
    watched.is_running = False
    assert watched.alerts_after(60) == {"proof-worker-down"}
    watched.statuses.end()
    watched.clock.at += 10
    assert watched.signals.read() == ()


def test_a_worker_that_hangs_is_down(watched: Watched) -> None:
    status = watched.say()
    watched.statuses.put(status.model_copy(update={"read_at": status.read_at - timedelta(seconds=31)}))
    assert [(each.signal, each.value) for each in watched.signals.read()] == [("proof_worker_up", 0.0)]
