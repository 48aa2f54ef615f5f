"""The verifier's memory: which devices there are, and which nonces it has accepted."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, case, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from compute.proof.receipt import AnyReceipt
from compute.proof.signatures import KeyFormatError, normalised_public_key
from compute.schema import Record, RequestError
from services.proof.table import DEVICES, SEEN, create_tables

EPOCH_DIGITS = 20  # of 2^64: epochs of that length are in the order of their numbers


class Device(Record):
    """A device whose receipts the verifier has seen, or that was registered."""

    device_did: str
    public_hex: str
    """The compressed public key."""
    is_active: bool
    is_registered: bool
    """False: it came with a did:key of its own."""
    registered_at: datetime
    seen_at: datetime | None
    epoch_id: str | None
    """The newest epoch that a receipt was accepted for."""
    accepted: int
    refused: int


class DeviceStore:
    """Devices and accepted nonces. Safe to use from many threads and processes."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock
        create_tables(engine)

    def register(self, device_did: str, public_hex: str) -> Device:
        """Register a device under its key, or change the key of one; RequestError for what is no key."""
        try:
            key = normalised_public_key(public_hex.strip().lower())
        except KeyFormatError as error:
            raise RequestError.at("public_hex", msg=str(error)) from error
        change = {"public_hex": key, "is_active": True, "is_registered": True}
        self._put(device_did, change, change)
        found = self.get(device_did)
        assert found is not None, "it was just registered"
        return found

    def set_active(self, device_did: str, is_active: bool) -> bool:
        """Let a device's receipts pass, or refuse them from now on; False when there is no such device."""
        change = update(DEVICES).where(DEVICES.c.device_did == device_did).values(is_active=is_active)
        with self._engine.begin() as connection:
            return connection.execute(change).rowcount > 0

    def get(self, device_did: str) -> Device | None:
        """Return the device, or None."""
        with self._engine.begin() as connection:
            row = connection.execute(select(DEVICES).where(DEVICES.c.device_did == device_did)).first()
        return None if row is None else _as_device(row._mapping)

    def page(self, limit: int = 500) -> Sequence[Device]:
        """Return the devices, those seen last first."""
        query = select(DEVICES).order_by(DEVICES.c.seen_at.desc(), DEVICES.c.registered_at.desc()).limit(limit)
        with self._engine.begin() as connection:
            return tuple(_as_device(row._mapping) for row in connection.execute(query))

    def first_digest(self, receipt: AnyReceipt) -> str | None:
        """Return the digest of the receipt that was accepted for this device, epoch and nonce, or None."""
        query = select(SEEN.c.digest_hex).where(*_is_same(receipt))
        with self._engine.begin() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return None if found is None else str(found)

    def accept(self, receipt: AnyReceipt, digest_hex: str, public_hex: str) -> bool:
        """Note an accepted receipt; False when another one was accepted for its nonce meanwhile."""
        now = self._clock()
        place = {"device_did": receipt.device_did, "epoch_id": str(receipt.epoch_id), "nonce": receipt.nonce}
        seen = insert(SEEN).values(**place, digest_hex=digest_hex, seen_at=now)
        new = {"public_hex": public_hex, "is_active": True, "is_registered": False}
        epoch = str(receipt.epoch_id).zfill(EPOCH_DIGITS)
        newest = case((DEVICES.c.epoch_id > epoch, DEVICES.c.epoch_id), else_=epoch)
        known = {"seen_at": now, "accepted": DEVICES.c.accepted + 1, "epoch_id": newest}
        new |= {"seen_at": now, "accepted": 1, "epoch_id": epoch}
        try:
            self._put(receipt.device_did, new, known, seen)  # both or neither: what is accepted is counted
        except IntegrityError:
            return False
        return True

    def refuse(self, device_did: str) -> None:
        """Count a refusal of a device that is known; strangers leave no trace."""
        values = {"seen_at": self._clock(), "refused": DEVICES.c.refused + 1}
        with self._engine.begin() as connection:
            connection.execute(update(DEVICES).where(DEVICES.c.device_did == device_did).values(values))

    def forget(self, device_did: str) -> bool:
        """Delete a device; what it had accepted stays known, so that nothing can be sent twice."""
        with self._engine.begin() as connection:
            return connection.execute(delete(DEVICES).where(DEVICES.c.device_did == device_did)).rowcount > 0

    def _put(self, device_did: str, new: dict[str, Any], known: dict[str, Any], before: Any = None) -> None:
        """Change the device, or make it, after the statement `before`, of which IntegrityError is raised."""
        empty = {"registered_at": self._clock(), "accepted": 0, "refused": 0, "device_did": device_did}
        change = update(DEVICES).where(DEVICES.c.device_did == device_did).values(known)
        for is_last in (False, True):
            try:
                with self._engine.begin() as connection:
                    if before is not None:
                        connection.execute(before)
                    if not connection.execute(change).rowcount:
                        connection.execute(insert(DEVICES).values(empty | new))
                return
            except IntegrityError:  # another process made the device between the two statements
                if is_last:
                    raise


def _is_same(receipt: AnyReceipt) -> list[Any]:
    return [
        SEEN.c.device_did == receipt.device_did,
        SEEN.c.epoch_id == str(receipt.epoch_id),
        SEEN.c.nonce == receipt.nonce,
    ]


def _as_device(row: Any) -> Device:
    found = dict(row)
    for name in ("registered_at", "seen_at"):
        found[name] = None if found[name] is None else datetime.fromtimestamp(found[name], UTC)
    if found["epoch_id"] is not None:
        found["epoch_id"] = str(int(found["epoch_id"]))
    return Device.model_validate(found)
