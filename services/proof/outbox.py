"""The worker's outbox: every signed receipt is here before it is sent, and here it stays when it was."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Row, delete, func, insert, select, update

from compute.proof.receipt import AnyReceipt, receipt_digest
from compute.schema import Record
from services.proof.table import RECEIPTS, create_tables

MAX_LISTED = 5000
MOST_KEPT = 20_000  # accepted receipts, of 10 KiB each: at ten a second they would fill 8 GiB a day


class ReceiptState(StrEnum):
    """Where a receipt is on its way."""

    PENDING = "pending"
    """To be sent, for the first time or again."""
    ACCEPTED = "accepted"
    DEAD = "dead"
    """Refused for good; kept, and sent again when asked."""


class SentReceipt(Record):
    """One receipt and what became of it."""

    seq: int
    id: str
    """The digest that is signed, hex."""
    worker: int
    device_did: str
    epoch_id: str
    nonce: int
    kernel_ver: str
    m: int
    n: int
    k: int
    time_ms: float
    state: ReceiptState
    tries: int
    created_at: datetime
    ended_at: datetime | None
    error_class: str | None
    reason: str
    body: str


class ReceiptFilter(Record):
    """Which receipts are meant."""

    state: ReceiptState | None = None
    kernel_ver: str | None = None
    before: int | None = None
    """Only receipts with a smaller `seq`."""


class Outbox:
    """Receipts of all workers of one installation. Safe to use from many threads and processes."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock
        create_tables(engine)

    def add(self, receipt: AnyReceipt, worker: int, time_ms: float) -> str:
        """Keep a signed receipt to be sent; return its id."""
        now = self._clock()
        row = {
            "id": receipt_digest(receipt).hex(), "worker": worker, "device_did": receipt.device_did,
            "epoch_id": str(receipt.epoch_id), "nonce": receipt.nonce, "kernel_ver": receipt.kernel_ver,
            **{name: getattr(receipt.sizes, name) for name in "mnk"}, "time_ms": time_ms, "tries": 0, "reason": "",
            "state": ReceiptState.PENDING, "next_at": now, "created_at": now, "body": receipt.model_dump_json(),
        }  # fmt: skip
        with self._engine.begin() as connection:
            connection.execute(insert(RECEIPTS).values(row))
        return str(row["id"])

    def next_due(self, worker: int) -> SentReceipt | None:
        """Return the oldest receipt of a worker that is due, or None."""
        query = self._pending(select(RECEIPTS), worker).where(RECEIPTS.c.next_at <= self._clock())
        return self._first(query.order_by(RECEIPTS.c.seq).limit(1))

    def seconds_until_due(self, worker: int) -> float | None:
        """Return how long the next receipt has to wait; None when there is none."""
        with self._engine.begin() as connection:
            at = connection.execute(self._pending(select(func.min(RECEIPTS.c.next_at)), worker)).scalar_one()
        return None if at is None else max(0.0, float(at) - self._clock())

    def begin_try(self, receipt_id: str) -> None:
        """Note that a receipt is being sent: after a crash it may have arrived."""
        self._change(receipt_id, tries=RECEIPTS.c.tries + 1)

    def accept(self, receipt_id: str, reason: str) -> None:
        """Note that the verifier has it."""
        self._change(receipt_id, state=ReceiptState.ACCEPTED, ended_at=self._clock(), error_class=None, reason=reason)

    def bury(self, receipt_id: str, error_class: str, reason: str) -> None:
        """Note that it is refused for good."""
        change = {"state": ReceiptState.DEAD, "ended_at": self._clock(), "error_class": error_class, "reason": reason}
        self._change(receipt_id, **change)

    def postpone(self, receipt_id: str, delay_s: float, error_class: str, reason: str) -> None:
        """Send it again after a pause."""
        self._change(receipt_id, next_at=self._clock() + delay_s, error_class=error_class, reason=reason)

    def revive(self, receipt_id: str) -> bool:
        """Send a dead receipt again; False when there is no dead one of that id."""
        change = update(RECEIPTS).where(RECEIPTS.c.id == receipt_id, RECEIPTS.c.state == ReceiptState.DEAD)
        values = {"state": ReceiptState.PENDING, "next_at": self._clock(), "ended_at": None, "tries": 0}
        with self._engine.begin() as connection:
            return connection.execute(change.values(values)).rowcount > 0

    def get(self, receipt_id: str) -> SentReceipt | None:
        """Return the receipt, or None when there is none of that id."""
        return self._first(select(RECEIPTS).where(RECEIPTS.c.id == receipt_id))

    def page(self, wanted: ReceiptFilter | None = None, limit: int = 100) -> Sequence[SentReceipt]:
        """Return receipts, newest first."""
        query = select(RECEIPTS).order_by(RECEIPTS.c.seq.desc()).limit(min(limit, MAX_LISTED))
        for name, value in (wanted or ReceiptFilter()).model_dump(exclude_none=True).items():
            query = query.where(RECEIPTS.c.seq < value if name == "before" else RECEIPTS.c[name] == value)
        with self._engine.begin() as connection:
            return tuple(_as_receipt(row) for row in connection.execute(query))

    def counts(self) -> dict[ReceiptState, int]:
        """Return how many receipts are in each state."""
        query = select(RECEIPTS.c.state, func.count()).group_by(RECEIPTS.c.state)
        with self._engine.begin() as connection:
            found = {str(state): int(count) for state, count in connection.execute(query)}
        return {state: found.get(state, 0) for state in ReceiptState}

    def ended(self, worker: int, since_s: float) -> dict[ReceiptState, int]:
        """Return how many receipts of a worker were accepted, and refused for good, in the last `since_s` seconds."""
        is_it = (RECEIPTS.c.worker == worker, RECEIPTS.c.ended_at >= self._clock() - since_s)
        query = select(RECEIPTS.c.state, func.count()).where(*is_it).group_by(RECEIPTS.c.state)
        with self._engine.begin() as connection:
            found = {str(state): int(count) for state, count in connection.execute(query)}
        return {state: found.get(state, 0) for state in (ReceiptState.ACCEPTED, ReceiptState.DEAD)}

    def last_accepted_at(self, worker: int) -> float | None:
        """Return when a receipt of a worker was accepted last, Unix seconds; None when none was."""
        is_it = (RECEIPTS.c.worker == worker, RECEIPTS.c.state == ReceiptState.ACCEPTED)
        with self._engine.begin() as connection:
            at = connection.execute(select(func.max(RECEIPTS.c.ended_at)).where(*is_it)).scalar_one()
        return None if at is None else float(at)

    def pending(self, worker: int) -> int:
        """Return how many receipts of a worker are still to be sent."""
        with self._engine.begin() as connection:
            return int(connection.execute(self._pending(select(func.count()), worker)).scalar_one())

    def forget(self, before_s: float, most: int = MOST_KEPT) -> int:
        """Delete what was accepted more than `before_s` seconds ago, and all but the newest `most`; return how many."""
        is_accepted = RECEIPTS.c.state == ReceiptState.ACCEPTED
        newest = select(RECEIPTS.c.seq).where(is_accepted).order_by(RECEIPTS.c.seq.desc()).offset(most).limit(1)
        with self._engine.begin() as connection:
            last = connection.execute(newest).scalar_one_or_none() or 0
            is_old = (RECEIPTS.c.ended_at < self._clock() - before_s) | (RECEIPTS.c.seq <= last)
            return int(connection.execute(delete(RECEIPTS).where(is_accepted, is_old)).rowcount)

    @staticmethod
    def _pending(query: Any, worker: int) -> Any:
        return query.where(RECEIPTS.c.worker == worker, RECEIPTS.c.state == ReceiptState.PENDING)

    def _first(self, query: Any) -> SentReceipt | None:
        with self._engine.begin() as connection:
            row = connection.execute(query).first()
        return None if row is None else _as_receipt(row)

    def _change(self, receipt_id: str, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(RECEIPTS).where(RECEIPTS.c.id == receipt_id).values(values))


def _as_receipt(row: Row[Any]) -> SentReceipt:
    found = {name: value for name, value in row._mapping.items() if name in SentReceipt.model_fields}
    for name in ("created_at", "ended_at"):
        found[name] = None if found[name] is None else datetime.fromtimestamp(found[name], UTC)
    return SentReceipt.model_validate(found)
