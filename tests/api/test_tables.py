"""Results and datasets as CSV, and datasets over REST from the file to the rows."""

import csv
import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.csv_answers import MEDIA_TYPES
from services.submission import submit_job
from services.workspace import Workspace

WAIT = {"Prefer": "wait=60"}
FORECAST = {"series": {"dataset": "air-passengers", "column": "passengers"}, "model": {"kind": "naive"}, "horizon": 3}


def rows_of(answer: TestResponse) -> list[list[str]]:
    assert answer.status_code == 200, answer.data
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True), newline="")))


def send(client: FlaskClient, content: bytes, **fields: str) -> Any:
    form = {"file": (io.BytesIO(content), "sent.csv"), **fields}
    answer = client.post("/api/v1/datasets", data=form, headers=WAIT)
    assert answer.status_code == 200, answer.data
    assert answer.json is not None
    return answer.json["data"]


@pytest.mark.usefixtures("worker")
def test_a_forecast_as_csv_has_the_numbers_of_the_forecast_as_json(client: FlaskClient) -> None:
    answer = client.post("/api/v1/timeseries/forecast", json=FORECAST, headers=WAIT)
    assert answer.json is not None
    result, job_id = answer.json["data"], answer.json["metadata"]["job_id"]
    table = client.get(f"/api/v1/jobs/{job_id}/result.csv")
    header, *rows = rows_of(table)
    mean = header.index("mean")
    assert [float(row[mean]) for row in rows if row[mean]] == result["mean"]
    assert table.headers["Content-Disposition"].startswith(f'attachment; filename="forecast-{job_id}.csv"')


BATCH = {"series": [{"values": [1, 2, 4, 3], "name": "a"}, {"values": [None], "name": "b"}], "horizon": 2}
READERS = {
    "application/vnd.apache.parquet": pq.read_table,
    "application/vnd.apache.arrow.file": lambda source: pa.ipc.open_file(source).read_all(),
}


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("asked", ["format", "accept"])
@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_a_batch_as_a_typed_table_has_its_numbers_and_reasons(client: FlaskClient, form: str, asked: str) -> None:
    request = BATCH | {"model": {"kind": "naive"}}
    media_type = MEDIA_TYPES[form]
    result = client.post("/api/v1/timeseries/batch", json=request, headers=WAIT).get_json()["data"]
    query, headers = (f"?format={form}", {}) if asked == "format" else ("", {"Accept": f"{media_type}, */*;q=0.1"})
    answer = client.post(f"/api/v1/timeseries/batch{query}", json=request, headers=WAIT | headers)
    assert answer.mimetype == media_type
    rows = READERS[media_type](io.BytesIO(answer.data)).to_pylist()
    assert [row["mean"] for row in rows] == [*result["series"][0]["mean"], None]
    assert [row["status"] for row in rows] == ["done", "done", "failed"]
    assert rows[2]["reason"] == result["series"][1]["reason"]
    assert [row["upper_95"] for row in rows[:2]] == result["series"][0]["intervals"][1]["upper"]


@pytest.mark.usefixtures("worker")
def test_the_form_of_a_job_result_is_chosen_by_query_then_by_accept_then_json(client: FlaskClient) -> None:
    job_id = client.post("/api/v1/timeseries/forecast", json=FORECAST, headers=WAIT).get_json()["metadata"]["job_id"]
    path = f"/api/v1/jobs/{job_id}/result"

    def mimetype(query: str = "", accept: str | None = None) -> str:
        return client.get(path + query, headers={} if accept is None else {"Accept": accept}).mimetype

    assert mimetype() == mimetype(accept="*/*") == mimetype(accept="image/png") == "application/json"
    assert mimetype(accept="text/csv") == mimetype("?format=csv", accept="application/json") == "text/csv"
    assert mimetype("?format=json", accept="text/csv") == "application/json"
    assert client.get(f"{path}?format=xlsx").status_code == 422
    table = pq.read_table(io.BytesIO(client.get(f"{path}?format=parquet").data))
    assert str(table.schema.field("timestamp").type) == "timestamp[us, tz=UTC]"


@pytest.mark.usefixtures("worker")
def test_a_part_of_a_result_is_a_table_of_its_own(client: FlaskClient) -> None:
    request = {"assets": {"dataset": "imaginary-funds"}, "strategy": {"kind": "equal_weight"}}
    made = client.post("/api/v1/finance/backtest", json=request, headers=WAIT).get_json()
    path = f"/api/v1/jobs/{made['metadata']['job_id']}/result"
    answer = client.get(f"{path}?table=trades")
    header, *rows = rows_of(answer)
    assert [row[header.index("asset")] for row in rows] == [each["asset"] for each in made["data"]["trades"]]
    assert "portfolio_backtest-trades-" in answer.headers["Content-Disposition"]
    refused = [client.get(f"{path}?{query}") for query in ("table=fees", "table=trades&format=json")]
    assert [each.status_code for each in refused] == [422, 422]
    assert refused[0].get_json()["errors"][0]["loc"] == ["query", "table"]


@pytest.mark.usefixtures("worker")
def test_a_result_that_is_no_table_says_so(client: FlaskClient, workspace: Workspace) -> None:
    job = submit_job(workspace, "echo", {}, owner="test")
    answer = client.get(f"/api/v1/jobs/{job.id}/result.csv", headers=WAIT)
    assert answer.status_code == 404
    assert answer.json is not None
    assert "no table" in answer.json["detail"]


def test_the_table_of_a_job_that_has_not_ended_is_answered_like_its_result(
    client: FlaskClient, workspace: Workspace
) -> None:
    job = submit_job(workspace, "forecast", FORECAST, owner="test")
    assert client.get(f"/api/v1/jobs/{job.id}/result.csv").status_code == 202
    workspace.jobs.cancel(job.id)
    assert client.get(f"/api/v1/jobs/{job.id}/result.csv").status_code == 409


def test_a_result_of_another_version_is_no_fault_of_the_server(client: FlaskClient, workspace: Workspace) -> None:
    job = submit_job(workspace, "forecast", FORECAST, owner="test")
    claim = workspace.jobs.claim("w", ["cpu"], lease_s=60)
    assert claim is not None
    workspace.jobs.finish(claim, b'{"fields": "of long ago"}')
    answer = client.get(f"/api/v1/jobs/{job.id}/result.csv")
    assert answer.status_code == 409
    assert client.get(f"/api/v1/jobs/{job.id}/result").status_code == 200


@pytest.mark.usefixtures("worker")
def test_a_sent_file_is_a_dataset_to_look_at_read_forecast_and_delete(client: FlaskClient) -> None:
    months = [f"2020-{month:02}-01,{month * 10}" for month in range(1, 13)]
    info = send(client, "\n".join(["month,sales", *months]).encode(), name="Sales")
    one = f"/api/v1/datasets/{info['id']}"
    assert (info["name"], info["rows"], info["frequency"]) == ("Sales", 12, "P1M")
    assert client.get(one).json["data"] == info  # type: ignore[index]
    assert info["id"] in {item["id"] for item in client.get("/api/v1/datasets").json["data"]["datasets"]}  # type: ignore[index]
    page = client.get(f"{one}/data?offset=10&limit=5").json["data"]  # type: ignore[index]
    assert (page["offset"], page["total"]) == (10, 12)
    assert [row["sales"] for row in page["rows"]] == [110.0, 120.0]
    header, *rows = rows_of(client.get(f"{one}/data.csv"))
    assert header == ["month", "sales"]
    assert [float(row[1]) for row in rows] == [10.0 * month for month in range(1, 13)]
    request = {"series": {"dataset": info["id"], "column": "sales"}, "model": {"kind": "naive"}}
    assert client.post("/api/v1/timeseries/forecast", json=request, headers=WAIT).status_code == 200
    assert client.delete(one).status_code == 204
    assert [client.get(f"{one}{path}").status_code for path in ("", "/data", "/data.csv")] == [404] * 3
    assert client.delete(one).status_code == 404


@pytest.mark.usefixtures("worker")
def test_the_same_content_gets_the_same_id(client: FlaskClient) -> None:
    content = b"month,sales\n2020-01-01,1\n2020-02-01,2\n2020-03-01,4\n"
    assert send(client, content)["id"] == send(client, content)["id"]


@pytest.mark.usefixtures("worker")
def test_cells_that_a_spreadsheet_would_run_are_harmless_in_csv(client: FlaskClient) -> None:
    info = send(client, b'month,"=cmd()"\n2020-01-01,=1+1\n2020-02-01,@x\n2020-03-01,y\n')
    for row in rows_of(client.get(f"/api/v1/datasets/{info['id']}/data.csv")):
        assert not any(cell.startswith(("=", "@")) for cell in row)


@pytest.mark.usefixtures("worker")
def test_a_file_that_is_no_table_is_the_requests_fault(client: FlaskClient) -> None:
    form = {"file": (io.BytesIO(b"\x00\x01\x02" * 50), "x.csv")}
    answer = client.post("/api/v1/datasets", data=form, headers=WAIT)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


def test_a_sample_stays(client: FlaskClient) -> None:
    answer = client.delete("/api/v1/datasets/air-passengers")
    assert answer.status_code == 409
    assert client.get("/api/v1/datasets/air-passengers").status_code == 200


@pytest.mark.parametrize("query", ["offset=-1", "limit=0", "limit=10001", "limit=x", "rows=5", f"offset={2**60}"])
def test_a_wrong_range_of_rows_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/v1/datasets/air-passengers/data?{query}").status_code == 422


def test_rows_beyond_the_end_are_none(client: FlaskClient) -> None:
    answer = client.get("/api/v1/datasets/air-passengers/data?offset=1000000")
    assert answer.json is not None
    assert answer.json["data"]["rows"] == []
    assert answer.json["data"]["total"] == 144


@pytest.mark.parametrize("path", ["", "/data", "/data.csv"])
@pytest.mark.parametrize("dataset", ["nope", "..%2f..", "%00", "x" * 3000, "import"])
def test_an_unknown_dataset_is_not_found(client: FlaskClient, dataset: str, path: str) -> None:
    assert client.get(f"/api/v1/datasets/{dataset}{path}").status_code == 404
