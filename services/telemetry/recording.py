"""Writing down what the GPUs of a machine answer, identifiers masked, so that tests elsewhere can replay it.

The file has one line per question, `function[:argument...].device = code value...`; `tests/native/nvml.c` replays it.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from services.telemetry.activity import LEAST_S, OF_ALL_LINKS, RECEIVED_KIB, SENT_KIB, CounterReader
from services.telemetry.nvml_calls import CALLS

HEADER = "# Answers of NVML, recorded by `cli.py gpu record`; UUIDs, bus ids and process numbers are not the real ones."
UNKNOWN_BYTES = 2**64 - 1
_PROCESSES = ("nvmlDeviceGetComputeRunningProcesses", "nvmlDeviceGetGraphicsRunningProcesses")


class NoDriverError(RuntimeError):
    """There is nothing to record."""


def record(span_s: float = LEAST_S) -> Iterator[str]:
    """Yield the lines of a recording of this machine; NoDriverError says why there is none.

    What GPUs count is counted over `span_s` seconds.
    """
    try:
        import pynvml
    except ImportError as error:
        raise NoDriverError("the Python package nvidia-ml-py is not installed") from error
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        raise NoDriverError(f"NVML does not start: {error}") from error
    try:
        yield HEADER
        yield _line(pynvml, "nvmlSystemGetDriverVersion.-", pynvml.nvmlSystemGetDriverVersion)
        yield _line(pynvml, "nvmlSystemGetCudaDriverVersion.-", pynvml.nvmlSystemGetCudaDriverVersion)
        yield _line(pynvml, "nvmlDeviceGetCount.-", pynvml.nvmlDeviceGetCount)
        for index in range(pynvml.nvmlDeviceGetCount()):
            yield from _device(pynvml, index, span_s)
    finally:
        pynvml.nvmlShutdown()


def _device(nvml: Any, index: int, span_s: float) -> Iterator[str]:
    handle = nvml.nvmlDeviceGetHandleByIndex(index)
    for call in CALLS:
        answer = _line(nvml, f"{call.key}.{index}", lambda call=call: call.ask(nvml, handle))
        yield _masked(answer, call.name, index)
    for function in _PROCESSES:
        yield _line(nvml, f"{function}.{index}", lambda name=function: _processes(getattr(nvml, name)(handle)))
    yield from _counters(nvml, handle, index, span_s)
    yield _line(nvml, f"nvmlDeviceRegisterEvents.{index}", lambda: _register(nvml, handle))
    yield _line(nvml, f"nvmlDeviceGetMaxMigDeviceCount.{index}", lambda: nvml.nvmlDeviceGetMaxMigDeviceCount(handle))


def _counters(nvml: Any, handle: Any, index: int, span_s: float) -> Iterator[str]:
    """Yield what the device counts itself, and what its links carry."""
    reader = CounterReader(nvml, handle)
    support = "nvmlGpmQueryDeviceSupport"
    yield _line(nvml, f"{support}.{index}", lambda: nvml.nvmlGpmQueryDeviceSupport(handle).isSupportedDevice)
    with suppress(nvml.NVMLError):
        reader.take()
        time.sleep(span_s)
        for number, value in reader.take().items():
            yield f"nvmlGpmMetric:{number}.{index} = 0 {value:g}"
    for way in (0, 1):
        key = f"nvmlDeviceGetPcieThroughput:{way}.{index}"
        yield _line(nvml, key, lambda way=way: nvml.nvmlDeviceGetPcieThroughput(handle, way))
    for field in (SENT_KIB, RECEIVED_KIB):
        yield _line(nvml, f"nvmlDeviceGetFieldValues:{field}.{index}", lambda field=field: _field(nvml, handle, field))


def _field(nvml: Any, handle: Any, field: int) -> int:
    [answer] = nvml.nvmlDeviceGetFieldValues(handle, [(field, OF_ALL_LINKS)])
    if answer.nvmlReturn:
        raise nvml.NVMLError(answer.nvmlReturn)
    return int(answer.value.ullVal)


def _line(nvml: Any, key: str, ask: Any) -> str:
    """Return the line of one question: the driver's code, and its answer when that is 0."""
    try:
        answer = ask()
    except nvml.NVMLError as error:
        return f"{key} = {error.value}"
    values = answer if isinstance(answer, tuple) else (answer,)
    return " ".join([f"{key} = 0", *(str(value) for value in values)])


def _masked(line: str, name: str, index: int) -> str:
    key, _, answer = line.partition(" = ")
    masks = {"uuid": f"GPU-{index:08d}-0000-0000-0000-000000000000", "pci_bus": f"00000000:{index + 1:02X}:00.0"}
    return f"{key} = 0 {masks[name]}" if name in masks and answer.startswith("0") else line


def _processes(rows: Any) -> tuple[int, ...]:
    """Return numbers of our own instead of the processes' and the memory that each holds."""
    found: list[int] = []
    for position, row in enumerate(rows, 1):
        found += [position, UNKNOWN_BYTES if row.usedGpuMemory is None else int(row.usedGpuMemory)]
    return tuple(found)


def _register(nvml: Any, handle: Any) -> tuple[int, ...]:
    events = nvml.nvmlEventSetCreate()
    try:
        nvml.nvmlDeviceRegisterEvents(handle, nvml.nvmlEventTypeXidCriticalError, events)
    finally:
        nvml.nvmlEventSetFree(events)
    return ()
