"""The API on its real web server, over real sockets."""

import json
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from flask import Flask

from api import PortInUseError, create_server
from services.settings import Settings
from services.submission import submit_job
from services.workspace import Workspace
from tests.api.serving import LONG_S, Served
from tests.live import wait_until

ECHO = "/api/v1/test/echo"


def test_port_zero_takes_a_free_port_and_tells_it(served: Served) -> None:
    assert served.port > 0
    assert served.ask("/health")[0] == 200


def test_localhost_is_one_address(server: Flask, settings: Settings) -> None:
    waitress = create_server(server, settings.model_copy(update={"host": "localhost"}))
    assert int(waitress.effective_port) > 0
    waitress.task_dispatcher.shutdown(timeout=5)
    waitress.close()


def test_a_taken_port_is_refused_with_a_way_out(served: Served, server: Flask, settings: Settings) -> None:
    taken = settings.model_copy(update={"port": served.port})
    with pytest.raises(PortInUseError, match="LOOKAHEAD_PORT"):
        create_server(server, taken)


def test_the_server_does_not_say_what_it_is_made_of(served: Served) -> None:
    assert "Server" not in served.ask("/health")[1]


def test_events_arrive_while_the_job_goes_on(served: Served, workspace: Workspace) -> None:
    job = submit_job(workspace, "echo", {}, owner="test")
    with urllib.request.urlopen(
        f"http://127.0.0.1:{served.port}/api/v1/jobs/{job.id}/events", timeout=LONG_S
    ) as stream:
        lines = iter(stream.readline, b"")
        assert any(b'"queued"' in line for line in lines)
        workspace.jobs.cancel(job.id)
        assert any(b'"cancelled"' in line for line in lines)
        assert list(lines) == [b"\n"]


def test_hundreds_of_stalled_connections_do_not_keep_others_out(served: Served) -> None:
    with ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(served.connect(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: "))
        delays = []
        for _ in range(20):
            started = time.perf_counter()
            assert served.ask("/health")[0] == 200
            delays.append(time.perf_counter() - started)
    assert sorted(delays)[10] < 0.25, delays


def test_a_client_that_hangs_up_gives_its_place_back(served: Served) -> None:
    body = b"{}"
    head = (
        f"POST {ECHO} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nPrefer: wait=100\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    connections = [served.connect(head + body) for _ in range(5)]

    def is_answered_at_once() -> bool:
        started = time.perf_counter()
        assert served.ask(ECHO, {}, Prefer="wait=1")[0] == 202
        return time.perf_counter() - started < 0.5

    def are_all_places_taken() -> bool:
        connections.append(served.connect(head + body))
        return is_answered_at_once()

    wait_until(are_all_places_taken, LONG_S, "all places are taken, so that nobody else waits")
    for connection in connections:
        connection.close()
    wait_until(lambda: not is_answered_at_once(), LONG_S, "the places are free again")


def test_a_server_that_stops_lets_nobody_wait(served: Served, workspace: Workspace) -> None:
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(served.ask, ECHO, {}, Prefer="wait=100")
        job = wait_until(lambda: workspace.jobs.page().jobs, LONG_S, "it waits for a job")[0]
        following = pool.submit(served.ask, f"/api/v1/jobs/{job.id}/events")
        wait_until(lambda: served.threads.active_count == 2, LONG_S, "both are waiting")
        served.threads.shutdown(timeout=LONG_S)
        assert not served.threads.threads
        assert (waiting.result()[0], following.result()[0]) == (202, 200)
    assert workspace.jobs.page().jobs == (job,), "the job stays in line"


@pytest.mark.usefixtures("worker")
def test_many_who_wait_at_once_all_get_their_result(served: Served) -> None:
    def ask(number: int) -> tuple[int, str]:
        status, _, body = served.ask(ECHO, {"text": str(number)}, Prefer="wait=60")
        while status == 202:
            location = f"/api/v1/jobs/{json.loads(body)['data']['job_id']}/result"
            status, _, body = served.ask(location, Prefer="wait=60")
        return status, json.loads(body)["data"]["text"]

    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(ask, range(60)))
    assert answers == [(200, str(number)) for number in range(60)]


@pytest.mark.parametrize(
    "sent",
    [
        b"GARBAGE\r\n\r\n", b"GET /health HTTP/9.9\r\n\r\n", b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /health HTTP/1.1\r\n\r\n", b"GET /health HTTP/1.0\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /api/v1/test/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/test/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999\r\n\r\n",
        b"POST /api/v1/test/echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    ],
)  # fmt: skip
def test_no_bytes_on_the_wire_are_a_fault_of_the_server(served: Served, sent: bytes) -> None:
    with served.connect(sent) as connection:
        connection.settimeout(LONG_S)
        status_line = connection.recv(65536).split(b"\r\n")[0]
    assert not status_line or b" 200 " in status_line or b" 4" in status_line, status_line
    assert served.ask("/health")[0] == 200


def test_answers_are_compressed_when_asked(served: Served) -> None:
    plain = served.ask("/api/v1/openapi.json")[2]
    for encoding in ("br", "gzip"):
        status, headers, body = served.ask("/api/v1/openapi.json", **{"Accept-Encoding": encoding})
        assert (status, headers["Content-Encoding"]) == (200, encoding)
        assert len(body) < len(plain) / 5
        assert "Accept-Encoding" in headers["Vary"]
    assert "Content-Encoding" not in served.ask("/health", **{"Accept-Encoding": "br"})[1], "too small to be worth it"
