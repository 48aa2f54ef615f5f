"""The driver as NVML tells of it: whether there is one, why not, and all its devices. Without a GPU the reason is said.

Used in the sampler's process alone: a driver that hangs must hang nobody else.
"""

from contextlib import suppress
from typing import Any

from services.telemetry.nvml_codes import DRIVER_GONE, LOST
from services.telemetry.nvml_device import DeviceLostError, DeviceReader, DriverGoneError
from services.telemetry.records import Device, Reading
from services.telemetry.throttling import group_shares

LOOK_AGAIN_S = 60.0  # for a driver that was not there
LOST_AGAIN_S = 10.0  # for a device that was lost
_NO_DRIVER = {
    12: "the library of the NVIDIA driver (libnvidia-ml.so.1) is not installed",
    9: "the NVIDIA driver is installed but its kernel module is not loaded",
    18: "the library of the NVIDIA driver and its kernel module are of different versions; restart the machine",
    4: "this user may not speak to the NVIDIA driver",
    15: "the driver lost the GPU; look into the kernel's log, and reset it or restart",
}
NO_BINDING = "the Python package nvidia-ml-py is not installed"
NO_DEVICE = "the NVIDIA driver works but sees no GPU"


class Driver:
    """NVML, opened when it can be, looked for again when it cannot."""

    def __init__(self) -> None:
        self._nvml: Any = None
        self._reason = ""
        self._next_look = float("-inf")
        self._versions: tuple[str | None, str | None] = (None, None)
        self._devices: list[DeviceReader | None] = []
        self._known: dict[int, Device] = {}
        self._lost: dict[int, tuple[str, float]] = {}

    @property
    def binding(self) -> Any:
        """The opened binding (module `pynvml`), or None while there is no driver."""
        return self._nvml

    def read(self, now: float) -> Reading:
        """Return what all devices say at `now` (steady seconds); DriverGoneError when it was exchanged."""
        if self._nvml is None and now >= self._next_look:
            self._next_look = now + LOOK_AGAIN_S
            self._open()
        if self._nvml is None:
            return Reading(available=False, reason=self._reason)
        devices = tuple(self._read_device(index, now) for index in range(len(self._devices)))
        driver, cuda = self._versions
        if not devices:
            return Reading(available=False, reason=NO_DEVICE, driver=driver, cuda=cuda)
        return Reading(available=True, driver=driver, cuda=cuda, devices=devices)

    def handles(self) -> dict[int, Any]:
        """Return the handle of every device that was found, by index."""
        return {index: reader.handle for index, reader in enumerate(self._devices) if reader is not None}

    def shares(self, index: int) -> dict[str, float | None]:
        """Return the throttling of one device in groups, as the history keeps it."""
        reader = self._devices[index]
        return group_shares(None if reader is None or index in self._lost else reader.reasons)

    def _open(self) -> None:
        try:
            import pynvml
        except ImportError:
            self._reason = NO_BINDING
            return
        try:
            pynvml.nvmlInit()
        except pynvml.NVMLError as error:
            self._reason = _NO_DRIVER.get(error.value, f"the NVIDIA driver does not start: {error}")
            return
        self._nvml = pynvml
        cuda = self._say(
            lambda: f"{(version := pynvml.nvmlSystemGetCudaDriverVersion()) // 1000}.{version % 1000 // 10}"
        )
        self._versions = (self._say(pynvml.nvmlSystemGetDriverVersion), cuda)
        count = self._say(pynvml.nvmlDeviceGetCount) or 0
        self._devices = [None] * int(count)  # each is opened when it is first read

    def _say(self, ask: Any) -> Any:
        with suppress(self._nvml.NVMLError):
            return ask()
        return None

    def _reader(self, index: int) -> DeviceReader:
        try:
            return DeviceReader(self._nvml, index, self._nvml.nvmlDeviceGetHandleByIndex(index))
        except self._nvml.NVMLError as error:
            if error.value in DRIVER_GONE:
                raise DriverGoneError(str(error)) from error
            if error.value in LOST:
                raise DeviceLostError(_NO_DRIVER[15]) from error
            raise DeviceLostError(f"the driver does not give access to it: {error}") from error

    def _read_device(self, index: int, now: float) -> Device:
        reason, again = self._lost.get(index, ("", now))
        if now < again:
            return self._lost_device(index, reason)
        try:
            reader = (None if index in self._lost else self._devices[index]) or self._reader(index)
            device = reader.read(now)
        except DeviceLostError as error:
            self._lost[index] = (str(error), now + LOST_AGAIN_S)
            return self._lost_device(index, str(error))
        self._devices[index] = reader
        self._lost.pop(index, None)
        self._known[index] = device
        return device

    def _lost_device(self, index: int, reason: str) -> Device:
        """Return a device of which only what it was is known; what it does is not."""
        known = self._known.get(index)
        facts = {"uuid": f"unknown-{index}"} if known is None else {"uuid": known.uuid, "name": known.name}
        return Device(index=index, state="lost", reason=reason, **facts)
