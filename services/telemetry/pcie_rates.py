"""What PCIe carries, on GPUs that do not count it themselves: asked seldom and beside all else, for it is dear.

Each question keeps its asker for the 20 ms over which the driver looks, twice per GPU; so only where the settings ask
for it (`LOOKAHEAD_PCIE_RATES`), every ten seconds, in a thread of its own.
"""

import threading
from collections.abc import Mapping
from typing import Any

from services.telemetry.records import Rates, Reading

EVERY_S = 10.0
KB_PER_MIB = 1024  # NVML says KB/s and counts 1024
_SENT, _RECEIVED = 0, 1


class PcieRates:
    """A thread that asks; `rates` is what was said last, by device index."""

    def __init__(self, nvml: Any, handles: Mapping[int, Any], every_s: float = EVERY_S) -> None:
        self._nvml = nvml
        self._handles = dict(handles)
        self._every_s = every_s
        self._is_stopped = threading.Event()
        self.rates: dict[int, Rates] = {}

    def start(self) -> None:
        """Begin to ask."""
        threading.Thread(target=self._run, name="pcie", daemon=True).start()

    def stop(self) -> None:
        """Ask no more."""
        self._is_stopped.set()

    def ask(self) -> None:
        """Ask every device once."""
        self.rates = {index: self._ask(handle) for index, handle in self._handles.items()}

    def _run(self) -> None:
        while not self._is_stopped.is_set():
            self.ask()
            self._is_stopped.wait(self._every_s)

    def _ask(self, handle: Any) -> Rates:
        try:
            sent, received = (self._nvml.nvmlDeviceGetPcieThroughput(handle, way) for way in (_SENT, _RECEIVED))
        except self._nvml.NVMLError:
            return Rates()  # a lost device is judged by those who read it each second
        return Rates(sent_mib_s=sent / KB_PER_MIB, received_mib_s=received / KB_PER_MIB)


def with_pcie_rates(reading: Reading, rates: Mapping[int, Rates]) -> Reading:
    """Return the reading with what was asked, for those devices that did not count it themselves."""
    devices = tuple(
        device
        if device.state == "lost" or device.pcie.rates != Rates() or device.index not in rates
        else device.model_copy(update={"pcie": device.pcie.model_copy(update={"rates": rates[device.index]})})
        for device in reading.devices
    )
    return reading.model_copy(update={"devices": devices})
