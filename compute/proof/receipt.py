"""Receipts: what a worker signs, in both protocols, and the bytes that are signed.

`gemm_int8_relu_q_v1` is what others speak. `gemm_int8_relu_q_v2` adds when the receipt was made and the opening of a
commitment, and its inputs are of one device and epoch. Each receipt names its own protocol.
"""

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from compute.schema import Record, RequestError, field_problems

V1: Literal["gemm_int8_relu_q_v1"] = "gemm_int8_relu_q_v1"
V2: Literal["gemm_int8_relu_q_v2"] = "gemm_int8_relu_q_v2"
MAX_SIZE = 8192
U32, U64 = 2**32 - 1, 2**64 - 1
SAFE_INTEGER = 2**53 - 1  # the largest that RFC 8785 writes: every JSON reader has it exactly
MAX_OPENED = 512  # hashes in an opening: 32 rows among 8192 need at most 32 * 13 of them

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Size = Annotated[int, Field(ge=1, le=MAX_SIZE)]


class StrictRecord(Record):
    """A record that takes no text for a number and no number for a flag: two readers must agree on every byte."""

    model_config = ConfigDict(strict=True)


class Sizes(StrictRecord):
    """Shape of the work: A is m x k, W1 is k x n, W2 is n x n."""

    m: Size
    n: Size
    k: Size
    batch: Size = 1
    """Attempts that one receipt stands for. The commitment is to one; more are refused when work is checked."""

    @property
    def multiplications(self) -> int:
        """Multiply-adds of both products."""
        return self.m * self.n * (self.k + self.n)


class Receipt(StrictRecord):
    """A signed claim of one attempt; the fields in the order in which they are signed."""

    device_did: str = Field(min_length=1, max_length=200)
    epoch_id: int = Field(ge=0, le=U64)
    prev_hash_hex: Hash
    nonce: int = Field(ge=0, le=U32)
    work_root_hex: Hash
    sizes: Sizes
    time_ms: int = Field(ge=0, le=SAFE_INTEGER)
    """How long the attempt took."""
    kernel_ver: Literal["gemm_int8_relu_q_v1"] = V1
    driver_hint: str = Field(max_length=200)
    sig_hex: Annotated[str, Field(pattern=r"^([0-9a-f]{128})?$")] = ""
    """r and s, 32 bytes each; empty until signed."""


class Opening(StrictRecord):
    """The hashes that lead from the sampled rows to the root, from the leaves up and from left to right."""

    hashes: tuple[Hash, ...] = Field(max_length=MAX_OPENED, strict=False)


class ProvenReceipt(Receipt):
    """A receipt of the second protocol: its work is committed to first and opened where the commitment says."""

    epoch_id: int = Field(ge=0, le=SAFE_INTEGER)
    kernel_ver: Literal["gemm_int8_relu_q_v2"] = V2  # type: ignore[assignment]  # each protocol has its own name
    issued_at_ms: int = Field(ge=0, le=SAFE_INTEGER)
    """When it was made, milliseconds since 1970."""
    proof: Opening


AnyReceipt = Receipt | ProvenReceipt
_SCHEMAS: dict[str, type[Receipt]] = {V1: Receipt, V2: ProvenReceipt}


def parse_receipt(data: Any) -> AnyReceipt:
    """Return JSON as a receipt; raise RequestError with each field that is missing, mistyped or unknown."""
    if not isinstance(data, dict):
        raise RequestError.at(msg="a receipt is an object; send one")
    spoken = data.get("kernel_ver")
    schema = _SCHEMAS.get(spoken) if isinstance(spoken, str) else None
    if schema is None:
        msg = f"{str(spoken)[:60]!r} is no protocol spoken here; use {' or '.join(_SCHEMAS)}"
        raise RequestError.at("kernel_ver", msg=msg)
    try:
        receipt = schema.model_validate(data)
    except ValidationError as error:
        raise RequestError(field_problems(error, data)) from error
    if not receipt.sig_hex:
        raise RequestError.at("sig_hex", msg="the receipt is not signed; sign it")
    return receipt


def signed_bytes(receipt: AnyReceipt) -> bytes:
    """Return what is signed: v1 as compact JSON in the order of its fields, v2 as canonical JSON (RFC 8785).

    `sig_hex` is empty in both. A receipt holds text and integers below 2^53 under ASCII names; of these, sorted compact
    JSON is the canonical one.
    """
    plain = receipt.model_dump(mode="json") | {"sig_hex": ""}
    is_sorted = receipt.kernel_ver != V1
    return json.dumps(plain, separators=(",", ":"), ensure_ascii=False, sort_keys=is_sorted).encode()


def receipt_digest(receipt: AnyReceipt) -> bytes:
    """Return the 32 bytes that the signature is over: SHA-256 of BLAKE3 of `signed_bytes`."""
    from blake3 import blake3

    return hashlib.sha256(blake3(signed_bytes(receipt)).digest()).digest()
