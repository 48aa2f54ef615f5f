"""The page Proof: empty, with receipts, and a receipt taken apart check by check."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import dash
import pytest
from flask import Flask

from app import create_app
from compute.proof.receipt import AnyReceipt, Sizes
from compute.proof.signatures import Signer, did_of
from compute.proof.verification import verify_work
from pages._proof_lists import devices_list, export_links, found_in, receipts_list
from pages._proof_live import config_card, live_part
from services.locks import acquire
from services.proof.attempts import EngineMaker, sign_receipt
from services.proof.control import prepare_here, running_workers
from services.proof.desk import DESK, ProofDesk
from services.proof.prove import config_path, worker_lock
from services.proof.status import describe
from services.workspace import Workspace
from tests.pages.conftest import all_of, ids_of, texts_of
from tests.services.proof.faults import Clock, config_for, make_worker

SIGNER = Signer(f"{13:064x}")
URL = "http://127.0.0.1:8050/"


@pytest.fixture
def server(workspace: Workspace) -> Flask:
    server: Flask = create_app(workspace.settings, workspace).server
    object.__setattr__(server.extensions[DESK].verifier, "check_work", verify_work)
    return server


@pytest.fixture
def desk(server: Flask) -> Iterator[ProofDesk]:
    with server.test_request_context(URL):
        yield server.extensions[DESK]


def receipt(nonce: int = 0) -> AnyReceipt:
    made, _ = EngineMaker("numpy").make(config_for("http://x"), did_of(SIGNER.public_hex), nonce, Sizes(m=40, n=8, k=8))
    return sign_receipt(made, SIGNER)


def test_a_stranger_is_shown_how_to_begin(desk: ProofDesk) -> None:
    page = dash.page_registry["pages.proof"]["layout"]()
    assert "Nothing was proved yet" in texts_of(page)
    shown = {
        each.id: each.display for each in all_of(page) if getattr(each, "id", None) in ("proof-start", "proof-stop")
    }
    assert shown == {"proof-start": None, "proof-stop": "none"}
    prepare_here(desk.settings, URL)
    assert prepare_here(desk.settings, "http://other").aggregator_url == URL.rstrip("/"), "what is there stays"


def test_receipts_are_listed_by_the_filters_and_refused_ones_can_be_sent_again(desk: ProofDesk) -> None:
    ids = [desk.outbox.add(receipt(nonce), 0, 12.0) for nonce in range(3)]
    desk.outbox.bury(ids[0], "validation", "forged root")
    desk.outbox.accept(ids[1], "accepted")
    everything = receipts_list("", "")
    assert ids_of(everything).count("proof-inspect") == 3
    assert ids_of(everything).count("proof-resend") == 1
    assert "forged root" in texts_of(receipts_list("dead", None))
    assert ids_of(receipts_list("accepted", "gemm_int8_relu_q_v2")).count("proof-inspect") == 1
    assert "None passes these filters" in texts_of(receipts_list(None, "gemm_int8_relu_q_v1"))
    links = [link.href for link in export_links("dead", "gemm_int8_relu_q_v2")]
    assert links[1] == "/api/v1/worker/receipts?limit=5000&state=dead&kernel_ver=gemm_int8_relu_q_v2"
    assert links[0] == f"{links[1]}&format=csv"


def test_a_receipt_is_taken_apart_and_looking_uses_up_no_nonce(desk: ProofDesk) -> None:
    text = receipt().model_dump_json()
    for _ in range(2):
        found = texts_of(found_in(text))
        assert "Every check passed" in found
        assert "32 sampled rows, done again, lead to the root" in found
    assert desk.verifier.verify(json.loads(text)).ok
    assert "Sound, but it would not count now: see replay" in texts_of(found_in(text))
    assert "by did:key" in texts_of(devices_list())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"time_ms": 77}, "Refused: signature"),
        ({"work_root_hex": "00" * 32}, "Refused: signature, work"),
        ({"device_did": "did:web:x"}, "Refused: key, work"),
        ({"nonce": "no number"}, "Refused: schema"),
    ],
)
def test_what_is_wrong_is_named(desk: ProofDesk, change: dict[str, object], said: str) -> None:
    assert said in texts_of(found_in(json.dumps(json.loads(receipt().model_dump_json()) | change)))
    assert "this is no JSON" in texts_of(found_in("{"))


def test_the_worker_is_shown_with_its_charts_and_no_secret(desk: ProofDesk, workspace: Workspace) -> None:
    config = config_for("http://x", autotune_disable=False, autotune_presets="16,16,16;24,24,24")
    worker = make_worker(workspace, Clock(), config)
    worker.attempt()
    worker.attempt()
    status = describe(worker, 2, 1, datetime.now(UTC), "02", "numpy", ("configuration read again",))
    drawn = live_part(status, desk.outbox.page(), True)
    assert {each["graph"] for each in _graphs(drawn)} == {"made", "times", "tuning"}
    shown = texts_of(config_card(status))
    assert "********" in shown
    assert "Configuration read again." in shown
    assert config.worker_sk_hex is not None
    assert config.worker_sk_hex.get_secret_value() not in shown


def test_without_a_worker_it_is_told_how_one_would_start_or_why_not(desk: ProofDesk) -> None:
    assert config_card(None) is None
    prepare_here(desk.settings, URL)
    assert "So a worker would start" in texts_of(config_card(None))
    with config_path(desk.settings).open("a") as file:
        file.write("MAX_RETRIES=many\n")
    assert "MAX_RETRIES=many" in texts_of(config_card(None))


def test_a_worker_with_another_number_is_found(desk: ProofDesk) -> None:
    lock = acquire(worker_lock(desk.settings, 3))
    assert lock is not None
    try:
        assert running_workers(desk.settings) == (3,)
        assert desk.pid() == os.getpid()
    finally:
        lock.release()
    assert (desk.pid(), running_workers(desk.settings)) == (None, ())


def _graphs(drawn: object) -> list[dict[str, str]]:
    ids = [getattr(each, "id", None) for each in all_of(drawn)]
    return [each for each in ids if isinstance(each, dict) and "graph" in each]
