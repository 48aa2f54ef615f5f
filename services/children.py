"""Processes that this one starts: helpers on a line, which end with it, and programs that outlive it."""

import subprocess
import sys
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

from services.environment import child_environment
from services.settings import Settings

LOG_LIMIT_BYTES = 10 * 2**20
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def start_on_line(
    settings: Settings, module: str, *arguments: str
) -> tuple["subprocess.Popen[bytes]", "Connection[Any, Any]"]:
    """Start a module with `--line DESCRIPTOR` and return it with this end of the line.

    It computes with one thread and no GPU, and is leashed: its standard input closes with this process.
    """
    ours, theirs = Pipe()
    descriptor = theirs.fileno()
    popen = subprocess.Popen(
        [sys.executable, "-P", "-m", module, "--line", str(descriptor), *arguments],
        env=child_environment(settings) | dict.fromkeys(_ONE_THREAD, "1") | {"CUDA_VISIBLE_DEVICES": ""},
        pass_fds=[descriptor],
        stdin=subprocess.PIPE,  # the leash
        stdout=subprocess.DEVNULL,
    )
    theirs.close()
    return popen, ours


def launch(settings: Settings, log_file: Path, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start a module that outlives this process, with a log in the data directory that begins anew when it is long."""
    data_dir = settings.data_dir.absolute()
    log = data_dir / log_file
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileNotFoundError):
        if log.stat().st_size > LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as stream:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments],
            env=child_environment(settings),
            cwd=data_dir,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,  # neither the terminal's Ctrl-C nor the death of this process reaches it
        )
