"""The heartbeat of a running job: keeps its lease, carries progress out and the wish to cancel in.

The computation itself never waits for the database: `report` only leaves a note and looks at a flag.
"""

import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from compute.job import Cancelled
from services.jobs.records import Claim
from services.jobs.store import JobStore, LeaseLostError
from services.jobs.wakeup import open_wake_up
from services.logs import logger

BEAT_S = 0.1  # how often news go out and a cancellation comes in: ten times a second looks continuous
BEATS_PER_LEASE = 4  # a lease survives three missed beats


class Pulse:
    """The heartbeat thread of one worker."""

    def __init__(self, store: JobStore, lease_s: float, on_lost: Callable[[Claim], None]) -> None:
        self._store = store
        self._lease_s = lease_s
        self._on_lost = on_lost
        self._wake = open_wake_up(store.engine)
        self._beating = threading.Lock()  # held during a beat: after `end` no beat for that claim is under way
        self._is_busy = threading.Event()
        self._claim: Claim | None = None
        self._news: tuple[float, str] | None = None
        self._is_cancelled = False
        self._renewed_at = 0.0
        threading.Thread(target=self._run, name="pulse", daemon=True).start()

    def begin(self, claim: Claim) -> None:
        """Keep `claim` alive from now on."""
        with self._beating:
            self._claim, self._news, self._is_cancelled = claim, None, False
            self._renewed_at = time.monotonic()
            self._is_busy.set()

    def end(self) -> None:
        """Let the claim go; afterwards this thread writes nothing about it."""
        with self._beating:
            self._claim = None

    def report(self, fraction: float, message: str) -> None:
        """Note progress for the next beat; raise Cancelled when the job was asked to stop."""
        if self._is_cancelled:
            raise Cancelled
        self._news = (min(max(fraction, 0.0), 1.0) if fraction == fraction else 0.0, message)

    def _run(self) -> None:
        while True:
            self._is_busy.wait()
            time.sleep(BEAT_S)
            with self._beating:
                if self._claim is None:
                    self._is_busy.clear()
                else:
                    self._beat(self._claim)

    def _beat(self, claim: Claim) -> None:
        is_due = time.monotonic() - self._renewed_at >= min(self._lease_s / BEATS_PER_LEASE, self._lease_s - BEAT_S)
        news, self._news = self._news, None
        try:
            if news is not None or is_due:
                fraction, message = news or (None, None)
                self._is_cancelled |= self._store.renew(claim, self._lease_s, fraction, message)
                self._renewed_at = time.monotonic()
            elif self._wake.has_changed():
                self._is_cancelled |= self._store.is_cancel_requested(claim.job_id)
        except LeaseLostError:
            self._on_lost(claim)
        except DBAPIError as error:  # the database is away; the lease is what decides if that lasts
            self._news = self._news or news
            logger("worker").warning("heartbeat failed", job_id=claim.job_id, error=str(error))
