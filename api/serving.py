"""The web server: waitress, set up so that slow and idle connections do not keep others out."""

import ctypes
import errno
import resource
import socket
from contextlib import suppress
from typing import Any

from flask import Flask
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from api.channels import Channel, served_channel
from api.connections import HAS_EPOLL, Connections
from api.threads import WarmThreads
from services.operations import OPERATIONS
from services.settings import Settings

CONNECTIONS = 2000  # waitress's own 100 are taken by a hundred idle browsers' keep-alive connections
CHANNEL_TIMEOUT_S = 20  # an idle or stalled connection is closed after it; a waiting request is neither
BACKLOG = 1024  # connections that wait to be accepted
RECEIVE_BYTES = 65536  # at a time; uploads come in large chunks
SPARE_FILES = 512  # for the database, uploads and temporary files
M_ARENA_MAX = -8  # of <malloc.h>
BODY_MARGIN_BYTES = 2**20  # of a multipart body beyond the file in it


class PortInUseError(OSError):
    """Something else listens on the configured port."""


class Server(TcpWSGIServer):  # type: ignore[misc]  # waitress has no types
    """waitress, whose loop looks at those connections only to which something happened."""

    channel_class = Channel

    def run(self) -> None:
        """Serve until interrupted or closed."""
        if not isinstance(self._map, Connections):
            super().run()
            return
        try:
            self._map.loop(self)
        except (SystemExit, KeyboardInterrupt):
            self.task_dispatcher.shutdown()

    def maintenance(self, now: float) -> None:
        """Mark connections that were idle for too long, unless a thread closes one at this very moment."""
        with suppress(RuntimeError):  # the dictionary of connections changed its size; the next time is soon
            super().maintenance(now)

    def pull_trigger(self) -> None:
        """Wake the loop, unless the connection that this thread serves wants nothing new of it."""
        channel = served_channel()
        if channel is not None and channel.total_outbufs_len:
            channel.is_left_to_loop = True
        if channel is None or not isinstance(self._map, Connections) or self._map.has_changed(channel):
            super().pull_trigger()


def create_server(application: Flask, settings: Settings, connections: dict[int, Any] | None = None) -> Server:
    """Return a bound waitress server: `.effective_port` says where, `.run()` serves, `.close()` ends it.

    Raises PortInUseError naming the way out.
    """
    _allow_many_files(CONNECTIONS + SPARE_FILES)
    _share_one_heap()
    operations = application.extensions.get(OPERATIONS)
    listener = _bind(settings)
    return Server(
        application,
        _connections() if connections is None else connections,
        _sock=listener,
        dispatcher=WarmThreads(settings.threads, () if operations is None else operations.endings),
        adj=_adjustments(listener, settings),
        sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
        bind_socket=False,
    )


def _connections() -> dict[int, Any]:
    return Connections() if HAS_EPOLL else {}


def _adjustments(listener: socket.socket, settings: Settings) -> Adjustments:
    return Adjustments(
        sockets=[listener],
        connection_limit=CONNECTIONS,
        channel_timeout=CHANNEL_TIMEOUT_S,
        cleanup_interval=CHANNEL_TIMEOUT_S // 2,
        channel_request_lookahead=1,  # so that a waiting request learns that its client hung up
        asyncore_use_poll=True,  # select() refuses file descriptors above 1023
        recv_bytes=RECEIVE_BYTES,
        max_request_header_size=65536,
        max_request_body_size=settings.upload_limit_mib * 2**20 + BODY_MARGIN_BYTES,
        log_socket_errors=False,
        ident=None,
    )


def _bind(settings: Settings) -> socket.socket:
    """Return a socket on the configured address: one, though `localhost` may have two."""
    addresses = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
    family, _, _, _, address = min(addresses, key=lambda found: found[0] != socket.AF_INET)
    try:
        return socket.create_server((str(address[0]), settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortInUseError(
            f"port {settings.port} on {settings.host} is in use; stop what listens there, or set LOOKAHEAD_PORT "
            "(0 takes a free one)"
        ) from error


def _allow_many_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (min(wanted, hard) if hard != resource.RLIM_INFINITY else wanted, hard)
        )


def _share_one_heap() -> None:
    """Let all threads allocate from one heap.

    glibc makes up to eight per core, which helps threads that compute at the same time, and each keeps what was freed
    in it. The threads of a Python web server compute one at a time.
    """
    with suppress(AttributeError, OSError):  # another C library has neither the function nor the problem
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
