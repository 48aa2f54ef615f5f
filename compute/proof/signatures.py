"""ECDSA over secp256k1 on 32-byte digests: deterministic (RFC 6979), the lower of both values of s, and no other.

Whoever has one signature could make a second valid one from it by replacing s by n - s; refusing the higher one leaves
each receipt exactly one form.
"""

from functools import lru_cache
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
"""Of the group (SEC 2, version 2.0, section 2.4.1)."""
TEST_SECRET = "7b706b652278aba9b01dd473e026fd0baf215fd5afbf92d860b03fa661e07dc2"
TEST_PUBLIC = "03bedebd53da4cdd26fa6627da566bb317789462d443cbe371b558ce0755226db4"
"""A published pair: anybody can sign with it, so it is good for tests only."""
DID_KEY = "did:key:z"
_SECP256K1_CODE = bytes((0xE7, 0x01))  # multicodec secp256k1-pub, as a varint
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LONGEST_DID = 100  # characters; a compressed key needs 57

Verdict = Literal["valid", "wrong", "high-s"]


class KeyFormatError(ValueError):
    """A key cannot be used; the message never holds a secret."""


class Signer:
    """Signs with one secret key; neither its text nor its representation shows it."""

    def __init__(self, secret_hex: str) -> None:
        """Raise KeyFormatError, which does not repeat it, for what is no secret key."""
        self._key = _secret_key(secret_hex)
        self.public_hex = _compressed(self._key.public_key())
        """The compressed public key, 33 bytes."""

    def sign(self, digest: bytes) -> str:
        """Return the signature of a 32-byte digest as 64 bytes of hex: r, then the lower s."""
        algorithm = ec.ECDSA(Prehashed(hashes.SHA256()), deterministic_signing=True)
        r, s = decode_dss_signature(self._key.sign(digest, algorithm))
        return f"{r:064x}{min(s, ORDER - s):064x}"


def check_signature(public_hex: str, digest: bytes, signature_hex: str) -> Verdict:
    """Return whether the signature is that of the key over the digest; a high s is told from a wrong signature."""
    r, s = int(signature_hex[:64], 16), int(signature_hex[64:], 16)
    is_high = ORDER // 2 < s < ORDER
    key = _public_key(public_hex)
    try:
        key.verify(encode_dss_signature(r, s), digest, ec.ECDSA(Prehashed(hashes.SHA256())))
    except InvalidSignature:
        return "wrong"
    return "high-s" if is_high else "valid"


def normalised_public_key(public_hex: str) -> str:
    """Return a public key, given as hex in either form, compressed; raise KeyFormatError for what is none."""
    return _compressed(_public_key(public_hex))


def did_of(public_hex: str) -> str:
    """Return the `did:key` of a compressed public key (W3C did:key method, multicodec 0xe7, base58btc)."""
    number, text = int.from_bytes(_SECP256K1_CODE + bytes.fromhex(public_hex), "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    return DID_KEY + text


def key_in_did(did: str) -> str | None:
    """Return the public key that a `did:key` carries, or None when it carries none of this curve."""
    if not did.startswith(DID_KEY) or len(did) > _LONGEST_DID:
        return None
    number = 0
    for letter in did.removeprefix(DID_KEY):
        digit = _BASE58.find(letter)
        if digit < 0:
            return None
        number = number * 58 + digit
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    if raw[:2] != _SECP256K1_CODE or len(raw) != 35:
        return None
    try:
        return normalised_public_key(raw[2:].hex())
    except KeyFormatError:
        return None


def _secret_key(secret_hex: str) -> ec.EllipticCurvePrivateKey:
    try:
        return ec.derive_private_key(_secret_number(secret_hex), ec.SECP256K1())
    except ValueError as error:
        raise KeyFormatError(
            "the secret key is not 64 hexadecimal digits of a number below the curve's order"
        ) from error


def _secret_number(secret_hex: str) -> int:
    number = int(secret_hex, 16) if len(secret_hex) == 64 and secret_hex.isalnum() else 0
    if not 0 < number < ORDER:
        raise ValueError("out of range")
    return number


@lru_cache(maxsize=256)
def _public_key(public_hex: str) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), bytes.fromhex(public_hex))
    except ValueError as error:
        raise KeyFormatError(f"{public_hex[:140]!r} is no public key; give the 33 compressed bytes as hex") from error


def _compressed(key: ec.EllipticCurvePublicKey) -> str:
    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint).hex()
