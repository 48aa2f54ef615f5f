"""Starting and stopping the worker's process, and its first configuration, for pages and routes."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil

from compute.schema import FieldProblem, RequestError
from services.children import launch
from services.locks import Holder, is_held, read_holder, wait_until
from services.proof.configuration import ConfigError, WorkerConfig, read_config
from services.proof.keys import KEY_FILE, make_key_file, open_signer
from services.proof.prove import config_path, worker_lock
from services.proof.status import StatusStore, WorkerStatus
from services.settings import Settings

LOG_FILE = Path("logs", "prove.log")
START_S = 30.0
STOP_S = 20.0
_started: list["subprocess.Popen[bytes]"] = []  # workers this process started, so that none is left a zombie


def find_worker(settings: Settings, index: int = 0) -> Holder | None:
    """Return the process that runs the worker, or None when none does."""
    return read_holder(worker_lock(settings, index))


def running_workers(settings: Settings) -> tuple[int, ...]:
    """Return the numbers of the workers that run, the smallest first."""
    folder = worker_lock(settings, 0).parent
    found = [path for path in folder.glob("worker-*.lock") if read_holder(path) is not None]
    return tuple(sorted(int(path.stem.removeprefix("worker-")) for path in found))


def start_worker(settings: Settings) -> Holder:
    """Start the worker in a process of its own, unless it runs; return the process.

    Raises RequestError where the configuration cannot be used or the process ended at once.
    """
    config = _usable_config(settings)
    path = worker_lock(settings, config.worker_index)
    found = read_holder(path)
    if found is not None:
        return found
    process = launch(settings, LOG_FILE, "services.proof.prove")
    _started.append(process)
    wait_until(lambda: read_holder(path) is not None or process.poll() is not None, START_S)
    found = read_holder(path)
    if found is None:
        log = settings.data_dir.absolute() / LOG_FILE
        raise RequestError.at(msg=f"the worker did not start; {log} says: {_last_line(log)}")
    return found


def stop_worker(settings: Settings, index: int = 0) -> bool:
    """End the worker gracefully, and by force when it takes too long; False when none ran."""
    path = worker_lock(settings, index)
    process = _process_of(path)
    if process is None:
        return False
    with suppress(psutil.NoSuchProcess):
        process.terminate()
        if not wait_until(lambda: not is_held(path), STOP_S):
            process.kill()
        wait_until(lambda: _is_gone(process), STOP_S)
    return True


def reload_worker(settings: Settings, index: int = 0) -> bool:
    """Have a running worker read its configuration again; False when none runs. Raises RequestError for a bad one."""
    _usable_config(settings)
    process = _process_of(worker_lock(settings, index))
    if process is None:
        return False
    with suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGHUP)
    return True


def read_status(settings: Settings, statuses: StatusStore, index: int = 0) -> WorkerStatus | None:
    """Return what the running worker says of itself; None when none runs or it has not spoken yet."""
    holder = find_worker(settings, index)
    status = statuses.get(index)
    return status if holder is not None and status is not None and status.pid == holder.pid else None


def prepare_here(settings: Settings, url: str) -> WorkerConfig:
    """Make a key and a configuration that sends to `url`, unless there are some; return what is in force."""
    path = config_path(settings)
    if not path.exists():
        key = settings.data_dir.absolute() / KEY_FILE
        make_key_file(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(f"WORKER_KEY_FILE={key}\nAGGREGATOR_URL={url}\n")
        path.chmod(0o600)
    return _usable_config(settings)


def _usable_config(settings: Settings) -> WorkerConfig:
    try:
        config = read_config(config_path(settings))
        open_signer(config)
    except ConfigError as error:
        problems = [FieldProblem(loc=(each.split(":", 1)[0].split("=", 1)[0],), msg=each) for each in error.problems]
        raise RequestError(problems) from error
    return config


def _process_of(path: Path) -> psutil.Process | None:
    holder = read_holder(path)
    return None if holder is None else holder.process()


def _is_gone(process: psutil.Process) -> bool:
    """True when the process ended; it is reaped when it is a child of this one."""
    for child in tuple(_started):
        if child.poll() is not None:
            _started.remove(child)
    return not process.is_running()


def _last_line(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 2000))
            lines = file.read().decode(errors="replace").strip().splitlines()
    except OSError:
        return "nothing"
    return lines[-1][:500] if lines else "nothing"
