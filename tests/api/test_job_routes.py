"""The list of jobs, one of them, cancelling it, its result."""

import pytest
from flask.testing import FlaskClient

from services.submission import submit_job
from services.workspace import Workspace


def submit(workspace: Workspace, text: str = "x", steps: int = 0) -> str:
    return submit_job(workspace, "echo", {"text": text, "steps": steps}, owner="test", use_cache=False).id


def test_a_job_is_shown_with_the_fields_of_the_contract(client: FlaskClient, workspace: Workspace) -> None:
    job_id = submit(workspace)
    answer = client.get(f"/api/v1/jobs/{job_id}")
    assert answer.status_code == 200
    assert answer.json is not None
    job = answer.json["data"]
    assert {
        "id", "kind", "state", "progress", "message", "created_at", "started_at", "finished_at", "attempts", "device",
        "owner", "request", "error", "result_url",
    } <= job.keys()  # fmt: skip
    assert job["request"] == {"text": "x", "steps": 0, "end": "done"}
    assert job["created_at"].endswith("Z")
    assert job["result_url"] is None


@pytest.mark.usefixtures("worker")
def test_a_done_job_links_to_its_result(client: FlaskClient, workspace: Workspace) -> None:
    job_id = submit(workspace, "linked")
    first = client.get(f"/api/v1/jobs/{job_id}/result", headers={"Prefer": "wait=20"})
    assert first.status_code == 200
    job = client.get(f"/api/v1/jobs/{job_id}").json["data"]  # type: ignore[index]
    result = client.get(job["result_url"])
    assert result.json is not None
    assert result.json["data"] == {"text": "linked", "number": None}
    assert result.json["metadata"]["job_id"] == job_id


def test_the_result_of_a_waiting_job_says_where_to_look(client: FlaskClient, workspace: Workspace) -> None:
    job_id = submit(workspace)
    answer = client.get(f"/api/v1/jobs/{job_id}/result")
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/v1/jobs/{job_id}"


def test_the_list_goes_from_page_to_page_without_gap_or_repeat(client: FlaskClient, workspace: Workspace) -> None:
    ids = [submit(workspace, str(number)) for number in range(7)]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = client.get(f"/api/v1/jobs?limit=3{'&cursor=' + cursor if cursor else ''}")
        assert answer.json is not None
        seen += [job["id"] for job in answer.json["data"]["jobs"]]
        cursor = answer.json["data"]["cursor"]
    assert seen == ids[::-1]


def test_the_list_is_filtered_by_states_and_kind(client: FlaskClient, workspace: Workspace) -> None:
    kept, cancelled = submit(workspace), submit(workspace)
    workspace.jobs.cancel(cancelled)

    def listed(query: str) -> list[str]:
        answer = client.get(f"/api/v1/jobs?{query}")
        assert answer.json is not None
        return [job["id"] for job in answer.json["data"]["jobs"]]

    assert listed("state=queued") == [kept]
    assert listed("state=cancelled") == [cancelled]
    assert listed("state=queued&state=cancelled") == [cancelled, kept]
    assert listed("kind=forecast") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=201", "limit"), ("limit=ten", "limit"), ("state=lost", "state"),
        ("cursor=-1", "cursor"), ("cursor=9999999999999999999", "cursor"), ("status=done", "status"),
        ("limit=1&limit=2", "limit"), ("kind=" + "k" * 65, "kind"),
    ],
)  # fmt: skip
def test_a_wrong_query_is_reported_at_its_field(client: FlaskClient, query: str, field: str) -> None:
    answer = client.get(f"/api/v1/jobs?{query}")
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["loc"][:2] == ["query", field]


def test_a_list_does_not_carry_the_requests(client: FlaskClient, workspace: Workspace) -> None:
    submit(workspace, "a request may hold a million values")
    assert b"million" not in client.get("/api/v1/jobs").data


def test_a_queued_job_is_cancelled_at_once(client: FlaskClient, workspace: Workspace) -> None:
    answer = client.delete(f"/api/v1/jobs/{submit(workspace)}")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["data"]["state"] == "cancelled"


@pytest.mark.usefixtures("worker")
def test_a_running_job_is_asked_to_stop_and_stops(client: FlaskClient, workspace: Workspace) -> None:
    job_id = submit(workspace, steps=100_000)
    stream = client.get(f"/api/v1/jobs/{job_id}/events", buffered=False)
    for event in stream.response:
        if b'"running"' in event:  # type: ignore[operator]
            break
    assert client.delete(f"/api/v1/jobs/{job_id}").status_code in (200, 202)
    stream.close()
    assert client.get(f"/api/v1/jobs/{job_id}/result", headers={"Prefer": "wait=20"}).status_code == 409
    assert client.delete(f"/api/v1/jobs/{job_id}").status_code == 200, "cancelling an ended job changes nothing"


@pytest.mark.parametrize("path", ["", "/result", "/events"])
@pytest.mark.parametrize("job_id", ["nope", "%00", "..%2f..", "'; drop table jobs", "x" * 5000, "%ff%fe"])
def test_an_unknown_job_is_not_found(client: FlaskClient, job_id: str, path: str) -> None:
    answer = client.get(f"/api/v1/jobs/{job_id}{path}")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_cancelling_an_unknown_job_is_not_found(client: FlaskClient) -> None:
    assert client.delete("/api/v1/jobs/nope").status_code == 404
