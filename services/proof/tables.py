"""Receipts as rows of a table, for files."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from services.csv_text import Cell, csv_text, time_text
from services.proof.outbox import SentReceipt

COLUMNS = (
    "id", "state", "nonce", "epoch_id", "kernel_ver", "m", "n", "k", "time_ms", "tries", "created_at", "ended_at",
    "error_class", "reason", "device_did",
)  # fmt: skip


def receipts_csv(receipts: Iterable[SentReceipt]) -> Iterator[str]:
    """Return the receipts as pieces of CSV, with a head."""

    def rows() -> Iterator[tuple[Cell, ...]]:
        yield COLUMNS
        for receipt in receipts:
            yield tuple(_cell(getattr(receipt, name)) for name in COLUMNS)

    return csv_text(rows())


def _cell(value: Any) -> Cell:
    if isinstance(value, datetime):
        return time_text(value)
    return value if value is None or isinstance(value, int | float) else str(value)
