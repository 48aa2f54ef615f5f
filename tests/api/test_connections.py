"""The loop of the web server over real sockets: by the kernel's list of connections, and by waitress' own loop.

The kernel's list asks all connections once an hour only: a connection that was forgotten would hang its test.
"""

import socket
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from api.connections import HAS_EPOLL
from api.serving import Server
from tests.api.wire import GET, HUGE, LONG_S, PIECE, Application, connect_to, read_answer, running
from tests.live import wait_until

LARGE = 8 * 2**20
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing tells the other side at once, and drops what is on its way
LOOPS = ["epoll", "waitress"] if HAS_EPOLL else ["waitress"]


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture(params=LOOPS)
def has_kernel(request: pytest.FixtureRequest) -> bool:
    """Whether the kernel keeps the list of connections."""
    return bool(request.param == "epoll")


@pytest.fixture
def servers() -> list[Server]:
    """The running server."""
    return []


@pytest.fixture
def connect(
    application: Application, has_kernel: bool, tmp_path: Path, servers: list[Server]
) -> Iterator[Callable[[], socket.socket]]:
    """A function that opens a connection to a running server."""
    with ExitStack() as stack:
        server = stack.enter_context(running(application, tmp_path, has_kernel))
        servers.append(server)
        yield lambda: stack.enter_context(connect_to(server))


def test_requests_on_one_connection_are_answered_one_after_the_other(connect: Callable[[], socket.socket]) -> None:
    connection = connect()
    for number in range(5):
        connection.sendall(GET % f"/say/{number}".encode())
        assert read_answer(connection) == str(number).encode()


def test_requests_sent_before_the_answers_are_answered_in_turn(connect: Callable[[], socket.socket]) -> None:
    connections = [connect() for _ in range(3)]
    for connection in connections:
        connection.sendall(b"".join(GET % f"/say/{number}".encode() for number in range(20)))
    for connection in connections:
        assert [read_answer(connection) for _ in range(20)] == [str(number).encode() for number in range(20)]


@examples(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(1, 700), max_size=12), count=st.integers(1, 12))
def test_it_does_not_matter_how_requests_are_cut(
    connect: Callable[[], socket.socket], cuts: list[int], count: int
) -> None:
    connection = connect()
    sent = b"".join(GET % f"/say/{number}".encode() for number in range(count))
    edges = [0, *sorted(cut for cut in set(cuts) if cut < len(sent)), len(sent)]
    for begin, end in pairwise(edges):
        connection.sendall(sent[begin:end])
    assert [read_answer(connection) for _ in range(count)] == [str(number).encode() for number in range(count)]


def test_who_is_told_to_go_on_may_send_a_large_body(connect: Callable[[], socket.socket]) -> None:
    connection = connect()
    connection.sendall(
        b"POST /length HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % LARGE
    )
    assert connection.recv(len(b"HTTP/1.1 100 Continue\r\n\r\n")) == b"HTTP/1.1 100 Continue\r\n\r\n"
    for _ in range(LARGE // len(PIECE)):
        connection.sendall(PIECE)
    assert read_answer(connection) == str(LARGE).encode()
    connection.sendall(GET % b"/say/more")
    assert read_answer(connection) == b"more"


def test_a_huge_answer_waits_for_who_reads_late(connect: Callable[[], socket.socket], application: Application) -> None:
    late, other = connect(), connect()
    late.sendall(GET % b"/huge" + GET % b"/say/after")
    other.sendall(GET % b"/say/other")
    assert read_answer(other) == b"other"
    assert not application.ended.is_set(), "the server keeps less of it than all"
    assert len(read_answer(late)) == HUGE
    assert read_answer(late) == b"after"


def test_who_hangs_up_amid_an_answer_ends_it(connect: Callable[[], socket.socket], application: Application) -> None:
    connection, other = connect(), connect()
    connection.sendall(GET % b"/huge")
    assert connection.recv(100)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()
    assert application.ended.wait(LONG_S)
    other.sendall(GET % b"/say/other")
    assert read_answer(other) == b"other"


def test_who_hangs_up_before_the_answer_is_noticed(
    connect: Callable[[], socket.socket], application: Application
) -> None:
    connection = connect()
    connection.sendall(GET % b"/gone")
    assert application.begun.wait(LONG_S)
    connection.close()
    assert application.ended.wait(LONG_S)


def test_the_server_hangs_up_when_asked_to(connect: Callable[[], socket.socket]) -> None:
    connection = connect()
    connection.sendall(b"GET /say/once HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert read_answer(connection) == b"once"
    assert connection.recv(1) == b""


def test_numbers_of_closed_connections_are_used_again(connect: Callable[[], socket.socket]) -> None:
    for number in range(60):
        with connect() as connection:
            connection.sendall(GET % f"/say/{number}".encode())
            assert read_answer(connection) == str(number).encode()


def test_many_at_once_are_all_answered(connect: Callable[[], socket.socket]) -> None:
    connections = [connect() for _ in range(40)]
    for turn in range(5):
        for number, connection in enumerate(connections):
            connection.sendall(GET % f"/say/{number}-{turn}".encode())
        for number, connection in enumerate(connections):
            assert read_answer(connection) == f"{number}-{turn}".encode()


def test_beyond_the_limit_newcomers_wait_until_somebody_leaves(
    application: Application, has_kernel: bool, tmp_path: Path
) -> None:
    taken = 2 + 3  # the listener and the trigger count as well
    with running(application, tmp_path, has_kernel, connection_limit=taken) as server, ExitStack() as stack:
        connections = [stack.enter_context(connect_to(server)) for _ in range(6)]
        for connection in connections:
            connection.sendall(GET % b"/say/in")
        for connection in connections[:3]:
            assert read_answer(connection) == b"in"
        assert len(server._map) == taken
        for leaving, coming in zip(connections[:3], connections[3:], strict=True):
            leaving.close()
            assert read_answer(coming) == b"in"


def test_who_is_idle_for_long_is_hung_up_on(application: Application, has_kernel: bool, tmp_path: Path) -> None:
    soon = {"channel_timeout": 0.01, "cleanup_interval": 0.01}
    with running(application, tmp_path, has_kernel, ask_all_s=0.02, **soon) as server, ExitStack() as stack:
        silent, slow = (stack.enter_context(connect_to(server)) for _ in range(2))
        slow.sendall(b"GET /say/never HTTP/1.1\r\nX-Slow: ")
        assert silent.recv(1) == b""
        assert slow.recv(1) == b""


@pytest.mark.skipif(not HAS_EPOLL, reason="Linux only")
def test_an_answer_disturbs_nobody_else(application: Application, tmp_path: Path) -> None:
    with running(application, tmp_path, True) as server, ExitStack() as stack:
        asked: list[int] = []
        busy, *idle = [stack.enter_context(connect_to(server)) for _ in range(50)]
        wait_until(lambda: len(server.active_channels) == 50, LONG_S, "all are connected")
        for connection in (busy, *idle):
            connection.sendall(GET % b"/say/hello")
            assert read_answer(connection) == b"hello"
        for descriptor, channel in server.active_channels.items():
            channel.writable = _counting(channel.writable, asked, descriptor)
        for _ in range(20):
            busy.sendall(GET % b"/say/again")
            assert read_answer(busy) == b"again"
        (_, times), *others = Counter(asked).most_common()
        assert times <= 20 * 4, "a few times for each answer, also while its thread sends it"
        assert sum(times for _, times in others) <= 3, "whoever was answered last is asked for the last time"


def test_streams_leave_as_they_come_and_heads_come_first(
    connect: Callable[[], socket.socket], application: Application
) -> None:
    connection = connect()
    connection.sendall(GET % b"/stream")
    heard = b""
    while b"one\r\n" not in heard:
        heard += connection.recv(65536)
    assert heard.startswith(b"HTTP/1.1 200 OK\r\n")
    assert heard.endswith(b"\r\n\r\n3\r\none\r\n")
    application.gate.set()
    rest = b""
    while piece := connection.recv(65536):
        rest += piece
    assert rest == b"3\r\ntwo\r\n0\r\n\r\n"


def test_a_connection_that_ends_while_all_are_looked_at_disturbs_nothing(
    connect: Callable[[], socket.socket], servers: list[Server]
) -> None:
    class Changing(dict[int, Any]):
        def values(self) -> Any:
            raise RuntimeError("dictionary changed size during iteration")

    [server] = servers
    server.active_channels = Changing()
    server.next_channel_cleanup = 0
    connection = connect()
    connection.sendall(GET % b"/say/hello")
    assert read_answer(connection) == b"hello"


def _counting(ask: Callable[[], Any], asked: list[int], descriptor: int) -> Callable[[], Any]:
    def counted() -> Any:
        asked.append(descriptor)
        return ask()

    return counted
