"""Worker and verifier over REST: verdicts as the protocol writes them, the registry, and receipts as JSON and CSV."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.proof_routes import EXAMPLE_DEVICE, EXAMPLE_RECEIPT
from compute.proof.receipt import AnyReceipt, Sizes
from compute.proof.signatures import Signer, did_of
from compute.proof.verification import verify_work
from services.proof.attempts import EngineMaker, sign_receipt
from services.proof.desk import DESK
from services.proof.verifier import Verifier
from tests.services.proof.faults import config_for

SIGNER = Signer(f"{11:064x}")
DID = did_of(SIGNER.public_hex)
DEVICES = "/api/v1/verifier/devices"


@pytest.fixture
def client(server: Flask) -> FlaskClient:
    """A client of a server that checks work itself; the process that does it otherwise has tests of its own."""
    desk = server.extensions[DESK]
    object.__setattr__(desk.verifier, "check_work", verify_work)
    return server.test_client()


def receipt(nonce: int = 0, did: str = DID) -> AnyReceipt:
    made, _ = EngineMaker("numpy").make(config_for("http://x"), did, nonce, Sizes(m=40, n=8, k=8))
    return sign_receipt(made, SIGNER)


def plain(made: AnyReceipt) -> Any:
    return json.loads(made.model_dump_json())


def test_a_receipt_is_verified_once_and_its_device_is_listed(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"ok": True}
    answer = client.post("/verify", json=plain(receipt()))
    verdict = answer.get_json()
    assert (answer.status_code, verdict["ok"], verdict["pubkey_hex"]) == (200, True, SIGNER.public_hex)
    assert {"ok", "sig_ok", "work_ok", "replay", "pubkey_hex", "digest_hex", "reason"} <= verdict.keys()
    again = client.post("/verify", json=plain(receipt())).get_json()
    assert (again["ok"], again["replay"]) == (False, True)
    (device,) = client.get(DEVICES).get_json()["data"]["devices"]
    assert (device["device_did"], device["accepted"], device["refused"]) == (DID, 1, 1)
    assert client.delete(f"{DEVICES}/{DID}").status_code == 204
    assert "locked out" in client.post("/verify", json=plain(receipt(1))).get_json()["reason"]


@pytest.mark.parametrize("change", [{"nonce": "0"}, {"nonce": None}, {"sizes": {"m": 1}}, {"kernel_ver": "v9"}])
def test_what_is_no_receipt_is_refused_with_400(client: FlaskClient, change: dict[str, Any]) -> None:
    answer = client.post("/verify", json=EXAMPLE_RECEIPT | change)
    assert answer.status_code == 400
    assert answer.get_json()["detail"].startswith(f"invalid schema: {next(iter(change))}")


def test_a_device_is_registered_under_its_key(client: FlaskClient) -> None:
    assert client.post(DEVICES, json=EXAMPLE_DEVICE).get_json()["data"]["is_registered"] is True
    made = receipt(did=EXAMPLE_DEVICE["device_did"])
    assert "signature" in client.post("/verify", json=plain(made)).get_json()["reason"]
    client.post(DEVICES, json=EXAMPLE_DEVICE | {"public_hex": SIGNER.public_hex})
    assert client.post("/verify", json=plain(made)).get_json()["ok"] is True
    refused = client.post(DEVICES, json=EXAMPLE_DEVICE | {"public_hex": "05" * 33})
    assert (refused.status_code, refused.get_json()["errors"][0]["loc"]) == (422, ["public_hex"])
    assert client.delete(f"{DEVICES}/did:web:none").status_code == 404


def test_the_outbox_is_listed_filtered_and_sent_again(client: FlaskClient, server: Flask) -> None:
    outbox = server.extensions[DESK].outbox
    ids = [outbox.add(receipt(nonce), 0, 5.0) for nonce in range(3)]
    outbox.bury(ids[1], "validation", "=forged")
    listed = client.get("/api/v1/worker/receipts?limit=2").get_json()["data"]["receipts"]
    assert [each["id"] for each in listed] == [ids[2], ids[1]]
    dead = client.get("/api/v1/worker/receipts?state=dead&format=csv")
    assert dead.mimetype == "text/csv"
    assert ids[1] in dead.text
    assert "'=forged" in dead.text, "no spreadsheet runs it"
    assert ids[0] not in dead.text
    one = f"/api/v1/worker/receipts/{ids[1]}"
    assert client.post(f"{one}/resend").get_json()["data"]["state"] == "pending"
    assert client.post(f"{one}/resend").status_code == 409
    assert client.get(f"{one[:-1]}x").status_code == 404


def test_a_worker_that_does_not_run_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    state = client.get("/api/v1/worker/status").get_json()["data"]
    assert (state["is_running"], state["status"]) == (False, None)
    assert client.get("/api/v1/worker/health").status_code == 503
    assert "worker_up 0" in client.get("/api/v1/worker/metrics").text
    assert "lookahead_worker_up 0" in client.get("/metrics").text
    assert client.post("/api/v1/worker/stop").status_code == 200
    refused = client.post("/api/v1/worker/start")
    assert refused.status_code == 422
    assert {tuple(each["loc"]) for each in refused.get_json()["errors"]} == {("AGGREGATOR_URL",)}
    for name, value in (("AGGREGATOR_URL", "http://x"), ("WORKER_SK_HEX", "zz")):
        monkeypatch.setenv(name, value)
    assert client.post("/api/v1/worker/reload").get_json()["errors"][0]["loc"] == ["WORKER_SK_HEX"]


def test_the_desk_has_a_verifier(server: Flask) -> None:
    assert isinstance(server.extensions[DESK].verifier, Verifier)
