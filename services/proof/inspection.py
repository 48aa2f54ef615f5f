"""One receipt taken apart: each check of the verifier with its outcome. Nothing is remembered by looking."""

from typing import Any

from compute.proof.receipt import AnyReceipt, ProvenReceipt, parse_receipt, receipt_digest
from compute.schema import FieldProblem, Record, RequestError
from services.proof.verifier import BusyError, Verifier


class Check(Record):
    """One check; `is_passed` is None where it was not made."""

    title: str
    is_passed: bool | None
    said: str


class Inspection(Record):
    """What a receipt says, and what is true of it."""

    fields: dict[str, str]
    """As they were read; the proof by its length."""
    digest_hex: str | None
    checks: tuple[Check, ...]


def inspect_receipt(verifier: Verifier, data: Any) -> Inspection:
    """Return every check of the receipt in `data`, of which nothing counts afterwards."""
    try:
        receipt = parse_receipt(data)
    except RequestError as error:
        said = "; ".join(_sentence(problem) for problem in error.problems[:10])
        return Inspection(fields={}, digest_hex=None, checks=(Check(title="Schema", is_passed=False, said=said),))
    digest = receipt_digest(receipt)
    schema = Check(title="Schema", is_passed=True, said=f"every field is as {receipt.kernel_ver} has it")
    checks = (schema, *_signature(verifier, receipt), _moment(verifier, receipt), _work(verifier, receipt))
    return Inspection(fields=_fields(receipt), digest_hex=digest.hex(), checks=(*checks, _first(verifier, receipt)))


def _signature(verifier: Verifier, receipt: AnyReceipt) -> tuple[Check, ...]:
    key, unknown = verifier.key_of(receipt)
    known = Check(title="Key", is_passed=key is not None, said=unknown if key is None else key)
    if key is None:
        return known, Check(title="Signature", is_passed=None, said="there is no key to check it with")
    fault = verifier.signature_fault(receipt, key)
    said = fault or "of this key over exactly this receipt, with the lower s"
    return known, Check(title="Signature", is_passed=fault is None, said=said)


def _moment(verifier: Verifier, receipt: AnyReceipt) -> Check:
    stale = verifier.stale(receipt)
    return Check(title="Freshness", is_passed=stale is None, said=stale or "epoch and time are not over")


def _work(verifier: Verifier, receipt: AnyReceipt) -> Check:
    try:
        work = verifier.check_work(receipt)
    except BusyError as error:
        return Check(title="Work", is_passed=None, said=str(error))
    return Check(title="Work", is_passed=work.is_done, said=work.reason)


def _first(verifier: Verifier, receipt: AnyReceipt) -> Check:
    first = verifier.devices.first_digest(receipt)
    if first is None:
        return Check(title="Replay", is_passed=True, said="none was accepted for its nonce yet")
    is_this = first == receipt_digest(receipt).hex()
    which = "this very receipt was accepted before" if is_this else "another receipt was accepted for its nonce"
    return Check(title="Replay", is_passed=None if is_this else False, said=f"{which}; sent again it counts no more")


def _fields(receipt: AnyReceipt) -> dict[str, str]:
    shown = {name: str(value) for name, value in receipt if name not in ("sizes", "proof")}
    shown["sizes"] = " × ".join(str(getattr(receipt.sizes, name)) for name in "mnk")
    if isinstance(receipt, ProvenReceipt):
        shown["proof"] = f"{len(receipt.proof.hashes)} hashes"
    return shown


def _sentence(problem: FieldProblem) -> str:
    where = ".".join(str(part) for part in problem.loc)
    return f"{where}: {problem.msg}" if where else problem.msg
