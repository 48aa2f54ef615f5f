"""The verifier: one receipt in, one verdict out, every refusal with its reason. What is cheap is looked at first."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from compute.proof.receipt import AnyReceipt, ProvenReceipt, parse_receipt, receipt_digest
from compute.proof.signatures import TEST_PUBLIC, check_signature, key_in_did
from compute.proof.verdict import WorkVerdict
from compute.schema import Record, RequestError
from services.proof.devices import DeviceStore

MAX_BODY_BYTES = 2**20
LARGEST_SKEW_S = 300.0
LARGEST_AGE_S = 86_400.0  # a receipt may have waited that long in an outbox
EPOCHS_BACK = 1  # receipts that were on their way when the epoch changed still count


class Verdict(Record):
    """What the verifier says of a receipt."""

    ok: bool = Field(description="Whether it counts. False when any check fails.")
    sig_ok: bool = Field(description="Whether the device's key signed exactly this.")
    work_ok: bool | None = Field(description="Whether the work was done; null when an earlier check failed.")
    replay: bool = Field(description="Whether a receipt was accepted for this device, epoch and nonce before.")
    pubkey_hex: str | None = Field(description="The key that was asked for; null when the device has none.")
    digest_hex: str | None = Field(description="What the signature is over.")
    reason: str = Field(description="Why, in words.")
    first_digest_hex: str | None = Field(default=None, description="Digest of the receipt that was accepted first.")


class BusyError(RuntimeError):
    """The work cannot be checked just now; ask again later."""


CheckWork = Callable[[AnyReceipt], WorkVerdict]


@dataclass(frozen=True)
class Policy:
    """Whose receipts are taken."""

    public_hex: str | None = None
    """One key for all devices (VERIFY_PUBKEY)."""
    is_registered_only: bool = False
    """Refuse a did:key that nobody registered."""
    is_test_key_taken: bool = False
    skew_s: float = LARGEST_SKEW_S
    """How far a device's clock may be ahead of ours, where the receipt says when it was made."""
    age_s: float = LARGEST_AGE_S


@dataclass(frozen=True)
class Verifier:
    """Checks receipts. Safe to use from many threads."""

    devices: DeviceStore
    check_work: CheckWork
    policy: Policy = field(default_factory=Policy)
    clock: Callable[[], float] = time.time

    def verify(self, data: Any) -> Verdict:
        """Return the verdict on a receipt as JSON, and remember it when it is accepted.

        Raises RequestError for what is no receipt, BusyError when its work cannot be checked just now.
        """
        receipt = parse_receipt(data)
        verdict = self._judge(receipt)
        if not verdict.ok:
            self.devices.refuse(receipt.device_did)
        return verdict

    def _judge(self, receipt: AnyReceipt) -> Verdict:
        digest = receipt_digest(receipt)
        key, unknown = self.key_of(receipt)
        if key is None:
            return _refusal(unknown, digest, None)
        fault = self.signature_fault(receipt, key)
        if fault:
            return _refusal(fault, digest, key)
        stale = self.stale(receipt)
        if stale:
            return _refusal(stale, digest, key, sig_ok=True)
        first = self.devices.first_digest(receipt)
        if first is not None:
            return _replay(receipt, digest, key, first)
        work = self.check_work(receipt)
        if not work.is_done:
            return _refusal(work.reason, digest, key, sig_ok=True, work_ok=False)
        if not self.devices.accept(receipt, digest.hex(), key):
            return _replay(receipt, digest, key, self.devices.first_digest(receipt) or "")
        return Verdict(
            ok=True, sig_ok=True, work_ok=True, replay=False, pubkey_hex=key, digest_hex=digest.hex(),
            reason=work.reason,
        )  # fmt: skip

    def signature_fault(self, receipt: AnyReceipt, key: str) -> str | None:
        """Return why the signature is refused, or None."""
        match check_signature(key, receipt_digest(receipt), receipt.sig_hex):
            case "high-s":
                return "the signature has the higher of both values of s; send the lower one (n - s)"
            case "wrong":
                return "the signature is not of this device's key over this receipt"
            case _:
                return None

    def key_of(self, receipt: AnyReceipt) -> tuple[str | None, str]:
        """Return the key of a device, or None with the reason."""
        device = self.devices.get(receipt.device_did)
        key = self.policy.public_hex
        if device is not None and not device.is_active:
            return None, "this device is locked out; let it in again in the registry"
        if key is None and device is not None and device.is_registered:
            key = device.public_hex
        if key is None:
            key = None if self.policy.is_registered_only else key_in_did(receipt.device_did)
        if key is None:
            return None, "this device has no known key; register it, or name it by its did:key"
        if key == TEST_PUBLIC and not self.policy.is_test_key_taken:
            return None, "the published test key proves nothing; use a key of your own"
        return key, ""

    def stale(self, receipt: AnyReceipt) -> str | None:
        """Return why a receipt comes too late or too early, or None."""
        device = self.devices.get(receipt.device_did)
        newest = None if device is None or device.epoch_id is None else int(device.epoch_id)
        if newest is not None and receipt.epoch_id < newest - EPOCHS_BACK:
            return f"stale: epoch {receipt.epoch_id} is over, the device has reached epoch {newest}"
        if not isinstance(receipt, ProvenReceipt):
            return None  # v1 does not say when it was made
        age_s = self.clock() - receipt.issued_at_ms / 1000
        if age_s < -self.policy.skew_s:
            return f"clock skew: made {-age_s:.0f} s ahead of this clock; set the device's clock"
        if age_s > self.policy.age_s:
            return f"stale: made {age_s:.0f} s ago, more than the {self.policy.age_s:g} s that are taken"
        return None


def answer_verify(verifier: Verifier, raw: bytes) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return status, JSON and headers for the body of a `POST /verify`."""
    if len(raw) > MAX_BODY_BYTES:
        return 413, _error(f"the body exceeds {MAX_BODY_BYTES} bytes"), {}
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError) as error:
        return 400, _error(f"invalid schema: the body is not JSON ({error})"), {}
    try:
        return 200, verifier.verify(data).model_dump(mode="json"), {}
    except RequestError as error:
        fields = "; ".join(
            f"{'.'.join(map(str, each.loc)) or 'body'}: {each.msg[:200]}" for each in error.problems[:20]
        )
        return 400, _error(f"invalid schema: {fields}"), {}
    except BusyError as error:
        return 503, _error(str(error)), {"Retry-After": "5"}


def _error(reason: str) -> dict[str, Any]:
    return {"ok": False, "reason": reason}


def _refusal(
    reason: str, digest: bytes, key: str | None, *, sig_ok: bool = False, work_ok: bool | None = None
) -> Verdict:
    return Verdict(
        ok=False, sig_ok=sig_ok, work_ok=work_ok, replay=False, pubkey_hex=key, digest_hex=digest.hex(), reason=reason
    )


def _replay(receipt: AnyReceipt, digest: bytes, key: str, first: str) -> Verdict:
    same = "this receipt was" if first == digest.hex() else "another receipt was"
    said = f"replay: {same} accepted for nonce {receipt.nonce} of epoch {receipt.epoch_id} before; it counts once"
    return Verdict(
        ok=False, sig_ok=True, work_ok=None, replay=True, pubkey_hex=key, digest_hex=digest.hex(), reason=said,
        first_digest_hex=first or None,
    )  # fmt: skip
