"""The guard before every route: names, sites, content types, headers. Dash's own routes stand for the others."""

from collections.abc import Callable, Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient

import api
from services.settings import Settings
from services.workspace import Workspace

UPDATE = "/_dash-update-component"
Guarded = Callable[..., FlaskClient]


@pytest.fixture
def guarded(workspace: Workspace) -> Guarded:
    """Makes a client of a guarded server that has routes of its own beside the API, as Dash's are."""

    def make(script_hashes: Callable[[], Sequence[str]] = tuple, **changes: object) -> FlaskClient:
        server = Flask("guarded", static_folder=None)
        server.add_url_rule("/", "index", lambda: "<p>page</p>")
        server.add_url_rule(UPDATE, "update", lambda: {"ran": True}, methods=["POST"])
        api.register_api(server, workspace)
        api.protect(server, Settings(_env_file=None, **changes), script_hashes=script_hashes)  # type: ignore[arg-type]
        return server.test_client()

    return make


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8050", "127.0.0.1:1", "[::1]:8050", "[::1]", "localhost."])
def test_loopback_names_are_answered(guarded: Guarded, host: str) -> None:
    assert guarded().get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/v1/jobs", "/health", "/api/docs", "/assets/x.js", "/api/v1/nope"])
def test_a_name_that_was_rebound_to_this_machine_is_not_answered(guarded: Guarded, path: str) -> None:
    """DNS rebinding: evil.example resolves to 127.0.0.1, so that its page is of the same origin as we are."""
    answer = guarded().get(path, headers={"Host": "evil.example:8050", "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 421
    assert b"LOOKAHEAD_ALLOWED_HOSTS" in answer.data


def test_a_rebound_name_runs_no_callback(guarded: Guarded) -> None:
    headers = {"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}
    assert guarded().post(UPDATE, json={}, headers=headers).status_code == 421


@pytest.mark.parametrize(
    "host", ["", "a b", "localhost:x", "localhost:123456", "local\thost", "user@localhost", "[::1", "localhost/x"]
)
def test_a_malformed_host_is_unreadable(guarded: Guarded, host: str) -> None:
    assert guarded().get("/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost.evil.example", "127.0.0.1.evil.example", "xlocalhost", "0.0.0.0"])
def test_a_name_that_only_looks_like_ours_is_not_answered(guarded: Guarded, host: str) -> None:
    assert guarded().get("/", headers={"Host": host}).status_code == 421


def test_a_configured_name_is_answered(guarded: Guarded) -> None:
    client = guarded(allowed_hosts=("lookahead.example",))
    headers = {"Host": "Lookahead.Example", "Origin": "https://lookahead.example"}
    assert client.post(UPDATE, json={}, headers=headers).status_code == 200


def test_a_proxy_that_rewrites_the_host_keeps_its_own_origin(guarded: Guarded) -> None:
    client = guarded(allowed_hosts=("lookahead.example",))
    headers = {"Host": "127.0.0.1:8050", "Origin": "https://lookahead.example"}
    assert client.post(UPDATE, json={}, headers=headers).status_code == 200


@pytest.mark.parametrize("path", [UPDATE, "/api/v1/test/echo"])
@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "https://localhost:8050", "http://localhost:3000", "null", "http://127.0.0.1:8050", "", "http://",
     "file://localhost:8050", "http://localhost:99999", "http://[", "http://localhost:8050.evil.example"],
)  # fmt: skip
def test_another_origin_changes_nothing(guarded: Guarded, path: str, origin: str) -> None:
    answer = guarded().post(
        path, json={}, headers={"Host": "localhost:8050", "Origin": origin, "Prefer": "respond-async"}
    )
    if origin == "https://localhost:8050":
        assert answer.status_code in (200, 202), "a proxy may speak TLS for us; name and port are the same"
    else:
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8050", "http://localhost:8050"),
        ("localhost", "http://localhost:80"),
        ("[::1]:8050", "http://[::1]:8050"),
    ],
)
def test_our_own_origin_is_taken(guarded: Guarded, host: str, origin: str) -> None:
    assert guarded().post(UPDATE, json={}, headers={"Host": host, "Origin": origin}).status_code == 200


@pytest.mark.parametrize(
    ("site", "status"), [("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403)]
)
def test_what_the_browser_says_of_the_site_counts(guarded: Guarded, site: str, status: int) -> None:
    assert guarded().post(UPDATE, json={}, headers={"Sec-Fetch-Site": site}).status_code == status


def test_a_link_from_elsewhere_may_be_followed_but_nothing_embedded(guarded: Guarded) -> None:
    client = guarded()
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert client.get("/", headers=link).status_code == 200
    assert client.get("/", headers=link | {"Sec-Fetch-Dest": "iframe"}).status_code == 403
    assert (
        client.get("/api/v1/jobs", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}).status_code
        == 403
    )
    assert client.post(UPDATE, json={}, headers=link).status_code == 403


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None]
)
def test_a_body_that_a_form_could_send_runs_no_callback(guarded: Guarded, content_type: str | None) -> None:
    assert guarded().post(UPDATE, data=b'{"a": 1}', content_type=content_type).status_code == 415


def test_an_unsafe_request_without_a_body_needs_no_content_type(guarded: Guarded) -> None:
    assert guarded().post(UPDATE).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/docs", "/api/v1/jobs", "/api/v1/nope", "/nope", "/health"])
def test_every_answer_carries_the_headers(guarded: Guarded, path: str) -> None:
    headers = guarded().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "default-src" in headers["Content-Security-Policy"]
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert headers["X-Request-ID"]
    assert ("no-store" in headers.get("Cache-Control", "")) == path.startswith("/api/")


def test_a_refusal_carries_the_headers_too(guarded: Guarded) -> None:
    answer = guarded().get("/", headers={"Host": "evil.example"})
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_script_hashes_are_asked_for_at_the_first_answer_and_once(guarded: Guarded) -> None:
    asked: list[str] = []

    def hashes() -> list[str]:
        asked.append("now")
        return ["'sha256-abc='", "sha256-def="]

    client = guarded(script_hashes=hashes)
    assert asked == []
    policies = {client.get("/").headers["Content-Security-Policy"] for _ in range(3)}
    assert asked == ["now"]
    assert "script-src 'self' 'sha256-abc=' 'sha256-def=';" in policies.pop()
