"""The proof-of-compute worker and its verifier: what the worker does, its receipts, starting and stopping it; the
verdict on a receipt, and the registry of devices. `/verify` and `/healthz` answer as the protocol says, without the
envelope.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

import orjson
from flask import Response as FlaskResponse
from pydantic import Field
from werkzeug.wrappers import Response

from api.answers import success
from api.csv_answers import CSV, csv_response
from api.dispatch import validate
from api.errors import RETRY_AFTER_S, ProblemError
from api.operations import BASE, JSON, Answer, Body, Operation
from compute.proof.receipt import SAFE_INTEGER, Opening, Receipt
from compute.schema import Record, RequestError
from services.families import CONTENT_TYPE
from services.proof.control import start_worker
from services.proof.desk import ProofDesk
from services.proof.devices import Device
from services.proof.metrics import metrics_text
from services.proof.outbox import MAX_LISTED, ReceiptFilter, ReceiptState, SentReceipt
from services.proof.status import WorkerStatus
from services.proof.tables import receipts_csv
from services.proof.verifier import MAX_BODY_BYTES, BusyError

TAG = "Proof of compute"
WORKER = f"{BASE}/worker"
DEVICES = f"{BASE}/verifier/devices"
EXAMPLE_DEVICE = {
    "device_did": "did:web:lab.example",
    "public_hex": "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
}
EXAMPLE_RECEIPT = {
    "device_did": "did:web:lab.example", "epoch_id": 1, "prev_hash_hex": "aa" * 32, "nonce": 0,
    "work_root_hex": "db3961861e94414360a65e7f1e6bbc58b7dc64332370f7f798555c0bba06e940",
    "sizes": {"m": 16, "n": 16, "k": 16, "batch": 1}, "time_ms": 3, "kernel_ver": "gemm_int8_relu_q_v1",
    "driver_hint": "numpy", "sig_hex": "00" * 64,
}  # fmt: skip


class ReceiptBody(Receipt):
    """A receipt of either protocol; `issued_at_ms` and `proof` are needed in `gemm_int8_relu_q_v2` only."""

    kernel_ver: Literal["gemm_int8_relu_q_v1", "gemm_int8_relu_q_v2"]  # type: ignore[assignment]  # either
    issued_at_ms: int | None = Field(default=None, ge=0, le=SAFE_INTEGER)
    proof: Opening | None = None


class WorkerState(Record):
    """Whether the worker runs, and what it says of itself."""

    is_running: bool
    pid: int | None
    receipts: dict[str, int] = Field(description="How many pending, accepted and dead ones are kept, of all workers.")
    status: WorkerStatus | None = Field(description="Null while none runs, and until it has spoken.")


class ReceiptQuery(Record):
    """Which receipts are wanted."""

    state: ReceiptState | None = Field(default=None, description="Only those in this state.")
    kernel_ver: str | None = Field(default=None, description="Only those of this protocol.")
    before: int | None = Field(default=None, ge=1, le=2**31, description="Only those with a smaller `seq`.")
    limit: int = Field(default=100, ge=1, le=MAX_LISTED, description="At most so many.")
    format: Literal["json", "csv"] = Field(default="json", description="As JSON, or as a CSV file.")


class ReceiptList(Record):
    """Receipts, newest first."""

    receipts: tuple[SentReceipt, ...]


class NewDevice(Record):
    """A device to register."""

    device_did: str = Field(min_length=1, max_length=200, title="Device", description="Its name in receipts.")
    public_hex: str = Field(min_length=66, max_length=130, title="Public key", description="Hex; compressed or not.")


class DeviceList(Record):
    """Devices, those seen last first."""

    devices: tuple[Device, ...]


def proof_operations(desk: ProofDesk) -> Sequence[Operation]:
    """Return what worker and verifier can be asked."""
    return (*_worker_operations(desk), *_receipt_operations(desk), *_verifier_operations(desk))


def _worker_operations(desk: ProofDesk) -> Sequence[Operation]:
    state = Answer(200, "Its state.", WorkerState)
    return (
        Operation("worker_status", "GET", f"{WORKER}/status", "What the worker does", partial(_status, desk), TAG,
                  answers=(state,)),
        Operation("worker_health", "GET", f"{WORKER}/health", "Whether the worker is well", partial(_health, desk),
                  TAG, answers=(Answer(200, "It is healthy or degraded.", WorkerState),), problems=("unavailable",),
                  description="503 when it is unhealthy, critical, or does not run."),
        Operation("worker_metrics", "GET", f"{WORKER}/metrics", "The worker's metrics for Prometheus",
                  partial(_metrics, desk), TAG,
                  answers=(Answer(200, "Text exposition format 0.0.4.", media_type="text/plain"),)),
        Operation("start_worker", "POST", f"{WORKER}/start", "Start the worker", partial(_start, desk), TAG,
                  answers=(state,), problems=("invalid",),
                  description="Does nothing when it runs. The variables of its configuration are read from the "
                  "environment and from `proof/worker.env` in the data directory."),
        Operation("stop_worker", "POST", f"{WORKER}/stop", "Stop the worker", partial(_stop, desk), TAG,
                  answers=(state,), description="It keeps the attempt that is under way. Does nothing when none runs."),
        Operation("reload_worker", "POST", f"{WORKER}/reload", "Have the worker read its configuration again",
                  partial(_reload, desk), TAG, answers=(state,), problems=("invalid",)),
    )  # fmt: skip


def _receipt_operations(desk: ProofDesk) -> Sequence[Operation]:
    one = f"{WORKER}/receipts/{{receipt_id}}"
    return (
        Operation("list_receipts", "GET", f"{WORKER}/receipts", "List the worker's receipts",
                  partial(_receipts, desk), TAG, query=ReceiptQuery,
                  answers=(Answer(200, "Receipts.", ReceiptList, other_types=(CSV,)),)),
        Operation("get_receipt", "GET", one, "Look at a receipt", partial(_receipt, desk), TAG,
                  answers=(Answer(200, "The receipt.", SentReceipt),)),
        Operation("resend_receipt", "POST", f"{one}/resend", "Send a refused receipt again", partial(_resend, desk),
                  TAG, answers=(Answer(200, "The receipt, to be sent.", SentReceipt),), problems=("conflict",)),
    )  # fmt: skip


def _verifier_operations(desk: ProofDesk) -> Sequence[Operation]:
    return (
        Operation("verify", "POST", "/verify", "Verify a receipt", partial(_verify, desk), TAG,
                  answers=(Answer(200, "The verdict: `ok`, `sig_ok`, `work_ok`, `replay`, `pubkey_hex`, `digest_hex`, "
                                  "`reason`, `first_digest_hex`."),),
                  problems=("too-large", "media-type", "invalid"),
                  description="400 `invalid schema` for a field that is missing or mistyped. An accepted receipt is "
                  "remembered; the same again is a replay.",
                  body=Body(JSON, ReceiptBody, EXAMPLE_RECEIPT, max_bytes=MAX_BODY_BYTES)),
        Operation("healthz", "GET", "/healthz", "Whether the verifier answers",
                  lambda: _plain({"ok": True}), TAG, answers=(Answer(200, "It does."),)),
        Operation("list_devices", "GET", DEVICES, "List the devices that the verifier knows", partial(_devices, desk),
                  TAG, answers=(Answer(200, "Devices.", DeviceList),)),
        Operation("register_device", "POST", DEVICES, "Register a device under its key", partial(_register, desk), TAG,
                  body=Body(JSON, NewDevice, EXAMPLE_DEVICE, max_bytes=2**16), answers=(Answer(200, "It.", Device),),
                  problems=("too-large", "media-type", "invalid"),
                  description="One that is known gets the new key, and is let in again."),
        Operation("lock_out_device", "DELETE", f"{DEVICES}/{{device_did}}", "Lock a device out",
                  partial(_lock_out, desk), TAG, answers=(Answer(204, "It is locked out.", media_type=None),)),
    )  # fmt: skip


def _state(desk: ProofDesk) -> WorkerState:
    pid, counts = desk.pid(), desk.outbox.counts()
    status = desk.status() if pid is not None else None
    receipts = {state.value: count for state, count in counts.items()}
    return WorkerState(is_running=pid is not None, pid=pid, receipts=receipts, status=status)


def _status(desk: ProofDesk) -> Response:
    return success(_state(desk))


def _health(desk: ProofDesk) -> Response:
    state = _state(desk)
    if state.status is None:
        said = "the worker has not spoken yet" if state.is_running else "no worker runs; start it"
    elif not state.status.health.is_serving:
        said = f"the worker is {state.status.health.value}: {state.status.last_error or 'see its status'}"
    else:
        return success(state)
    raise ProblemError("unavailable", said, headers={"Retry-After": RETRY_AFTER_S})


def _metrics(desk: ProofDesk) -> Response:
    return FlaskResponse(metrics_text(desk.status()), content_type=CONTENT_TYPE)


def _start(desk: ProofDesk) -> Response:
    start_worker(desk.settings)
    return success(_state(desk))


def _stop(desk: ProofDesk) -> Response:
    desk.stop()
    return success(_state(desk))


def _reload(desk: ProofDesk) -> Response:
    desk.reload()
    return success(_state(desk))


def _receipts(desk: ProofDesk, query: ReceiptQuery) -> Response:
    wanted = ReceiptFilter(**query.model_dump(exclude={"limit", "format"}))
    found = tuple(desk.outbox.page(wanted, query.limit))
    if query.format == "csv":
        return csv_response(receipts_csv(found), "receipts")
    return success(ReceiptList(receipts=found))


def _receipt(desk: ProofDesk, receipt_id: str) -> Response:
    return success(_find(desk, receipt_id))


def _resend(desk: ProofDesk, receipt_id: str) -> Response:
    found = _find(desk, receipt_id)
    if not desk.outbox.revive(receipt_id):
        raise ProblemError("conflict", f"receipt {receipt_id} is {found.state.value}; only dead ones are sent again")
    return success(_find(desk, receipt_id))


def _find(desk: ProofDesk, receipt_id: str) -> SentReceipt:
    found = desk.outbox.get(receipt_id)
    if found is None:
        raise ProblemError("not-found", f"there is no receipt {receipt_id[:100]!r}; see {WORKER}/receipts")
    return found


def _verify(desk: ProofDesk, body: dict[str, Any]) -> Response:
    try:
        return _plain(desk.verifier.verify(body).model_dump(mode="json"))
    except RequestError as error:
        first = error.problems[0]
        said = f"invalid schema: {'.'.join(map(str, first.loc)) or 'body'}: {first.msg}"
        raise ProblemError("unreadable", said, errors=error.problems) from error
    except BusyError as error:
        raise ProblemError("unavailable", str(error), headers={"Retry-After": RETRY_AFTER_S}) from error


def _devices(desk: ProofDesk) -> Response:
    return success(DeviceList(devices=tuple(desk.devices.page())))


def _register(desk: ProofDesk, body: dict[str, Any]) -> Response:
    new = validate(NewDevice, body)
    return success(desk.devices.register(new.device_did, new.public_hex))


def _lock_out(desk: ProofDesk, device_did: str) -> Response:
    if not desk.devices.set_active(device_did, False):
        raise ProblemError("not-found", f"there is no device {device_did[:200]!r}; see {DEVICES}")
    return Response(status=204)


def _plain(answer: dict[str, Any]) -> Response:
    return FlaskResponse(orjson.dumps(answer), content_type=JSON)
