"""What alerts watch of the workers: nothing of one that was never started, or was stopped on purpose."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from services.alerts.signals import Value
from services.proof.outbox import Outbox, ReceiptState
from services.proof.status import StatusStore, WorkerStatus

READ_S = 5.0  # between readings: a worker speaks each second
SILENT_S = 30.0  # a worker that has not spoken for so long hangs
ENDED_WINDOW_S = 900.0
FEW_ENDED = 10
FEW_ATTEMPTS = 20


class ProofSignals:
    """Reads the values of all workers of one installation. `is_held` tells whether the worker of a number runs."""

    def __init__(
        self,
        statuses: StatusStore,
        outbox: Outbox,
        is_held: Callable[[int], bool],
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._statuses, self._outbox, self._is_held, self._wall = statuses, outbox, is_held, wall
        self._values: tuple[Value, ...] = ()
        self._read_at = float("-inf")

    def read(self) -> tuple[Value, ...]:
        """Return the values of now, or of some seconds ago; none while the database is away."""
        if not 0 <= self._wall() - self._read_at < READ_S:
            self._read_at = self._wall()
            try:
                self._values = tuple(value for status in self._statuses.all() for value in self._of(status))
            except SQLAlchemyError:  # `job_table_answers` tells of it
                self._values = ()
        return self._values

    def _of(self, status: WorkerStatus) -> Iterator[Value]:
        runs = self._is_held(status.worker)
        if status.ended_at is not None and not runs:
            return
        subject = f"worker {status.worker}"
        now = datetime.fromtimestamp(self._wall(), UTC)
        is_up = runs and (now - status.read_at).total_seconds() < SILENT_S
        yield Value("proof_worker_up", subject, float(is_up))
        if not is_up:
            return
        for signal, value in self._figures(status):
            if value is not None:
                yield Value(signal, subject, value)

    def _figures(self, status: WorkerStatus) -> Iterator[tuple[str, float | None]]:
        figures = status.figures
        yield "proof_failed_percent", None if figures.failed_share is None else 100 * figures.failed_share
        yield "proof_consecutive_failures", float(figures.consecutive_failures)
        yield "proof_attempt_p95_ms", figures.p95_ms if figures.attempts >= FEW_ATTEMPTS else None
        ended = self._outbox.ended(status.worker, ENDED_WINDOW_S)
        total = sum(ended.values())
        yield "proof_accepted_percent", 100 * ended[ReceiptState.ACCEPTED] / total if total >= FEW_ENDED else None
        accepted_at = self._outbox.last_accepted_at(status.worker) or 0.0
        yield "proof_since_accepted_s", max(0.0, self._wall() - max(accepted_at, status.started_at.timestamp()))
