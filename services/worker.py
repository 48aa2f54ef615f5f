"""The worker program: a warm process that takes jobs from the table and runs them, one at a time.

    python -m services.worker --name NAME --lanes cpu --device cpu

It never decides what happens to a job whose worker died: that belongs to `services.supervisor`.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from importlib import import_module
from types import ModuleType
from typing import NoReturn

from services.collector import exempt_what_is_there, search_rarely
from services.compiling import compile_apart
from services.jobs import Claim
from services.jobs.execution import Outcome, execute
from services.jobs.memory import limit_memory
from services.jobs.pulse import Pulse
from services.jobs.signals import SignalPipe
from services.jobs.wakeup import open_wake_up
from services.leash import STDIN, is_leash_cut
from services.locks import wait_for_turn
from services.logs import configure_logging, logger
from services.settings import Settings, read_settings
from services.workspace import Workspace, open_workspace

WARMING_LOCK = "warming.lock"
COMPILING_LOCK = "compiling.lock"
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class ExitCode(IntEnum):
    """Why a worker ended; the supervisor replaces it in every case but the first."""

    ASKED = 0
    OUT_OF_MEMORY = 74
    LEASE_LOST = 75


@dataclass(frozen=True)
class Role:
    """Who a worker is and what it may take."""

    name: str
    lanes: tuple[str, ...]
    device: str
    is_leashed: bool = False
    """Whether the worker ends when its standard input closes, which is when its supervisor is gone."""


class Worker:
    """One worker process."""

    def __init__(self, workspace: Workspace, role: Role) -> None:
        self._workspace = workspace
        self._store = workspace.jobs
        self._role = role
        self._lease_s = workspace.settings.lease_s
        self._wake = open_wake_up(workspace.jobs.engine)
        self._pulse = Pulse(workspace.jobs, self._lease_s, on_lost=self._leave_lost)
        self._claim: Claim | None = None
        self._claiming = threading.Lock()  # whoever stops the worker takes it for good: no job is claimed any more
        self._is_stopping = False

    def work(self) -> ExitCode:
        """Run jobs until told to stop or until there is a reason to be replaced."""
        while not self._is_leash_cut():
            claim = self._take()
            if claim is None:
                self._wait_for_a_job()
                continue
            self._pulse.begin(claim)
            outcome = execute(claim, self._workspace, self._pulse.report, self._device_inside())
            self._pulse.end()
            if not self._store_outcome(claim, outcome):
                self._leave_lost(claim)
            if outcome.error is not None and outcome.error.type == "memory":
                return ExitCode.OUT_OF_MEMORY  # what the job had allocated may stay in pieces; a fresh process has none
        return ExitCode.ASKED

    def stop_on_signal(self, signals: SignalPipe) -> None:
        """Give the job back and end the process at the first SIGTERM, whatever the computation is doing."""
        while not signals.wait():
            pass
        self._claiming.acquire()
        self._pulse.end()
        self._is_stopping = True
        if self._claim is not None and self._store.release(self._claim):
            logger("worker").info("job given back", worker=self._role.name, job_id=self._claim.job_id)
        _leave(ExitCode.ASKED)

    def _take(self) -> Claim | None:
        with self._claiming:
            self._claim = self._store.claim(self._role.name, self._role.lanes, self._lease_s, self._role.device)
            return self._claim

    def _wait_for_a_job(self) -> None:
        leash = STDIN if self._role.is_leashed else None
        while not (self._wake.wait(leash) and self._store.has_turn(self._role.lanes)):
            if self._is_leash_cut():
                return

    def _store_outcome(self, claim: Claim, outcome: Outcome) -> bool:
        if outcome.result_json is not None:
            return self._store.finish(claim, outcome.result_json, outcome.measures)
        if outcome.error is not None:
            return self._store.fail(claim, outcome.error, outcome.measures)
        return self._store.finish_cancelled(claim)

    def _device_inside(self) -> str:
        # CUDA_VISIBLE_DEVICES shows a worker nothing but its own GPU, which is number 0 there.
        return "cuda:0" if self._role.device.startswith("cuda") else self._role.device

    def _is_leash_cut(self) -> bool:
        return self._role.is_leashed and is_leash_cut()

    def _leave_lost(self, claim: Claim) -> None:
        if self._is_stopping:
            threading.Event().wait()  # the job was given back on purpose; the process is about to end
        logger("worker").warning("lease lost", worker=self._role.name, job_id=claim.job_id)
        _leave(ExitCode.LEASE_LOST)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a worker until it is told to stop."""
    search_rarely()
    role = _parse(arguments)
    signals = SignalPipe(STOP_SIGNALS)
    settings = read_settings()
    configure_logging(settings.log_level)
    if role.device == "cpu":
        limit_memory(settings.worker_memory_mib)
    worker = Worker(open_workspace(settings), role)
    threading.Thread(target=worker.stop_on_signal, args=(signals,), name="stop", daemon=True).start()
    modules = [import_module(name) for name in settings.warm_modules]
    logger("worker").info("ready", worker=role.name, lanes=role.lanes, device=role.device)
    threading.Thread(target=_warm_up, args=(modules, settings), name="warm-up", daemon=True).start()
    _leave(worker.work())


def _warm_up(modules: Sequence[ModuleType], settings: Settings) -> None:
    """Let modules do beforehand what their first job would wait for; a job that comes meanwhile is run meanwhile.

    One worker after the other: what the first compiles the next ones only load. What `IS_LONG` to compile comes last,
    in a process of its own.
    """
    for lock, is_long in ((WARMING_LOCK, False), (COMPILING_LOCK, True)):
        chosen = [module for module in modules if getattr(module, "IS_LONG", False) == is_long]
        with wait_for_turn(settings.data_dir.absolute() / lock):
            for module in chosen:
                prepare = getattr(module, "warm_up", None)
                if prepare is not None and (not is_long or compile_apart(module.__name__, settings)):
                    prepare()
        exempt_what_is_there()
    logger("worker").info("warm")


def _leave(code: ExitCode) -> NoReturn:
    # Threads of numerical libraries and a computation that will not stop must not hold up the end.
    sys.stderr.flush()
    os._exit(code)


def _parse(arguments: Sequence[str] | None) -> Role:
    parser = argparse.ArgumentParser(prog="python -m services.worker", description="Run jobs from the table.")
    parser.add_argument("--name", required=True, help="unique among living workers")
    parser.add_argument("--lanes", default="cpu", help="comma-separated lanes to take jobs from")
    parser.add_argument("--device", default="cpu", help="cpu, or cuda:N as it is shown to users")
    parser.add_argument("--leashed", action="store_true", help="finish and end when standard input closes")
    given = parser.parse_args(arguments)
    return Role(given.name, tuple(given.lanes.split(",")), given.device, given.leashed)


if __name__ == "__main__":
    main()
