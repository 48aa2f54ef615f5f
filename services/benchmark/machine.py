"""Facts about what is measured: names, versions, cores and threads. None where the machine does not say."""

import os
import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from compute.benchmark.result import Machine
from services.cores import count_cores

MIB = 2**20
CPU_FACTS = Path("/proc/cpuinfo")
LIBRARIES = ("numpy", "torch", "numba")


def read_machine(device: str) -> Machine:
    """Return what is known of `device` (cpu, cuda:0)."""
    return _processor() if device == "cpu" else _gpu(device)


def processor_name() -> str:
    """Return the processor's own name, or what the system calls its architecture."""
    with suppress(OSError):
        for line in CPU_FACTS.read_text("utf-8", "replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _processor() -> Machine:
    return Machine(
        device="cpu",
        name=processor_name(),
        driver=f"{platform.system()} {platform.release()}",
        cores=count_cores(),
        threads=_threads(),
        memory_mib=psutil.virtual_memory().total / MIB,
        libraries=_versions(LIBRARIES),
    )


def _gpu(device: str) -> Machine:
    import torch

    facts = torch.cuda.get_device_properties(device)
    return Machine(
        device=device,
        name=str(facts.name),
        driver=_driver_version(),
        cores=int(facts.multi_processor_count),
        memory_mib=facts.total_memory / MIB,
        libraries=_versions((*LIBRARIES, "cupy")) | {"cuda": str(torch.version.cuda)},
    )


def _driver_version() -> str | None:
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
        told = pynvml.nvmlSystemGetDriverVersion()
    except pynvml.NVMLError:
        return None
    return told.decode() if isinstance(told, bytes) else str(told)


def _threads() -> int:
    """Return how many threads libraries use here: what the process was told, else one per core."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return int(told) if told.isdigit() and int(told) > 0 else count_cores()


def _versions(names: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for name in names:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
