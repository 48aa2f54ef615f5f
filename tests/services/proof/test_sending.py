"""A worker and a real verifier over HTTP, with faults in between: no receipt is lost, none counts twice."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from services.proof.breaker import BreakerState
from services.proof.outbox import Outbox, ReceiptFilter, ReceiptState
from services.proof.posting import NoReplyError, Reply, post_json
from services.proof.statistics import Health
from services.proof.worker import ProofWorker
from services.workspace import Workspace
from tests.services.proof.faults import Clock, Scripted, config_for, make_worker, status, verifying


class Killed(BaseException):
    """Ends a step where a SIGKILL would: nothing after it is run."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verifier(workspace: Workspace, clock: Clock) -> Iterator[Scripted]:
    with verifying(workspace, clock) as scripted:
        yield scripted


@pytest.fixture
def outbox(workspace: Workspace, clock: Clock) -> Outbox:
    return Outbox(workspace.jobs.engine, clock)


def send_all(worker: ProofWorker, clock: Clock, seconds: float = 0.0) -> None:
    """Send what is due, and let time pass until nothing is to be sent or `seconds` are over."""
    end = clock.at + seconds
    while True:
        wait_s = worker.send()
        if wait_s:
            if clock.at + wait_s > end:
                clock.at = end
                return
            clock.at += wait_s


def counted(verifier: Scripted, worker: ProofWorker) -> int:
    device = verifier.verifier.devices.get(worker.device_did)
    return 0 if device is None else device.accepted


@pytest.mark.parametrize("protocol", ["gemm_int8_relu_q_v1", "gemm_int8_relu_q_v2"])
def test_receipts_of_both_protocols_arrive(
    workspace: Workspace, verifier: Scripted, clock: Clock, outbox: Outbox, protocol: str
) -> None:
    worker = make_worker(workspace, clock, config_for(verifier.url, kernel_ver=protocol))
    assert [worker.attempt() for _ in range(4)] == [0.0] * 4
    send_all(worker, clock)
    assert outbox.counts()[ReceiptState.ACCEPTED] == counted(verifier, worker) == 4
    assert [each.nonce for each in outbox.page()] == [3, 2, 1, 0]
    figures = worker.statistics.figures()
    assert (figures.attempts, figures.successes, figures.consecutive_failures) == (4, 4, 0)


@pytest.mark.parametrize(
    "fault",
    [
        status("500 Internal Server Error"),
        status("503 Service Unavailable"),
        status("404 Not Found"),
        status("200 OK", b"<html>welcome</html>"),
        status("200 OK", b""),
        status("200 OK", [1, 2]),
        status("200 OK", {"ok": "yes"}),
        status("200 OK", b"[" * 200_000),
        status("200 OK", b"\xff\xfe"),
        status("200 OK", {"ok": True, "digest_hex": "00" * 32}),
    ],
)
def test_what_may_pass_is_tried_again(
    workspace: Workspace, verifier: Scripted, clock: Clock, outbox: Outbox, fault: Any
) -> None:
    verifier.faults = [fault, fault]
    worker = make_worker(workspace, clock, config_for(verifier.url))
    worker.attempt()
    send_all(worker, clock)
    assert outbox.counts()[ReceiptState.PENDING] == 1
    assert worker.statistics.figures().failures["network"] == 1
    send_all(worker, clock, seconds=3)
    assert (outbox.counts()[ReceiptState.ACCEPTED], verifier.posts, counted(verifier, worker)) == (1, 3, 1)
    assert outbox.page()[0].tries == 3


def test_a_server_that_asks_to_wait_is_asked_nothing_else_meanwhile(
    workspace: Workspace, verifier: Scripted, clock: Clock, outbox: Outbox
) -> None:
    verifier.faults = [status("429 Too Many Requests", Retry_After="20")]
    worker = make_worker(workspace, clock, config_for(verifier.url))
    for _ in range(5):
        worker.attempt()
    send_all(worker, clock, seconds=19)
    assert verifier.posts == 1
    send_all(worker, clock, seconds=2)
    assert (verifier.posts, outbox.counts()[ReceiptState.ACCEPTED]) == (6, 5)


def test_a_server_that_asks_to_wait_is_obeyed(
    workspace: Workspace, verifier: Scripted, clock: Clock, outbox: Outbox
) -> None:
    verifier.faults = [status("429 Too Many Requests", Retry_After="20")]
    worker = make_worker(workspace, clock, config_for(verifier.url))
    worker.attempt()
    send_all(worker, clock, seconds=19)
    assert (verifier.posts, outbox.counts()[ReceiptState.PENDING]) == (1, 1)
    send_all(worker, clock, seconds=2)
    assert outbox.counts()[ReceiptState.ACCEPTED] == 1
    assert worker.breaker.state is BreakerState.CLOSED


@pytest.mark.parametrize(
    ("fault", "error_class"),
    [
        (status("200 OK", {"ok": False, "sig_ok": False, "reason": "bad key"}), "signature"),
        (status("200 OK", {"ok": True, "sig_ok": False, "reason": "bad key"}), "signature"),
        (status("200 OK", {"ok": False, "sig_ok": True, "work_ok": False, "reason": "forged"}), "validation"),
        (status("400 Bad Request", {"ok": False, "reason": "invalid schema: nonce"}), "validation"),
    ],
)
def test_what_is_refused_for_good_is_kept_and_can_be_sent_again(
    workspace: Workspace, verifier: Scripted, clock: Clock, outbox: Outbox, fault: Any, error_class: str
) -> None:
    verifier.faults = [fault]
    worker = make_worker(workspace, clock, config_for(verifier.url))
    worker.attempt()
    send_all(worker, clock, seconds=100)
    (dead,) = outbox.page(ReceiptFilter(state=ReceiptState.DEAD))
    assert (dead.error_class, verifier.posts, worker.statistics.figures().failures[error_class]) == (error_class, 1, 1)
    assert dead.reason in ("bad key", "forged", "invalid schema: nonce")
    assert outbox.revive(dead.id)
    assert not outbox.revive(dead.id)
    send_all(worker, clock)
    assert (outbox.counts()[ReceiptState.ACCEPTED], counted(verifier, worker)) == (1, 1)


def test_after_a_minute_without_a_verifier_everything_arrives_once(
    workspace: Workspace, verifier: Scripted, clock: Clock, outbox: Outbox
) -> None:
    back_at = clock.at + 60
    tries = 0

    def post(url: str, body: bytes, timeout_s: float) -> Reply:
        nonlocal tries
        tries += 1
        return post_json(url if clock.at >= back_at else "http://127.0.0.1:9/verify", body, timeout_s)

    worker = make_worker(workspace, clock, config_for(verifier.url), post)
    for _ in range(12):
        worker.attempt()
    send_all(worker, clock, seconds=59)
    assert worker.breaker.state is BreakerState.OPEN
    assert tries == 5, "the breaker holds the others back"
    assert worker.statistics.figures().health is Health.UNHEALTHY
    send_all(worker, clock, seconds=120)
    assert outbox.counts() == {ReceiptState.PENDING: 0, ReceiptState.ACCEPTED: 12, ReceiptState.DEAD: 0}
    assert (counted(verifier, worker), worker.breaker.state) == (12, BreakerState.CLOSED)


def test_a_probe_that_fails_opens_the_breaker_again(workspace: Workspace, verifier: Scripted, clock: Clock) -> None:
    verifier.faults = [status("500 Internal Server Error")] * 6
    worker = make_worker(workspace, clock, config_for(verifier.url))
    for _ in range(8):
        worker.attempt()
    send_all(worker, clock)
    assert verifier.posts == 5
    clock.at += 60
    assert worker.breaker.state is BreakerState.HALF_OPEN
    send_all(worker, clock)
    assert (verifier.posts, worker.breaker.state) == (6, BreakerState.OPEN)
    assert worker.send() == pytest.approx(60)


def test_an_answer_that_is_too_slow_and_lost_counts_once(
    workspace: Workspace, verifier: Scripted, clock: Clock, outbox: Outbox
) -> None:
    def post(url: str, body: bytes, timeout_s: float) -> Reply:
        reply = post_json(url, body, timeout_s)
        if verifier.posts == 1:
            raise NoReplyError("the answer came too late")
        return reply

    worker = make_worker(workspace, clock, config_for(verifier.url), post)
    worker.attempt()
    send_all(worker, clock, seconds=3)
    (receipt,) = outbox.page()
    assert (receipt.state, receipt.tries, counted(verifier, worker)) == (ReceiptState.ACCEPTED, 2, 1)
    assert "accepted before" in receipt.reason


def test_a_worker_killed_while_it_sends_sends_again_after_its_restart(
    workspace: Workspace, verifier: Scripted, clock: Clock, outbox: Outbox
) -> None:
    def post(url: str, body: bytes, timeout_s: float) -> Reply:
        post_json(url, body, timeout_s)
        raise Killed

    worker = make_worker(workspace, clock, config_for(verifier.url), post)
    worker.attempt()
    with pytest.raises(Killed):
        worker.send()
    again = make_worker(workspace, clock, config_for(verifier.url))
    again.attempt()
    send_all(again, clock)
    assert outbox.counts() == {ReceiptState.PENDING: 0, ReceiptState.ACCEPTED: 2, ReceiptState.DEAD: 0}
    assert counted(verifier, again) == 2


def test_a_worker_killed_while_it_computes_never_uses_that_nonce_again(
    workspace: Workspace, verifier: Scripted, clock: Clock, outbox: Outbox
) -> None:
    class Killing:
        driver = "none"

        def make(self, *_: Any) -> Any:
            raise Killed

    config = config_for(verifier.url)
    with pytest.raises(Killed):
        make_worker(workspace, clock, config, maker=Killing()).attempt()
    again = make_worker(workspace, clock, config)
    again.attempt()
    send_all(again, clock)
    assert [each.nonce for each in outbox.page()] == [1]
    assert counted(verifier, again) == 1


def test_a_verifier_that_is_too_slow_is_given_up_on(workspace: Workspace, clock: Clock, outbox: Outbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:  # takes the connection and never answers
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        worker = make_worker(workspace, clock, config_for(url, submit_timeout_s=0.1))
        worker.attempt()
        assert worker.send() == 0.0
    (receipt,) = outbox.page()
    assert (receipt.state, receipt.error_class) == (ReceiptState.PENDING, "network")
    assert "does not answer" in receipt.reason


def test_a_verifier_that_sends_a_byte_now_and_then_is_given_up_on_as_well() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        is_over = threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not is_over.wait(0.02):
                    connection.sendall(b"x")

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        with pytest.raises(NoReplyError):
            post_json(f"http://127.0.0.1:{port}/verify", b"{}", 0.2)
        is_over.set()
        thread.join()


@pytest.mark.parametrize("host", ["a..b", "x" * 70 + ".example"])
def test_a_host_that_is_no_name_does_not_answer(host: str) -> None:
    with pytest.raises(NoReplyError):
        post_json(f"http://{host}/verify", b"{}", 0.2)
