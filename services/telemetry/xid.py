"""Errors that the driver reports by number (XID), as they come; NVIDIA's guide "XID Errors" tells what each means."""

import ctypes
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from services.logs import logger

WAIT_MS = 1000
_TIMED_OUT = 10
MEANINGS: Mapping[int, str] = {
    13: "a kernel read or wrote where it must not (a fault of the program)",
    31: "a kernel read or wrote memory that is not there (a fault of the program)",
    43: "the GPU stopped work on a program that failed",
    45: "work was cleared away after a program failed",
    48: "memory error that could not be corrected",
    62: "the power management unit of the board failed",
    63: "a row of memory was put out of use",
    64: "a bad row of memory could not be put out of use",
    74: "the link between GPUs failed",
    79: "the GPU fell off the bus",
    92: "many memory errors that were corrected",
    94: "memory error that could be kept to one program",
    95: "memory error that could not be kept to one program",
    119: "the processor that manages the GPU did not answer",
    120: "the processor that manages the GPU failed",
}
CRITICAL = frozenset({48, 62, 64, 74, 79, 95, 119, 120})
OF_PROGRAMS = frozenset({13, 31, 43, 45})


def xid_in_words(number: int) -> str:
    """Return what XID `number` says."""
    return f"XID {number}: {MEANINGS.get(number, 'see the XID errors guide of NVIDIA')}"


class XidWatch:
    """A thread that waits for errors of the given devices and hands them on as (device index, XID)."""

    def __init__(self, nvml: Any, handles: Mapping[int, Any], on_error: Callable[[int, int], None]) -> None:
        self._nvml = nvml
        self._indices = {_address(handle): index for index, handle in handles.items()}
        self._handles = tuple(handles.values())
        self._on_error = on_error
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="xid", daemon=True)

    def start(self) -> None:
        """Begin to wait."""
        self._thread.start()

    def stop(self, timeout_s: float = 2 * WAIT_MS / 1000) -> None:
        """End within about a second, unless the driver hangs; wait for it `timeout_s` seconds."""
        self._is_stopped.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        nvml = self._nvml
        try:
            events = nvml.nvmlEventSetCreate()
            if not sum(self._register(handle, events) for handle in self._handles):
                return
            while not self._is_stopped.is_set():
                self._wait(events)
            with suppress(nvml.NVMLError):
                nvml.nvmlEventSetFree(events)
        except nvml.NVMLError as error:
            logger("sampler").warning("no more errors are reported by the driver", error=str(error))

    def _register(self, handle: Any, events: Any) -> bool:
        with suppress(self._nvml.NVMLError):
            self._nvml.nvmlDeviceRegisterEvents(handle, self._nvml.nvmlEventTypeXidCriticalError, events)
            return True
        return False

    def _wait(self, events: Any) -> None:
        try:
            event = self._nvml.nvmlEventSetWait_v2(events, WAIT_MS)
        except self._nvml.NVMLError as error:
            if error.value == _TIMED_OUT:
                return
            raise
        self._on_error(self._indices.get(_address(event.device), -1), int(event.eventData))


def _address(handle: Any) -> int:
    return ctypes.cast(handle, ctypes.c_void_p).value or 0
