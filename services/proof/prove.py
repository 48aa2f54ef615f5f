"""The worker's program: attempts in one thread, sending in another, and a main thread that listens.

    python -m services.proof.prove

SIGTERM ends it gracefully: the attempt that is under way is kept, the receipt on its way is waited for. SIGHUP, or a
change of its file, has the configuration read again; one that cannot be used changes nothing, and the status says why.
"""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from services.jobs.signals import SignalPipe
from services.locks import FileLock, acquire
from services.logs import configure_logging, logger
from services.proof.attempts import DeviceError, EngineMaker
from services.proof.autotune import TuningStore
from services.proof.configuration import CONFIG_FILE, ConfigError, WorkerConfig, read_config, reloaded
from services.proof.keys import open_signer
from services.proof.nonces import NonceStore
from services.proof.outbox import Outbox
from services.proof.replies import ErrorClass
from services.proof.status import StatusStore, describe
from services.proof.worker import ProofWorker, Surroundings
from services.settings import Settings, SettingsError, read_settings
from services.workspace import open_workspace

CANNOT_START, ALREADY_RUNS = 2, 3
LOOK_S = 1.0  # how often the status is written and the file looked at
STOP_S = 15.0  # that a step may take after the stop: longer than an answer is waited for
KEPT_DAYS = 30.0  # of accepted receipts
DAY_S = 86_400.0
FORGET_EACH_S = 600.0
AFTER_FAULT_S = 5.0


def worker_lock(settings: Settings, index: int) -> Path:
    """Return the file that a running worker of that number holds locked."""
    return settings.data_dir.absolute() / "proof" / f"worker-{index}.lock"


def config_path(settings: Settings) -> Path:
    """Return the file with the worker's configuration; it may be absent."""
    return settings.data_dir.absolute() / CONFIG_FILE


class Program:
    """One running worker with its threads."""

    def __init__(self, settings: Settings, config: WorkerConfig) -> None:
        engine = open_workspace(settings).jobs.engine
        self._path = config_path(settings)
        self._read_at = _changed_at(self._path)
        self._signer = open_signer(config)
        self._maker = EngineMaker(config.worker_engine)
        self._outbox, self._statuses = Outbox(engine), StatusStore(engine)
        around = Surroundings(self._outbox, NonceStore(engine), TuningStore(engine))
        self._worker = ProofWorker(config, self._signer, self._maker, around)
        self._started_at = datetime.now(UTC)
        self._notes: tuple[str, ...] = ()
        self._stop = threading.Event()
        self._health, self._told_at = "", time.monotonic()
        self._forget_at = time.monotonic()

    def run(self, signals: SignalPipe) -> None:
        """Work until SIGTERM or SIGINT."""
        steps = {"attempts": self._worker.attempt, "sending": self._worker.send}
        threads = [threading.Thread(target=self._repeat, args=(step,), name=name) for name, step in steps.items()]
        for thread in threads:
            thread.daemon = True
            thread.start()
        logger("prove").info("started", device=self._worker.device_did, driver=self._maker.driver)
        while True:
            self._say()
            self._forget()
            found = signals.wait(LOOK_S)
            if found & {signal.SIGTERM, signal.SIGINT}:
                break
            if signal.SIGHUP in found or _changed_at(self._path) != self._read_at:
                self._read_again()
        self._stop.set()
        deadline = time.monotonic() + STOP_S
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._say(ended_at=datetime.now(UTC))
        logger("prove").info("ended", pending=self._outbox.pending(self._worker.config.worker_index))

    def _repeat(self, step: Callable[[], float]) -> None:
        while not self._stop.is_set():
            try:
                wait_s = step()
            except SQLAlchemyError as error:  # the database is away or full: nothing is lost, and it is tried again
                logger("prove").error("database failed", error=str(error))
                wait_s = AFTER_FAULT_S
            except Exception as error:  # noqa: BLE001 - a thread that ended would leave a worker that does nothing
                logger("prove").error("step failed", exc_info=error)
                self._worker.fail(ErrorClass.VALIDATION, f"{type(error).__name__}: {error}"[:500])
                wait_s = AFTER_FAULT_S
            self._stop.wait(wait_s)

    def _read_again(self) -> None:
        self._read_at = _changed_at(self._path)
        try:
            config, said = reloaded(self._worker.config, read_config(self._path))
        except ConfigError as error:
            self._notes = tuple(f"not taken over: {problem}" for problem in error.problems)
        else:
            self._worker.change(config)
            configure_logging(config.log_level)
            self._notes = ("configuration read again", *said)
        logger("prove").info("configuration", notes=self._notes)

    def _forget(self) -> None:
        if time.monotonic() < self._forget_at:
            return
        self._forget_at = time.monotonic() + FORGET_EACH_S
        try:
            self._outbox.forget(KEPT_DAYS * DAY_S)
        except SQLAlchemyError as error:
            logger("prove").error("old receipts not deleted", error=str(error))

    def _say(self, ended_at: datetime | None = None) -> None:
        worker = self._worker
        try:
            pending = self._outbox.pending(worker.config.worker_index)
            about = (os.getpid(), self._started_at, self._signer.public_hex, self._maker.driver)
            status = describe(worker, pending, *about, self._notes).model_copy(update={"ended_at": ended_at})
            self._statuses.put(status)
        except SQLAlchemyError as error:
            logger("prove").error("status not kept", error=str(error))
            return
        is_due = time.monotonic() - self._told_at >= worker.config.health_check_interval_ms / 1000
        if status.health != self._health or is_due:
            self._health, self._told_at = status.health, time.monotonic()
            logger("prove").info("health", health=status.health, figures=status.figures.model_dump(mode="json"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a worker until it is told to stop; return the exit status."""
    parser = argparse.ArgumentParser(prog="python cli.py prove", description="Prove work and send receipts.")
    parser.add_argument("--check", action="store_true", help="print the variables in force, secrets masked, and end")
    if parser.parse_args(arguments).check:
        return _check()
    signals = SignalPipe((signal.SIGTERM, signal.SIGINT, signal.SIGHUP))
    lock: FileLock | None = None
    try:
        settings = read_settings()
        config = read_config(config_path(settings))
        configure_logging(config.log_level)
        lock = acquire(worker_lock(settings, config.worker_index))
        if lock is None:
            sys.stderr.write(f"worker {config.worker_index} of this data directory runs already; stop it first\n")
            return ALREADY_RUNS
        Program(settings, config).run(signals)
    except (SettingsError, ConfigError) as error:
        sys.stderr.write("\n  ".join(("The worker cannot start:", *error.problems)) + "\n")
        return CANNOT_START
    except DeviceError as error:
        sys.stderr.write(f"The worker cannot start: {error}\n")
        return CANNOT_START
    finally:
        if lock is not None:
            lock.release()
    return 0


def _check() -> int:
    try:
        shown = read_config(config_path(read_settings())).shown()
    except (SettingsError, ConfigError) as error:
        sys.stderr.write("\n  ".join(("The worker cannot start:", *error.problems)) + "\n")
        return CANNOT_START
    for name, field in WorkerConfig.model_fields.items():
        sys.stdout.write(f"{name.upper()}={shown.get(name.upper(), '')}  # {field.description}\n")
    return 0


def _changed_at(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


if __name__ == "__main__":
    sys.exit(main())
