"""The supervisor: a process of its own that keeps workers and sampler of one data directory going, server or no server.

    python -m services.supervisor

The server starts it with `ensure_supervisor` and ends it with `stop_supervisor`. When the server is killed instead,
the supervisor goes on until no job is left, and a new server finds it by its lock.
"""

import argparse
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from services.children import launch
from services.cores import count_cores
from services.environment import forget_compiled, identity
from services.gpu import gpu_uuids
from services.jobs.crew import Slot, dismiss, plan_posts
from services.jobs.oversight import Oversight
from services.jobs.signals import SignalPipe
from services.locks import SERVER_LOCK, acquire, is_held, read_holder, wait_until
from services.logs import configure_logging, logger
from services.settings import Settings, read_settings
from services.telemetry.post import SamplerPost
from services.workspace import open_workspace

SUPERVISOR_LOCK = "supervisor.lock"
LOG_FILE = Path("logs", "workers.log")
LINGER_S = 5.0  # without a server and without jobs: long enough for a restarted server to find the workers warm
SERVER_CHECK_S = 1.0
WATCH_S = 1.0
START_S = 30.0
DISMISS_S = 5.0
SAMPLER_DISMISS_S = 1.0  # it has nothing to give back
STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})
_started: list["subprocess.Popen[bytes]"] = []  # supervisors this process started, so that none is left a zombie


class SupervisorError(RuntimeError):
    """No supervisor could be started; its log says why."""


# ---- for the server ---------------------------------------------------------------------------------------------


def ensure_supervisor(settings: Settings) -> None:
    """Make sure that a supervisor of this code under these settings is at work; replace one that is of another."""
    _reap()
    path = settings.data_dir.absolute() / SUPERVISOR_LOCK
    wanted = identity(settings)
    holder = read_holder(path)
    if holder is not None and holder.identity == wanted:
        return
    if is_held(path):
        stop_supervisor(settings)
    _started.append(launch(settings, LOG_FILE, "services.supervisor", "--identity", wanted))

    def is_at_work() -> bool:
        holder = read_holder(path)
        return holder is not None and holder.identity == wanted

    if not wait_until(is_at_work, START_S):
        log = settings.data_dir.absolute() / LOG_FILE
        raise SupervisorError(f"the supervisor did not start within {START_S:g} s; {log} says why")


def ensure_workers(settings: Settings) -> None:
    """Make sure that somebody runs jobs, for a caller that is no server: a server at work keeps its own supervisor.

    Replacing that one, because this code or these settings differ, would make the two replace each other for ever.
    """
    if not is_held(settings.data_dir.absolute() / SERVER_LOCK):
        ensure_supervisor(settings)


def stop_supervisor(settings: Settings) -> None:
    """End the supervisor and its workers; running jobs go back to the queue. Harmless when there is none."""
    path = settings.data_dir.absolute() / SUPERVISOR_LOCK
    wait_until(lambda: read_holder(path) is not None or not is_held(path), START_S)
    holder = read_holder(path)
    process = holder.process() if holder is not None else None
    if process is not None:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
        if not wait_until(lambda: not is_held(path), 2 * DISMISS_S):
            with suppress(psutil.NoSuchProcess):
                process.kill()
            wait_until(lambda: not is_held(path), DISMISS_S)
    _reap(DISMISS_S)


class SupervisorWatch:
    """A thread of the server that starts a new supervisor within about a second of losing the old one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End watching; the supervisor itself stays."""
        self._is_stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._is_stopped.wait(WATCH_S):
            try:
                ensure_supervisor(self._settings)
            except SupervisorError as error:
                logger("supervisor").error("no supervisor", error=str(error))


def _reap(timeout_s: float = 0.0) -> None:
    deadline = time.monotonic() + timeout_s
    for process in tuple(_started):
        if timeout_s:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        if process.poll() is not None:
            _started.remove(process)


# ---- the program ------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Supervise until told to stop, or until there is neither a server nor a job."""
    parser = argparse.ArgumentParser(prog="python -m services.supervisor", description="Keep the workers going.")
    parser.add_argument("--linger", type=float, default=LINGER_S, help="seconds to wait for a server without jobs")
    parser.add_argument("--identity", help="what the starter calls this code and these settings; computed if absent")
    given = parser.parse_args(arguments)
    signals = SignalPipe(STOP_SIGNALS | {signal.SIGCHLD})  # the death of a worker is acted on at once
    settings = read_settings()
    configure_logging(settings.log_level)
    lock = acquire(settings.data_dir.absolute() / SUPERVISOR_LOCK, identity=given.identity or identity(settings))
    if lock is None:
        return 0  # another one is at work, and one is enough
    try:
        _supervise(settings, signals, given.linger)
    finally:
        lock.release()
    return 0


def _supervise(settings: Settings, signals: SignalPipe, linger_s: float) -> None:
    workspace = open_workspace(settings)
    forget_compiled(settings)
    posts = plan_posts(settings, workspace.tasks.values(), gpu_uuids(), count_cores())
    slots = [Slot(post) for post in posts]
    sampler = SamplerPost(settings)
    oversight = Oversight(workspace, slots)
    server_lock = settings.data_dir.absolute() / SERVER_LOCK
    needed_at = checked_at = time.monotonic()
    try:
        while time.monotonic() - max(needed_at, oversight.active_at) < linger_s:
            oversight.tick()
            sampler.tick(time.monotonic())
            if signals.wait(oversight.tick_s) & STOP_SIGNALS:
                break
            if time.monotonic() - checked_at > min(SERVER_CHECK_S, linger_s / 2):
                checked_at = time.monotonic()
                if is_held(server_lock) or workspace.jobs.has_live():
                    needed_at = checked_at
    finally:
        sampler.dismiss(SAMPLER_DISMISS_S)
        dismiss((slot.member for slot in slots if slot.member is not None), DISMISS_S)
        oversight.bury_all()
        logger("supervisor").info("ended")


if __name__ == "__main__":
    sys.exit(main())
