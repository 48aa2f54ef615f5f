"""Reading the GPUs beside everything else: a driver that hangs holds up this thread and nothing more.

Whoever watches the sampler sees that the GPUs do not answer any more and replaces the process.
"""

import threading
import time
from dataclasses import dataclass, field

from services.logs import logger
from services.telemetry.nvml import Driver
from services.telemetry.nvml_device import DriverGoneError
from services.telemetry.pcie_rates import PcieRates, with_pcie_rates
from services.telemetry.records import Reading
from services.telemetry.xid import XidWatch, xid_in_words


@dataclass(frozen=True)
class GpuSample:
    """What the GPUs said, when (steady and Unix seconds), and their throttling in groups by device index."""

    reading: Reading
    at: float
    wall: float
    throttling: dict[int, dict[str, float | None]]


@dataclass
class GpuThread:
    """Reads the GPUs every `period_s` seconds; `latest` is what they said last."""

    period_s: float
    asks_pcie: bool = False
    latest: GpuSample | None = None
    is_driver_gone: bool = False
    _errors: list[tuple[int, int]] = field(default_factory=list)
    _xid: XidWatch | None = None
    _pcie: PcieRates | None = None
    _stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin to read."""
        threading.Thread(target=self._run, name="gpus", daemon=True).start()

    def stop(self) -> None:
        """Read no more."""
        self._stopped.set()
        if self._xid is not None:
            self._xid.stop(timeout_s=0.0)
        if self._pcie is not None:
            self._pcie.stop()

    def take_errors(self) -> list[tuple[int, str, int]]:
        """Return the driver's errors since the last call: device index, words and number."""
        errors, self._errors = self._errors, []
        return [(index, xid_in_words(number), number) for index, number in errors]

    def _run(self) -> None:
        driver = Driver()
        due = time.monotonic()
        while not self._stopped.is_set():
            try:
                self._read(driver)
            except DriverGoneError as error:
                logger("sampler").warning("the driver was exchanged", error=str(error))
                self.is_driver_gone = True
                return
            due = max(due + self.period_s, time.monotonic())
            self._stopped.wait(due - time.monotonic())

    def _read(self, driver: Driver) -> None:
        now = time.monotonic()
        reading = driver.read(now)
        if self._pcie is not None:
            reading = with_pcie_rates(reading, self._pcie.rates)
        throttling = {device.index: driver.shares(device.index) for device in reading.devices}
        self.latest = GpuSample(reading, time.monotonic(), time.time(), throttling)
        if reading.available and self._xid is None:
            self._xid = XidWatch(driver.binding, driver.handles(), lambda i, n: self._errors.append((i, n)))
            self._xid.start()
            if self.asks_pcie:
                self._pcie = PcieRates(driver.binding, driver.handles())
                self._pcie.start()
