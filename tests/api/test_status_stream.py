"""The status of everything as server-sent events, over real sockets."""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from flask.testing import FlaskClient

from api.status_routes import STREAM, THREADS_PER_STREAM
from services.submission import submit_job
from services.workspace import Workspace
from tests.api.serving import LONG_S, Served
from tests.live import wait_until


@dataclass
class Event:
    """One event as a browser hears it."""

    id: str
    name: str
    data: Any


class Watcher:
    """A connection that follows the status."""

    def __init__(self, served: Served, last_id: str = "") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=LONG_S)
        self._connection.request("GET", STREAM, headers={"Last-Event-ID": last_id, "Accept-Encoding": "br, gzip"})
        self.answer = self._connection.getresponse()

    def events(self) -> Iterator[Event]:
        """Yield events as they come."""
        fields: dict[str, str] = {}
        for line in self.answer:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif "event" in fields:
                yield Event(fields["id"], fields["event"], json.loads(fields["data"]))
                fields = {}

    def close(self) -> None:
        """Hang up."""
        self.answer.close()
        self._connection.close()


def test_a_watcher_is_told_the_state_and_then_what_changes(served: Served, workspace: Workspace) -> None:
    watcher = Watcher(served)
    assert watcher.answer.status == 200
    assert watcher.answer.getheader("Content-Type", "").startswith("text/event-stream")
    assert watcher.answer.getheader("Content-Encoding") is None
    events = watcher.events()
    first = {event.name: event for event in (next(events) for _ in range(3))}
    assert set(first) == {"telemetry", "jobs", "alerts"}
    assert first["telemetry"].data["host"]["cores"] >= 1
    assert first["telemetry"].data["available"] is False
    assert first["jobs"].data == {"queued": 0, "running": 0, "done": 0, "failed": 0, "cancelled": 0}
    assert first["alerts"].data == []
    job = submit_job(workspace, "echo", {"steps": 1}, owner="test", use_cache=False)
    told = next(event for event in events if event.name == "jobs")
    assert told.data["queued"] == 1
    watcher.close()
    workspace.jobs.cancel(job.id)
    back = wait_until(lambda: _follow(served, told.id), LONG_S, "the place of the one who hung up is free")
    assert back is not None
    jobs = next(event for event in back.events() if event.name == "jobs")
    assert (jobs.data["queued"], jobs.data["cancelled"]) == (0, 1)
    assert int(jobs.id.split("-")[1]) > int(told.id.split("-")[1])
    back.close()


def test_streams_are_few_and_leave_the_server_free(client: FlaskClient, workspace: Workspace) -> None:
    places = workspace.settings.threads // THREADS_PER_STREAM
    streams = [client.get(STREAM, buffered=False) for _ in range(places)]
    refused = client.get(STREAM)
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert client.get("/health").status_code == 200
    for stream in streams:
        stream.close()
    for _ in range(3 * places):
        client.head(STREAM).close()
    again = client.get(STREAM, buffered=False)
    assert again.status_code == 200
    again.close()


def test_a_server_that_stops_ends_its_streams(served: Served) -> None:
    watcher = Watcher(served)
    assert len(list(islice(watcher.events(), 3))) == 3
    served.threads.shutdown(timeout=LONG_S)
    assert not served.threads.threads
    watcher.answer.read()  # raises IncompleteRead where the end is missing
    watcher.close()


def _follow(served: Served, last_id: str) -> Watcher | None:
    watcher = Watcher(served, last_id)
    if watcher.answer.status == 200:
        return watcher
    watcher.close()
    return None
