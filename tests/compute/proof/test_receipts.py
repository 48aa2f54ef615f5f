"""Receipts and signatures: the bytes that are signed, keys in their forms, and what is refused."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from compute.proof.receipt import Receipt, Sizes, parse_receipt, receipt_digest, signed_bytes
from compute.proof.signatures import (
    ORDER,
    TEST_PUBLIC,
    TEST_SECRET,
    KeyFormatError,
    Signer,
    check_signature,
    did_of,
    key_in_did,
    normalised_public_key,
)
from compute.schema import RequestError

PLAIN: dict[str, Any] = {
    "device_did": "did:example:ü", "epoch_id": 2**64 - 1, "prev_hash_hex": "aa" * 32, "nonce": 2**32 - 1,
    "work_root_hex": "0b" * 32, "sizes": {"m": 16, "n": 32, "k": 24, "batch": 1}, "time_ms": 12,
    "kernel_ver": "gemm_int8_relu_q_v1", "driver_hint": "cpu", "sig_hex": "ab" * 64,
}  # fmt: skip
PROVEN = PLAIN | {"kernel_ver": "gemm_int8_relu_q_v2", "epoch_id": 7, "issued_at_ms": 5, "proof": {"hashes": []}}


def test_v1_signs_compact_json_in_the_order_of_the_fields() -> None:
    shuffled = dict(reversed(PLAIN.items()))
    expected = json.dumps(PLAIN | {"sig_hex": ""}, separators=(",", ":"), ensure_ascii=False).encode()
    assert signed_bytes(parse_receipt(shuffled)) == expected


@given(did=st.text(min_size=1, max_size=8), epoch=st.integers(0, 2**53 - 1))
@examples(max_examples=20)
def test_v2_signs_canonical_json(did: str, epoch: int) -> None:
    plain = PROVEN | {"device_did": did, "epoch_id": epoch, "proof": {"hashes": ["0a" * 32] * 2}}
    assert signed_bytes(parse_receipt(plain)) == rfc8785.dumps(plain | {"sig_hex": ""})


def test_the_published_secret_has_the_published_public_key() -> None:
    assert Signer(TEST_SECRET).public_hex == TEST_PUBLIC
    assert key_in_did(did_of(TEST_PUBLIC)) == TEST_PUBLIC
    assert normalised_public_key(TEST_PUBLIC) == TEST_PUBLIC


@given(secret=st.integers(1, ORDER - 1), message=st.binary(min_size=32, max_size=32))
@examples(max_examples=20)
def test_signatures_are_low_repeatable_and_of_their_key_and_message_only(secret: int, message: bytes) -> None:
    signer = Signer(f"{secret:064x}")
    public, signature = signer.public_hex, signer.sign(message)
    assert signer.sign(message) == signature
    assert int(signature[64:], 16) <= ORDER // 2
    assert check_signature(public, message, signature) == "valid"
    assert check_signature(public, bytes(31) + bytes([message[0] ^ 1]), signature) == "wrong"
    high = signature[:64] + f"{ORDER - int(signature[64:], 16):064x}"
    assert check_signature(public, message, high) == "high-s"
    assert key_in_did(did_of(public)) == public


def test_signatures_of_no_numbers_are_wrong() -> None:
    for r, s in ((0, 0), (0, 1), (ORDER, 1), (1, ORDER), (2**256 - 1, 2**256 - 1)):
        assert check_signature(TEST_PUBLIC, bytes(32), f"{r:064x}{s:064x}") == "wrong"


@pytest.mark.parametrize("secret", ["", "00" * 32, "zz" * 32, "ff" * 32, "1" * 63, "+" + "1" * 63])
def test_what_is_no_secret_key_is_refused_without_being_repeated(secret: str) -> None:
    with pytest.raises(KeyFormatError) as caught:
        Signer(secret)
    assert not secret or secret not in str(caught.value)


@pytest.mark.parametrize("did", ["did:key:z", "did:key:z0", "did:web:x", "did:key:z" + "6" * 200, "did:key:z6Mk"])
def test_a_did_without_a_key_of_this_curve_has_none(did: str) -> None:
    assert key_in_did(did) is None


@pytest.mark.parametrize(
    ("change", "loc"),
    [
        ({"nonce": "1"}, ("nonce",)),
        ({"nonce": True}, ("nonce",)),
        ({"nonce": 1.0}, ("nonce",)),
        ({"nonce": 2**32}, ("nonce",)),
        ({"epoch_id": -1}, ("epoch_id",)),
        ({"prev_hash_hex": "AA" * 32}, ("prev_hash_hex",)),
        ({"work_root_hex": "aa" * 31}, ("work_root_hex",)),
        ({"work_root_hex": "aa" * 32 + "\n"}, ("work_root_hex",)),
        ({"sizes": {"m": 0, "n": 1, "k": 1, "batch": 1}}, ("sizes", "m")),
        ({"sizes": {"m": 8193, "n": 1, "k": 1, "batch": 1}}, ("sizes", "m")),
        ({"sig_hex": ""}, ("sig_hex",)),
        ({"sig_hex": "ab" * 65}, ("sig_hex",)),
        ({"kernel_ver": "v3"}, ("kernel_ver",)),
        ({"kernel_ver": None}, ("kernel_ver",)),
        ({"more": 1}, ("more",)),
    ],
)
@pytest.mark.parametrize("plain", [PLAIN, PROVEN], ids=["v1", "v2"])
def test_a_mistyped_field_is_named(plain: dict[str, Any], change: dict[str, Any], loc: tuple[str, ...]) -> None:
    with pytest.raises(RequestError) as caught:
        parse_receipt(plain | change)
    assert [problem.loc for problem in caught.value.problems] == [loc]


@pytest.mark.parametrize("name", PLAIN)
def test_a_missing_field_is_named(name: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_receipt({key: value for key, value in PLAIN.items() if key != name})
    expected = "kernel_ver" if name == "kernel_ver" else name
    assert [problem.loc for problem in caught.value.problems] == [(expected,)]


def test_a_thousand_receipts_make_the_round_trip() -> None:
    seen, signer = set(), Signer(TEST_SECRET)
    for nonce in range(1000):
        receipt = Receipt(**(PLAIN | {"sizes": Sizes(m=1, n=1, k=1), "nonce": nonce, "sig_hex": ""}))
        digest = receipt_digest(receipt)
        signed = receipt.model_copy(update={"sig_hex": signer.sign(digest)})
        read = parse_receipt(json.loads(signed.model_dump_json()))
        assert read == signed
        assert check_signature(TEST_PUBLIC, receipt_digest(read), read.sig_hex) == "valid"
        seen.add(digest)
    assert len(seen) == 1000
