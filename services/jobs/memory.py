"""Memory of the process that runs jobs: its limit, its peak, and telling that memory is what ran out."""

import os
import resource
from contextlib import suppress
from pathlib import Path

import psutil

MIB = 2**20
_PEAK_RESET = "/proc/self/clear_refs"
_RESET_PEAK = b"5"  # see proc(5): resets the high-water mark of resident memory
_ALLOCATOR_WORDS = ("DefaultCPUAllocator", "CUDA out of memory")  # PyTorch raises plain RuntimeErrors of these


def limit_memory(mib: int) -> None:
    """Let allocations beyond `mib` MiB fail, so that Python raises MemoryError before the machine suffers."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = mib * MIB if hard == resource.RLIM_INFINITY else min(mib * MIB, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def lift_memory_limit() -> None:
    """Take the limit back, so that a process which ran out can still say so."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def reset_peak() -> None:
    """Begin a new measurement of `peak_mib`."""
    with suppress(OSError):
        descriptor = os.open(_PEAK_RESET, os.O_WRONLY)
        try:
            os.write(descriptor, _RESET_PEAK)
        finally:
            os.close(descriptor)


def peak_mib() -> float | None:
    """Return the largest resident memory since `reset_peak`, in MiB; None where the system does not tell."""
    return _status_mib(os.getpid(), b"VmHWM")


def own_mib(pid: int) -> float:
    """Return the memory that a process itself fills, in MiB, code from files left out; 0 when it has ended."""
    anonymous, shared = _status_mib(pid, b"RssAnon"), _status_mib(pid, b"RssShmem")
    if anonymous is not None and shared is not None:
        return anonymous + shared
    try:
        return float(psutil.Process(pid).memory_info().rss) / MIB
    except psutil.NoSuchProcess:
        return 0.0


def is_out_of_memory(error: BaseException) -> bool:
    """True when `error` says that an allocation failed, in whichever words of whichever library."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error) for word in _ALLOCATOR_WORDS)


def _status_mib(pid: int, name: bytes) -> float | None:
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_bytes()
        start = status.find(b"\n" + name + b":")
        if start >= 0:
            return int(status[start + len(name) + 2 :].split(None, 1)[0]) / 1024
    return None
