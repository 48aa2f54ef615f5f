"""What a worker does, step by step: attempt, keep, send. When a step is taken, and in which thread, is the caller's.

Attempts and sending each have a token bucket of the same rate. While nothing can be sent, attempts go on until the
outbox holds a thousand receipts; once the verifier answers again, they wait until the backlog is gone. Retries are kept
with the receipts in the database, so that they outlive the process; that is why no library that sleeps between tries is
used here.
"""

import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from compute.proof.receipt import Sizes
from compute.proof.signatures import Signer, did_of
from services.logs import logger
from services.proof.attempts import DeviceError, Maker, sign_receipt
from services.proof.autotune import RECENT, Tuning, TuningStore, has_drifted, tune
from services.proof.breaker import Breaker, BreakerState
from services.proof.bucket import TokenBucket
from services.proof.configuration import WorkerConfig
from services.proof.nonces import NonceStore, NoncesUsedUpError
from services.proof.outbox import Outbox, SentReceipt
from services.proof.posting import NoReplyError, Reply, post_json
from services.proof.replies import ErrorClass, Meaning, read_reply
from services.proof.statistics import Statistics

LONGEST_DELAY_S = 30.0
IDLE_S = 0.5  # between looks at an empty outbox
MOST_PENDING = 1000  # receipts, while the verifier is away
LEAST_BACKLOG = 10  # receipts that may always be on their way, while it answers
LONGEST_SLEEP_S = 60.0
AFTER_FAILURE_S = 1.0  # of the device
RETUNE_PAUSE_S = 60.0

Post = Callable[[str, bytes, float], Reply]


@dataclass(frozen=True)
class Surroundings:
    """What a worker finds: its stores, the way out, its clock and its luck."""

    outbox: Outbox
    nonces: NonceStore
    tunings: TuningStore
    post: Post = post_json
    clock: Callable[[], float] = time.monotonic
    jitter: random.Random = field(default_factory=random.Random)


class ProofWorker:
    """One worker. `attempt` and `send` may run in two threads, each in one only."""

    def __init__(self, config: WorkerConfig, signer: Signer, maker: Maker, around: Surroundings) -> None:
        self.config = config
        self.device_did = config.device_did or did_of(signer.public_hex)
        self.statistics = Statistics(around.clock)
        self.breaker = Breaker(around.clock)
        self.tuning: Tuning | None = None
        self.last_error: str | None = None
        self._signer, self._maker, self._around = signer, maker, around
        rate = (config.rate_limit_per_second, config.rate_limit_burst)
        self._attempt_bucket = TokenBucket(*rate, around.clock)
        self._send_bucket = TokenBucket(*rate, around.clock)
        self._recent_ms: deque[float] = deque(maxlen=RECENT)
        self._held_until = float("-inf")  # the verifier asked for that pause
        self._sizes: Sizes | None = None
        self._tuned_at = -RETUNE_PAUSE_S

    @property
    def sizes(self) -> Sizes | None:
        """The size of attempts; None before it is chosen."""
        return self._sizes

    def change(self, config: WorkerConfig) -> None:
        """Go on with another configuration, of which the fixed part is the same."""
        is_tuned_otherwise = _tuning_part(config) != _tuning_part(self.config)
        self.config = config
        for bucket in (self._attempt_bucket, self._send_bucket):
            bucket.change(config.rate_limit_per_second, config.rate_limit_burst)
        if is_tuned_otherwise:
            self._sizes, self.tuning = None, None

    def attempt(self) -> float:
        """Make one receipt and keep it, if it is time; return how many seconds to wait before the next call."""
        is_answered = self.breaker.state is BreakerState.CLOSED
        backlog = max(LEAST_BACKLOG, 2 * self.config.rate_limit_burst) if is_answered else MOST_PENDING
        if self._around.outbox.pending(self.config.worker_index) >= backlog:
            return IDLE_S
        wait_s = self._attempt_bucket.take()
        if wait_s > 0:
            return wait_s
        try:
            self._make(self._choose_sizes())
        except DeviceError as error:
            self.fail(ErrorClass.GPU, str(error))
            return AFTER_FAILURE_S
        except NoncesUsedUpError as error:
            self.fail(ErrorClass.VALIDATION, str(error))
            return LONGEST_DELAY_S
        return 0.0

    def send(self) -> float:
        """Send one receipt, if one is due and may be sent; return how many seconds to wait before the next call."""
        wait_s = max(self.breaker.wait_s(), self._held_until - self._around.clock())
        if wait_s > 0:
            return min(wait_s, LONGEST_SLEEP_S)
        entry = self._around.outbox.next_due(self.config.worker_index)
        if entry is None:
            due_s = self._around.outbox.seconds_until_due(self.config.worker_index)
            return IDLE_S if due_s is None else min(due_s, IDLE_S)
        wait_s = self._send_bucket.take()
        if wait_s > 0:
            return wait_s
        self._conclude(entry, self._submit(entry))
        return 0.0

    def _make(self, sizes: Sizes) -> None:
        config = self.config
        share = (config.worker_index, config.worker_count)
        nonce = self._around.nonces.reserve(self.device_did, config.epoch_id, *share)
        receipt, time_ms = self._maker.make(config, self.device_did, nonce, sizes)
        signed = sign_receipt(receipt, self._signer)
        receipt_id = self._around.outbox.add(signed, config.worker_index, time_ms)
        self.statistics.attempted(time_ms)
        self._recent_ms.append(time_ms)
        logger("prove").debug("attempt", nonce=nonce, time_ms=round(time_ms, 3), receipt=receipt_id)
        if config.worker_debug_receipt:
            logger("prove").info("receipt", body=signed.model_dump(mode="json"))

    def _choose_sizes(self) -> Sizes:
        """Return the size of the next attempt; measure first where it is not known or no longer fits."""
        config, now = self.config, self._around.clock()
        if config.autotune_disable:
            self._sizes = config.presets[0]
        elif self._sizes is None:
            known = self._around.tunings.get(self._maker.driver)
            self._take_tuning(known if known is not None and _is_usable(known, config) else self._tune())
        elif now - self._tuned_at >= RETUNE_PAUSE_S and self._has_drifted():
            self._take_tuning(self._tune())
        assert self._sizes is not None
        return self._sizes

    def _has_drifted(self) -> bool:
        return self.tuning is not None and has_drifted(self.tuning, tuple(self._recent_ms))

    def _tune(self) -> Tuning:
        config = self.config

        def measure(sizes: Sizes) -> float:
            return self._maker.make(config, self.device_did, 0, sizes)[1]

        tuning = tune(measure, config.presets, config.autotune_target_ms, config.autotune_memory_mib)
        tuning = tuning.model_copy(update={"asked": _asked(config)})
        self._around.tunings.keep(self._maker.driver, tuning)
        logger("prove").info("tuned", sizes=tuning.chosen.model_dump(), expected_ms=round(tuning.expected_ms, 1))
        return tuning

    def _take_tuning(self, tuning: Tuning) -> None:
        self.tuning, self._sizes, self._tuned_at = tuning, tuning.chosen, self._around.clock()
        self._recent_ms.clear()

    def _submit(self, entry: SentReceipt) -> Meaning:
        self._around.outbox.begin_try(entry.id)
        try:
            reply = self._around.post(self.config.submit_url, entry.body.encode(), self.config.submit_timeout_s)
        except NoReplyError as error:
            return Meaning("retry", str(error)[:500], ErrorClass.NETWORK, is_failure_of_server=True)
        return read_reply(reply, entry.id)

    def _conclude(self, entry: SentReceipt, meaning: Meaning) -> None:
        if meaning.is_failure_of_server:
            self.breaker.fail()
        else:
            self.breaker.succeed()
        if meaning.do == "accept":
            self._around.outbox.accept(entry.id, meaning.reason)
            self.statistics.accepted()
            return
        error_class = meaning.error_class or ErrorClass.VALIDATION
        if meaning.do == "bury":
            self._around.outbox.bury(entry.id, error_class, meaning.reason)
        else:
            delay_s = self._delay_s(entry.tries) if meaning.wait_s is None else meaning.wait_s
            self._around.outbox.postpone(entry.id, delay_s, error_class, meaning.reason)
            if meaning.is_for_all:
                self._held_until = self._around.clock() + delay_s
        self.fail(error_class, meaning.reason)

    def _delay_s(self, tries: int) -> float:
        """Return the pause after that many earlier tries: it doubles, and is the longest once the retries are used up.

        Between half and the whole of it: workers that failed together do not come back together.
        """
        doubled = self.config.retry_delay_ms / 1000 * 2.0 ** min(tries, 20)
        longest = min(doubled, LONGEST_DELAY_S) if tries < self.config.max_retries else LONGEST_DELAY_S
        return longest * self._around.jitter.uniform(0.5, 1.0)

    def fail(self, error_class: ErrorClass, reason: str) -> None:
        """Count a failure where it happened, and say it."""
        self.statistics.failed(error_class)
        self.last_error = f"{error_class.value}: {reason}"
        logger("prove").warning("failure", error_class=error_class.value, reason=reason)


def _is_usable(known: Tuning, config: WorkerConfig) -> bool:
    return known.asked == _asked(config)


def _asked(config: WorkerConfig) -> str:
    """Return what a tuning depends on, beside the device."""
    presets = ";".join(",".join(map(str, each)) for each in config.autotune_presets)
    return f"{config.kernel_ver} {config.autotune_target_ms:g} ms {config.autotune_memory_mib} MiB {presets}"


def _tuning_part(config: WorkerConfig) -> tuple[object, ...]:
    return (
        config.autotune_target_ms,
        config.autotune_presets,
        config.autotune_disable,
        config.autotune_memory_mib,
        config.kernel_ver,
    )
