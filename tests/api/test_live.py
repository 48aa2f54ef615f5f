"""The whole application as a stranger meets it: `python app.py`, real sockets, real workers."""

import http.client
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from tests.live import LiveServer, live_server

pytestmark = pytest.mark.processes
MIB = 2**20
CHUNK = 4 * MIB
N_CHUNKS = 24
MAX_GROWTH = 40 * MIB  # for 96 MiB: what passes through is never held
FORECAST = {
    "series": {"dataset": "air-passengers", "column": "passengers"}, "model": {"kind": "seasonal_naive"}, "horizon": 6,
}  # fmt: skip


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A running application."""
    with live_server(tmp_path_factory.mktemp("live") / "data") as server:
        yield server


def ask(
    live: LiveServer, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Send one request; return status, headers, body."""
    connection = http.client.HTTPConnection(urlsplit(live.url).netloc, timeout=120)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, dict):
        body, sent = json.dumps(body).encode(), {"Content-Type": "application/json"} | sent
    try:
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_a_forecast_by_rest_is_computed_by_a_worker(live: LiveServer) -> None:
    status, _, body = ask(live, "POST", "/api/v1/timeseries/forecast", FORECAST, Prefer="wait=60")
    assert status == 200, body
    data = json.loads(body)["data"]
    assert data["mean"] == data["history"][-12:-6]


@pytest.mark.parametrize("path", ["/", "/_dash-layout", "/_dash-dependencies", "/api/docs", "/assets/nothing.css"])
def test_dash_answers_to_no_name_that_was_rebound(live: LiveServer, path: str) -> None:
    assert ask(live, "GET", path, Host="evil.example")[0] == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "null"},
    ],
)
def test_no_other_site_runs_a_callback(live: LiveServer, headers: dict[str, str]) -> None:
    assert ask(live, "POST", "/_dash-update-component", {}, **headers)[0] == 403


def test_no_form_runs_a_callback(live: LiveServer) -> None:
    assert ask(live, "POST", "/_dash-update-component", b"{}", Content_Type="text/plain")[0] == 415


def test_a_page_asks_for_its_own_scripts_and_styles_once_and_keeps_them(live: LiveServer) -> None:
    page = ask(live, "GET", "/")[2].decode()
    own = re.findall(r'(?:src|href)="(/assets/[^"]+\.(?:js|css))"', page)
    assert len(own) == 3  # the third chooses light or dark before anything is painted
    bundles = [ask(live, "GET", path) for path in own if path != "/assets/scheme.js"]
    assert [status for status, _, _ in bundles] == [200, 200]
    assert all("immutable" in headers["cache-control"] for _, headers, _ in bundles)


def test_the_page_allows_its_own_inline_scripts_and_no_others(live: LiveServer) -> None:
    status, headers, _ = ask(live, "GET", "/")
    policy = headers["content-security-policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert status == 200
    assert "'sha256-" in scripts
    assert "unsafe" not in scripts
    assert "*" not in policy
    assert "http" not in policy


def test_an_unknown_path_below_the_api_is_a_problem_and_not_a_page(live: LiveServer) -> None:
    status, headers, _ = ask(live, "GET", "/api/v1/nope")
    assert (status, headers["content-type"]) == (404, "application/problem+json")


def test_large_files_pass_through_in_flat_memory(live: LiveServer) -> None:
    server = psutil.Process(live.process.pid)
    ask(live, "GET", "/")
    before = server.memory_info().rss
    size = CHUNK * N_CHUNKS
    _, _, body = ask(live, "POST", "/api/v1/uploads", {"file_name": "large.csv", "size": size})
    upload, peak = json.loads(body)["data"]["id"], before
    for number in range(N_CHUNKS):
        path = f"/api/v1/uploads/{upload}?offset={number * CHUNK}"
        assert ask(live, "PUT", path, bytes(CHUNK), Content_Type="application/octet-stream")[0] == 200
        peak = max(peak, server.memory_info().rss)
    assert peak - before < MAX_GROWTH
    assert ask(live, "DELETE", f"/api/v1/uploads/{upload}")[0] == 204


def test_a_large_form_passes_through_in_flat_memory(live: LiveServer) -> None:
    server = psutil.Process(live.process.pid)
    ask(live, "GET", "/")
    before = server.memory_info().rss
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="large.csv"\r\n\r\n'
    body = head + bytes(CHUNK * N_CHUNKS) + b"\r\n--x--\r\n"
    status, _, answer = ask(
        live, "POST", "/api/v1/datasets", body, Content_Type="multipart/form-data; boundary=x", Prefer="wait=60"
    )
    assert status == 422, answer
    assert server.memory_info().rss - before < MAX_GROWTH
