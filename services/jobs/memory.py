"""Memory of the process that runs jobs: its limit, its peak, and telling that memory is what ran out."""

import resource
from contextlib import suppress
from pathlib import Path

MIB = 2**20
_PEAK_RESET = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")
_RESET_PEAK = "5"  # see proc(5): resets the high-water mark of resident memory
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
        _PEAK_RESET.write_text(_RESET_PEAK)


def peak_mib() -> float | None:
    """Return the largest resident memory since `reset_peak`, in MiB; None where the system does not tell."""
    with suppress(OSError):
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return None


def is_out_of_memory(error: BaseException) -> bool:
    """True when `error` says that an allocation failed, in whichever words of whichever library."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error) for word in _ALLOCATOR_WORDS)
