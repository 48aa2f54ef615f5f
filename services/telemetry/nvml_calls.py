"""Which questions are put to NVML, how often, and how an answer becomes plain numbers.

The recording of a machine (`services.telemetry.recording`) has one line per call of this table, so that what is read is
what can be replayed. What the numbers mean for a device belongs to `nvml_device`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.telemetry.throttling import REASONS_NAME

Plain = tuple[int | str, ...]

FAST_S = 0.0
"""At every sample."""
SLOW_S = 5.0
"""For what is dear to ask or slow to change."""
STATIC_S = 60.0
"""For what changes only when somebody changes it."""
_TEMPERATURE_GPU = 0
_CLOCK_SM, _CLOCK_MEMORY = 1, 2
_CORRECTED, _UNCORRECTED = 0, 1
_SINCE_LOAD = 0


@dataclass(frozen=True)
class Call:
    """One question about one device."""

    name: str
    function: str
    """As NVML and its Python binding call it."""
    every_s: float
    plain: Callable[[Any], Plain]
    arguments: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """What the call is named in a recording: the function and its arguments."""
        return ":".join([self.function, *(str(argument) for argument in self.arguments)])

    def ask(self, nvml: Any, handle: Any) -> Plain:
        """Put the question; raises `nvml.NVMLError` with the driver's code."""
        return self.plain(getattr(nvml, self.function)(handle, *self.arguments))


def _number(value: Any) -> Plain:
    return (int(value),)


def _text(value: Any) -> Plain:
    return (value.decode() if isinstance(value, bytes) else str(value),)


def _pair(value: Any) -> Plain:
    return (int(value[0]), int(value[1]))


def _memory(value: Any) -> Plain:
    return (int(value.total), int(value.free), int(value.used))


def _utilization(value: Any) -> Plain:
    return (int(value.gpu), int(value.memory))


def _pci(value: Any) -> Plain:
    return _text(value.busId)


CALLS = (
    Call("uuid", "nvmlDeviceGetUUID", STATIC_S, _text),
    Call("name", "nvmlDeviceGetName", STATIC_S, _text),
    Call("pci_bus", "nvmlDeviceGetPciInfo", STATIC_S, _pci),
    Call("compute_capability", "nvmlDeviceGetCudaComputeCapability", STATIC_S, _pair),
    Call("power_limit", "nvmlDeviceGetEnforcedPowerLimit", STATIC_S, _number),
    Call("sm_clock_max", "nvmlDeviceGetMaxClockInfo", STATIC_S, _number, (_CLOCK_SM,)),
    Call("memory_clock_max", "nvmlDeviceGetMaxClockInfo", STATIC_S, _number, (_CLOCK_MEMORY,)),
    Call("pcie_generation_max", "nvmlDeviceGetMaxPcieLinkGeneration", STATIC_S, _number),
    Call("pcie_width_max", "nvmlDeviceGetMaxPcieLinkWidth", STATIC_S, _number),
    Call("mig", "nvmlDeviceGetMigMode", STATIC_S, _pair),
    Call("memory", "nvmlDeviceGetMemoryInfo", FAST_S, _memory),
    Call("utilization", "nvmlDeviceGetUtilizationRates", FAST_S, _utilization),
    Call("temperature", "nvmlDeviceGetTemperature", FAST_S, _number, (_TEMPERATURE_GPU,)),
    Call("power", "nvmlDeviceGetPowerUsage", FAST_S, _number),
    Call("sm_clock", "nvmlDeviceGetClockInfo", FAST_S, _number, (_CLOCK_SM,)),
    Call("memory_clock", "nvmlDeviceGetClockInfo", FAST_S, _number, (_CLOCK_MEMORY,)),
    Call(REASONS_NAME, "nvmlDeviceGetCurrentClocksEventReasons", FAST_S, _number),
    Call("energy", "nvmlDeviceGetTotalEnergyConsumption", SLOW_S, _number),
    Call("fan", "nvmlDeviceGetFanSpeed", SLOW_S, _number),
    Call("performance_state", "nvmlDeviceGetPerformanceState", SLOW_S, _number),
    Call("pcie_generation", "nvmlDeviceGetCurrPcieLinkGeneration", SLOW_S, _number),
    Call("pcie_width", "nvmlDeviceGetCurrPcieLinkWidth", SLOW_S, _number),
    Call("pcie_replays", "nvmlDeviceGetPcieReplayCounter", SLOW_S, _number),
    Call("ecc_corrected", "nvmlDeviceGetTotalEccErrors", SLOW_S, _number, (_CORRECTED, _SINCE_LOAD)),
    Call("ecc_uncorrected", "nvmlDeviceGetTotalEccErrors", SLOW_S, _number, (_UNCORRECTED, _SINCE_LOAD)),
)
