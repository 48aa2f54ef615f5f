"""Files sent in chunks, and as a form."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings, strategies

from api.upload_routes import MAX_CHUNK_BYTES
from services.workspace import Workspace

UPLOADS = "/api/v1/uploads"
OCTETS = "application/octet-stream"
CSV = b"month,sales\n2024-01,1\n2024-02,2\n2024-03,3\n2024-04,5\n"


def begin(client: FlaskClient, size: int, name: str = "a.csv") -> str:
    answer = client.post(UPLOADS, json={"file_name": name, "size": size})
    assert answer.status_code == 201, answer.data
    assert answer.json is not None
    assert answer.headers["Location"] == f"{UPLOADS}/{answer.json['data']['id']}"
    return str(answer.json["data"]["id"])


def put(client: FlaskClient, upload: str, offset: int, chunk: bytes, **query: Any) -> Any:
    return client.put(f"{UPLOADS}/{upload}", query_string={"offset": offset, **query}, data=chunk, content_type=OCTETS)


def files_of(workspace: Workspace) -> list[Path]:
    return [path for path in (workspace.settings.data_dir / "uploads").glob("*") if path.is_file()]


@given(data=strategies.binary(max_size=400), cuts=strategies.lists(strategies.integers(0, 400), max_size=5))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cutting_into_chunks_gives_the_same_file(
    client: FlaskClient, workspace: Workspace, data: bytes, cuts: list[int]
) -> None:
    upload, offset = begin(client, len(data)), 0
    for end in [*sorted(cut for cut in cuts if cut < len(data)), len(data)]:
        answer = put(client, upload, offset, data[offset:end])
        if offset == len(data) == 0:
            break
        assert answer.status_code == 200
        offset = answer.json["data"]["offset"]
    head = client.head(f"{UPLOADS}/{upload}")
    assert head.headers["Upload-Offset"] == head.headers["Upload-Length"] == str(len(data))
    assert workspace.uploads.path(upload).read_bytes() == data
    assert workspace.uploads.describe(upload).sha256 == hashlib.sha256(data).hexdigest()


def test_a_chunk_at_the_wrong_place_is_told_the_right_one(client: FlaskClient) -> None:
    upload = begin(client, 10)
    put(client, upload, 0, b"01234")
    answer = put(client, upload, 4, b"456789")
    assert answer.status_code == 409
    assert answer.headers["Upload-Offset"] == "5"
    assert put(client, upload, 5, b"56789").json["data"]["is_complete"]


def test_a_wrong_checksum_is_a_conflict(client: FlaskClient) -> None:
    upload = begin(client, 3)
    answer = put(client, upload, 0, b"abc", sha256="0" * 64)
    assert answer.status_code == 409
    assert hashlib.sha256(b"abc").hexdigest() in answer.json["detail"]


def test_more_than_was_announced_is_too_large(client: FlaskClient) -> None:
    upload = begin(client, 3)
    assert put(client, upload, 0, b"abcd").status_code == 413
    assert client.head(f"{UPLOADS}/{upload}").headers["Upload-Offset"] == "0"


def test_a_chunk_beyond_the_limit_is_too_large_and_costs_nothing(client: FlaskClient) -> None:
    upload = begin(client, MAX_CHUNK_BYTES + 1)
    assert put(client, upload, 0, bytes(MAX_CHUNK_BYTES + 1)).status_code == 413
    assert client.head(f"{UPLOADS}/{upload}").headers["Upload-Offset"] == "0"


def test_a_file_beyond_the_limit_is_refused_before_it_is_sent(client: FlaskClient, workspace: Workspace) -> None:
    size = workspace.uploads.limit_bytes + 1
    answer = client.post(UPLOADS, json={"file_name": "big.csv", "size": size})
    assert answer.status_code == 413
    assert files_of(workspace) == []


def test_an_upload_given_up_leaves_nothing(client: FlaskClient, workspace: Workspace) -> None:
    upload = begin(client, 10)
    put(client, upload, 0, b"01234")
    assert client.delete(f"{UPLOADS}/{upload}").status_code == 204
    assert files_of(workspace) == []
    assert client.delete(f"{UPLOADS}/{upload}").status_code == 404
    assert put(client, upload, 5, b"5").status_code == 404
    assert client.head(f"{UPLOADS}/{upload}").status_code == 404


@pytest.mark.parametrize("upload", ["..%2f..%2fetc%2fpasswd", "x", "0" * 32, "%00", "A" * 32])
def test_no_id_reaches_beyond_the_uploads(client: FlaskClient, upload: str) -> None:
    assert put(client, upload, 0, b"x").status_code == 404


@pytest.mark.parametrize("query", ["", "offset=-1", "offset=x", "offset=1e3", "offset=99999999999999999999"])
def test_a_chunk_without_a_proper_offset_is_refused(client: FlaskClient, query: str) -> None:
    answer = client.put(f"{UPLOADS}/{begin(client, 3)}?{query}", data=b"abc", content_type=OCTETS)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["loc"] == ["query", "offset"]


def test_a_chunk_of_another_type_is_refused(client: FlaskClient) -> None:
    answer = client.put(f"{UPLOADS}/{begin(client, 3)}?offset=0", data=b"abc", content_type="text/csv")
    assert answer.status_code == 415


def test_a_path_in_a_file_name_is_only_a_label(client: FlaskClient, workspace: Workspace) -> None:
    upload = begin(client, 3, name="../../../etc/cron.d/evil\x00.csv")
    assert "/" not in workspace.uploads.describe(upload).file_name
    put(client, upload, 0, b"abc")
    assert {path.parent for path in files_of(workspace)} == {workspace.settings.data_dir / "uploads"}


def test_the_same_form_is_read_whatever_the_order_of_its_parts(client: FlaskClient, workspace: Workspace) -> None:
    for parts in ([("name", "n"), ("file", None)], [("file", None), ("name", "n")]):
        form = {key: value if value else (io.BytesIO(CSV), "sales.csv") for key, value in parts}
        answer = client.post("/api/v1/datasets", data=form, headers={"Prefer": "respond-async"})
        assert answer.status_code == 202, answer.data
        assert answer.json is not None
        job = workspace.jobs.get(answer.json["data"]["job_id"])
        assert job is not None
        assert job.request["name"] == "n"
        upload = job.request["source"]["upload"]
        assert workspace.uploads.path(upload).read_bytes() == CSV
        assert workspace.uploads.describe(upload).file_name == "sales.csv"


@pytest.mark.parametrize(
    ("parts", "status", "blamed"),
    [
        ({}, 422, "file"), ({"name": "n"}, 422, "file"), ({"file": CSV, "zzz": "1"}, 422, "zzz"),
        ({"file": CSV, "source": "x"}, 422, "source"), ({"file": CSV, "day_first": "perhaps"}, 422, "day_first"),
        ({"data": CSV}, 400, None), ({"file": CSV, "file2": CSV}, 400, None),
        ({"file": CSV, "name": ["a", "b"]}, 400, None),
    ],
)  # fmt: skip
def test_a_wrong_form_is_refused_and_leaves_nothing(
    client: FlaskClient, workspace: Workspace, parts: dict[str, Any], status: int, blamed: str | None
) -> None:
    form = {key: (io.BytesIO(value), "f.csv") if isinstance(value, bytes) else value for key, value in parts.items()}
    answer = client.post("/api/v1/datasets", data=form, content_type="multipart/form-data")
    assert answer.status_code == status, answer.data
    assert answer.json is not None
    assert [error["loc"][0] for error in answer.json["errors"]] == ([blamed] if blamed else [])
    assert files_of(workspace) == []
    assert workspace.jobs.page().jobs == ()


@pytest.mark.parametrize("part", ['name="name"\r\n\r\n' + "n" * 2**21, 'name="name"; x="' + "n" * 2**21, "n" * 2**21])
def test_a_form_that_would_fill_the_memory_is_too_large(client: FlaskClient, part: str) -> None:
    body = f"--x\r\nContent-Disposition: form-data; {part}\r\n--x--\r\n".encode()
    answer = client.post("/api/v1/datasets", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


def test_a_form_of_very_many_parts_is_too_large(client: FlaskClient) -> None:
    part = '--x\r\nContent-Disposition: form-data; name="a{}"\r\n\r\n1\r\n'
    body = "".join(part.format(number) for number in range(50)) + "--x--\r\n"
    answer = client.post("/api/v1/datasets", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


@given(body=strategies.binary(max_size=300), boundary=strategies.sampled_from(["x", "", "a b", "é", "x" * 300]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_sent_as_a_form_are_more_than_a_refusal(client: FlaskClient, body: bytes, boundary: str) -> None:
    prefix = f"--{boundary}\r\n".encode()
    content_type = f'multipart/form-data; boundary="{boundary}"'
    assert client.post("/api/v1/datasets", data=prefix + body, content_type=content_type).status_code in (400, 422)


@given(headers=strategies.binary(max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_part_header_is_more_than_a_refusal(client: FlaskClient, headers: bytes) -> None:
    body = b"--x\r\nContent-Disposition: form-data; " + headers + b"\r\n\r\nvalue\r\n--x--\r\n"
    answer = client.post("/api/v1/datasets", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code in (400, 413, 422)
