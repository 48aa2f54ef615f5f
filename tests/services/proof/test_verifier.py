"""The verifier: what it accepts, once, and each refusal with its reason."""

import json
import urllib.request
from typing import Any

import pytest

from compute.proof.receipt import AnyReceipt, Sizes
from compute.proof.signatures import ORDER, TEST_PUBLIC, TEST_SECRET, Signer, did_of
from compute.proof.verification import verify_work
from compute.schema import RequestError
from services.proof.attempts import EngineMaker, sign_receipt
from services.proof.devices import DeviceStore
from services.proof.verifier import Policy, Verdict, Verifier, answer_verify
from services.workspace import Workspace
from tests.services.proof.faults import NOW, Clock, Scripted, config_for, verifying

V1, V2 = "gemm_int8_relu_q_v1", "gemm_int8_relu_q_v2"
SMALL = Sizes(m=40, n=16, k=16)
OTHER_SECRET = f"{7:064x}"


def receipt_of(protocol: str = V2, secret: str = TEST_SECRET, nonce: int = 5, **config: Any) -> AnyReceipt:
    """A signed receipt of work that was done."""
    signer = Signer(secret)
    made, _ = EngineMaker("numpy", lambda: NOW).make(
        config_for("http://x", kernel_ver=protocol, **config), did_of(signer.public_hex), nonce, SMALL
    )
    return sign_receipt(made, signer)


def resigned(receipt: AnyReceipt, **change: Any) -> AnyReceipt:
    return sign_receipt(receipt.model_copy(update=change), Signer(TEST_SECRET))


@pytest.fixture
def verifier(workspace: Workspace) -> Verifier:
    devices = DeviceStore(workspace.jobs.engine, lambda: NOW)
    return Verifier(devices, verify_work, Policy(is_test_key_taken=True), lambda: NOW)


def ask(verifier: Verifier, receipt: AnyReceipt) -> Verdict:
    return verifier.verify(json.loads(receipt.model_dump_json()))


@pytest.mark.parametrize("protocol", [V1, V2])
def test_an_honest_receipt_is_accepted_once(verifier: Verifier, protocol: str) -> None:
    receipt = receipt_of(protocol)
    first = ask(verifier, receipt)
    assert (first.ok, first.sig_ok, first.work_ok, first.replay, first.pubkey_hex) == (
        True, True, True, False, TEST_PUBLIC,
    )  # fmt: skip
    again = ask(verifier, receipt)
    assert (again.ok, again.replay, again.first_digest_hex) == (False, True, first.digest_hex)
    assert "replay: this receipt" in again.reason
    other = ask(verifier, resigned(receipt, time_ms=receipt.time_ms + 1))
    assert (other.ok, other.replay, other.first_digest_hex) == (False, True, first.digest_hex)
    device = verifier.devices.get(receipt.device_did)
    assert device is not None
    assert (device.accepted, device.refused, device.is_registered) == (1, 2, False)


@pytest.mark.parametrize("protocol", [V1, V2])
@pytest.mark.parametrize(
    "change", [{"time_ms": 999}, {"nonce": 6}, {"epoch_id": 8}, {"driver_hint": "h100"}, {"work_root_hex": "00" * 32}]
)
def test_whatever_is_altered_after_signing_breaks_the_signature(
    verifier: Verifier, protocol: str, change: dict[str, Any]
) -> None:
    verdict = ask(verifier, receipt_of(protocol).model_copy(update=change))
    assert (verdict.ok, verdict.sig_ok, verdict.work_ok, verdict.replay) == (False, False, None, False)
    assert "signature" in verdict.reason


@pytest.mark.parametrize("protocol", [V1, V2])
def test_a_forged_root_is_refused_however_well_it_is_signed(verifier: Verifier, protocol: str) -> None:
    verdict = ask(verifier, resigned(receipt_of(protocol), work_root_hex="ab" * 32))
    assert (verdict.ok, verdict.sig_ok, verdict.work_ok) == (False, True, False)
    assert "forged root" in verdict.reason or "rows that the root draws" in verdict.reason
    assert ask(verifier, receipt_of(protocol)).ok, "what was refused uses up no nonce"


def test_a_truncated_proof_is_refused(verifier: Verifier) -> None:
    receipt = receipt_of()
    proof = receipt.proof.model_copy(update={"hashes": receipt.proof.hashes[:-1]})  # type: ignore[union-attr]
    verdict = ask(verifier, resigned(receipt, proof=proof))
    assert (verdict.ok, verdict.sig_ok, verdict.work_ok) == (False, True, False)
    assert "truncated" in verdict.reason


def test_the_other_form_of_a_signature_is_refused(verifier: Verifier) -> None:
    receipt = receipt_of()
    high = receipt.sig_hex[:64] + f"{ORDER - int(receipt.sig_hex[64:], 16):064x}"
    verdict = ask(verifier, receipt.model_copy(update={"sig_hex": high}))
    assert (verdict.ok, verdict.sig_ok, "higher" in verdict.reason) == (False, False, True)


def test_a_key_that_was_swapped_is_refused(verifier: Verifier) -> None:
    theirs = sign_receipt(receipt_of(), Signer(OTHER_SECRET))
    assert "not of this device's key" in ask(verifier, theirs).reason
    verifier.devices.register(theirs.device_did, Signer(OTHER_SECRET).public_hex)
    assert "not of this device's key" in ask(verifier, receipt_of()).reason
    assert ask(verifier, theirs).ok


def test_devices_without_a_known_key_are_refused_until_they_are_registered(verifier: Verifier) -> None:
    named = receipt_of(V1).model_copy(update={"device_did": "did:web:lab"})
    receipt = sign_receipt(named, Signer(TEST_SECRET))
    assert "register it" in ask(verifier, receipt).reason
    verifier.devices.register("did:web:lab", TEST_PUBLIC)
    assert ask(verifier, receipt).ok
    assert verifier.devices.set_active("did:web:lab", False)
    assert "locked out" in ask(verifier, receipt).reason
    with pytest.raises(RequestError):
        verifier.devices.register("did:web:lab", "02" + "00" * 32)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (Policy(), "published test key"),
        (Policy(is_registered_only=True, is_test_key_taken=True), "register it"),
        (Policy(public_hex=Signer(OTHER_SECRET).public_hex), "not of this device's key"),
    ],
)
def test_the_policy_decides_whose_receipts_are_taken(workspace: Workspace, policy: Policy, said: str) -> None:
    verifier = Verifier(DeviceStore(workspace.jobs.engine), verify_work, policy, lambda: NOW)
    assert said in ask(verifier, receipt_of()).reason


@pytest.mark.parametrize(
    ("seconds", "said"), [(-301, "clock skew"), (-299, "lead to the root"), (86_399, "lead"), (86_401, "stale")]
)
def test_receipts_from_the_future_and_the_far_past_are_refused(workspace: Workspace, seconds: float, said: str) -> None:
    policy = Policy(is_test_key_taken=True)
    verifier = Verifier(DeviceStore(workspace.jobs.engine), verify_work, policy, lambda: NOW + seconds)
    assert said in ask(verifier, receipt_of()).reason


def test_epochs_that_are_over_are_stale(verifier: Verifier) -> None:
    assert ask(verifier, receipt_of(epoch_id=9)).ok
    assert ask(verifier, receipt_of(epoch_id=8, nonce=6)).ok, "it was on its way when the epoch changed"
    verdict = ask(verifier, receipt_of(epoch_id=7, nonce=7))
    assert (verdict.ok, "stale: epoch 7" in verdict.reason) == (False, True)


@pytest.mark.parametrize(
    ("raw", "status", "said"),
    [
        (b"{", 400, "invalid schema"),
        (b"[]", 400, "invalid schema"),
        (b"\xff", 400, "invalid schema"),
        (b"{}", 400, "invalid schema: kernel_ver"),
        (b"[" * 100_000, 400, "invalid schema"),
        (b" " * (2**20 + 1), 413, "exceeds"),
    ],
    ids=["cut", "list", "no text", "empty", "deep", "large"],
)
def test_what_is_no_receipt_is_told_so(verifier: Verifier, raw: bytes, status: int, said: str) -> None:
    found, answer, _ = answer_verify(verifier, raw)
    assert (found, answer["ok"]) == (status, False)
    assert said in answer["reason"]


def test_alone_it_answers_over_http(workspace: Workspace) -> None:
    with verifying(workspace, Clock()) as scripted:
        with urllib.request.urlopen(f"{scripted.url}/healthz") as answer:
            assert json.load(answer) == {"ok": True}
        assert post(scripted, receipt_of().model_dump_json().encode())["ok"] is True
        for path, code in (("/verify", 405), ("/other", 404)):
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(scripted.url + path)
            with caught.value as refusal:
                assert refusal.code == code


def post(scripted: Scripted, body: bytes) -> Any:
    call = urllib.request.Request(f"{scripted.url}/verify", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(call) as answer:
        return json.load(answer)
