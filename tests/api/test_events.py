"""Server-sent events of a job."""

import json
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.submission import submit_job
from services.workspace import Workspace


def submit(workspace: Workspace, steps: int, text: str = "hello") -> str:
    return submit_job(workspace, "echo", {"steps": steps, "text": text}, owner="test", use_cache=False).id


def events_of(answer: TestResponse) -> Iterator[dict[str, str]]:
    text = b"".join(answer.response).decode()  # type: ignore[arg-type]
    assert text.endswith("\n\n")
    for block in text.split("\n\n"):
        event = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in event:
            yield event


@pytest.mark.usefixtures("worker")
def test_progress_is_told_in_order_and_then_the_end(client: FlaskClient, workspace: Workspace) -> None:
    answer = client.get(f"/api/v1/jobs/{submit(workspace, steps=60)}/events")
    assert answer.status_code == 200
    assert answer.mimetype == "text/event-stream"
    events = list(events_of(answer))
    assert [event["event"] for event in events][-1] == "state"
    assert {event["event"] for event in events[:-1]} == {"progress"}
    fractions = [json.loads(event["data"])["progress"] for event in events[:-1]]
    assert fractions == sorted(fractions)
    assert len(fractions) > 3
    last = json.loads(events[-1]["data"])
    assert last["state"] == "done"
    assert last["result_url"].endswith("/result")


@pytest.mark.usefixtures("worker")
def test_what_a_job_tells_comes_once_in_order_and_before_the_end(client: FlaskClient, workspace: Workspace) -> None:
    job_id = submit(workspace, steps=100, text="aloud")
    events = list(events_of(client.get(f"/api/v1/jobs/{job_id}/events")))
    assert events[-1]["event"] == "state"
    frames = [event for event in events if event["event"] == "frames"]
    batches = [json.loads(event["data"]) for event in frames]
    told = [frame["text"] for batch in batches for frame in batch["frames"]]
    assert told == [f"step {step}" for step in range(100)]
    assert len(batches) > 1
    assert {batch["attempt"] for batch in batches} == {1}
    back = client.get(f"/api/v1/jobs/{job_id}/events", headers={"Last-Event-ID": frames[0]["id"]})
    assert [event["data"] for event in events_of(back) if event["event"] == "frames"] == [
        event["data"] for event in frames[1:]
    ]


@pytest.mark.usefixtures("worker")
def test_an_ended_job_tells_its_end_at_once(client: FlaskClient, workspace: Workspace) -> None:
    job_id = submit(workspace, steps=0)
    client.get(f"/api/v1/jobs/{job_id}/result", headers={"Prefer": "wait=20"})
    assert [event["event"] for event in events_of(client.get(f"/api/v1/jobs/{job_id}/events"))] == ["state"]


@pytest.mark.usefixtures("worker")
def test_a_browser_that_heard_the_end_is_told_not_to_come_back(client: FlaskClient, workspace: Workspace) -> None:
    job_id = submit(workspace, steps=0)
    events = list(events_of(client.get(f"/api/v1/jobs/{job_id}/events")))
    again = client.get(f"/api/v1/jobs/{job_id}/events", headers={"Last-Event-ID": events[-1]["id"]})
    assert again.status_code == 204


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("last", ["0", "17", "end", "garbage\x7f", "-1"])
def test_a_browser_that_lost_its_connection_is_told_the_present(
    client: FlaskClient, workspace: Workspace, last: str
) -> None:
    answer = client.get(f"/api/v1/jobs/{submit(workspace, steps=5)}/events", headers={"Last-Event-ID": last})
    assert list(events_of(answer))[-1]["event"] == "state"


def test_a_cancelled_job_ends_the_stream(client: FlaskClient, workspace: Workspace) -> None:
    job_id = submit(workspace, steps=5)
    answer = client.get(f"/api/v1/jobs/{job_id}/events", buffered=False)
    stream = iter(answer.response)
    assert b"retry:" in next(stream)  # type: ignore[operator]
    assert b'"queued"' in next(stream)  # type: ignore[operator]
    workspace.jobs.cancel(job_id)
    assert b'"cancelled"' in next(stream)  # type: ignore[operator]
    assert list(stream) == []


def test_more_streams_than_places_are_told_to_come_back_later(client: FlaskClient, workspace: Workspace) -> None:
    job_id = submit(workspace, steps=5)
    places = int(workspace.settings.threads * 0.75)
    open_streams = [client.get(f"/api/v1/jobs/{job_id}/events", buffered=False) for _ in range(places)]
    refused = client.get(f"/api/v1/jobs/{job_id}/events")
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert client.post("/api/v1/test/echo", json={}).status_code == 202, "who would wait is answered at once"
    assert client.get("/health").status_code == 200
    for stream in open_streams:
        stream.close()
    reopened = client.get(f"/api/v1/jobs/{job_id}/events", buffered=False)
    assert reopened.status_code == 200, "a closed stream gives its place back"
    reopened.close()


def test_asking_for_the_headers_of_a_stream_holds_no_place(client: FlaskClient, workspace: Workspace) -> None:
    job_id = submit(workspace, steps=5)
    for _ in range(workspace.settings.threads * 2):
        client.head(f"/api/v1/jobs/{job_id}/events").close()
    stream = client.get(f"/api/v1/jobs/{job_id}/events", buffered=False)
    assert stream.status_code == 200
    stream.close()


def test_an_event_stream_is_not_compressed(client: FlaskClient, workspace: Workspace) -> None:
    stream = client.get(
        f"/api/v1/jobs/{submit(workspace, 5)}/events", headers={"Accept-Encoding": "br, gzip"}, buffered=False
    )
    assert "Content-Encoding" not in stream.headers
    stream.close()
