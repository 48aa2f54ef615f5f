"""Which GPUs there are, for whoever starts workers: asked in a process of its own, since a driver may hang.

    python -m services.gpu

What GPUs do belongs to `services.telemetry`. No process but the workers ever creates a CUDA context.
"""

import ctypes
import subprocess
import sys
from contextlib import suppress

from services.environment import ROOT
from services.logs import logger

GONE_S = 1.0
LIBRARY = "libnvidia-ml.so.1"
PATIENCE_S = 60.0  # a driver that nobody used may take this long to wake eight GPUs


def gpu_uuids(patience_s: float = PATIENCE_S) -> tuple[str, ...]:
    """Return the UUID of every GPU that NVML sees, in NVML's order; empty where there is none, or no answer."""
    if not has_driver():
        return ()
    command = [sys.executable, "-m", "services.gpu"]
    asked = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        answer, _ = asked.communicate(timeout=patience_s)
    except subprocess.TimeoutExpired:
        _leave(asked)
        logger("gpu").warning("the driver of the GPUs does not answer; no worker is started for them")
        return ()
    return tuple(answer.decode().split())


def _leave(asked: "subprocess.Popen[bytes]") -> None:
    """Kill the process, and do not wait long: one that hangs in a driver cannot be killed either."""
    asked.kill()
    with suppress(subprocess.TimeoutExpired):
        asked.wait(GONE_S)
    if asked.stdout is not None:
        asked.stdout.close()


def has_driver() -> bool:
    """True where the driver's library is installed: without it there is nothing to ask."""
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        return False
    return True


def ask_uuids() -> tuple[str, ...]:
    """Return the UUIDs, asked in this very process."""
    try:
        import pynvml
    except ImportError:
        return ()
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return ()
    try:
        handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        return tuple(str(pynvml.nvmlDeviceGetUUID(handle)) for handle in handles)
    except pynvml.NVMLError:
        return ()
    finally:
        with suppress(pynvml.NVMLError):
            pynvml.nvmlShutdown()


if __name__ == "__main__":
    sys.stdout.write("\n".join(ask_uuids()))
