"""One GPU as NVML tells of it: every question is tried once and left alone for an hour where it is not answered."""

from typing import Any

import psutil

from services.telemetry.activity import Counted, CounterReader, NvlinkReader
from services.telemetry.mig import MigReader
from services.telemetry.nvml_calls import CALLS, FAST_S, SLOW_S, Call, Plain
from services.telemetry.nvml_codes import DRIVER_GONE, LOST, NOTHING_FOUND, TRY_AGAIN_S, UNANSWERABLE
from services.telemetry.records import MIB, Clocks, Device, Ecc, GpuProcess, Memory, MigDevice, Pcie, Rates
from services.telemetry.throttling import REASONS_NAME, reasons_in_words

MJ_PER_KWH = 3.6e9  # millijoules
_MANY_PROCESSES = 64  # shown per device and kind at most


class DeviceLostError(RuntimeError):
    """The driver no longer reaches the GPU."""


class DriverGoneError(RuntimeError):
    """The driver was unloaded or exchanged; only a fresh process can speak to the new one."""


class DeviceReader:
    """Reads one device, each field no oftener than it is worth."""

    def __init__(self, nvml: Any, index: int, handle: Any) -> None:
        self.handle = handle
        self.reasons: int | None = None
        """The bits of `throttle_reasons`."""
        self._nvml = nvml
        self._index = index
        self._answers: dict[str, Plain] = {}
        self._asked_at: dict[str, float] = {}
        self._refused_at: dict[str, float] = {}
        self._processes: tuple[GpuProcess, ...] | None = None
        self._shares_since = 0
        self._counters = CounterReader(nvml, handle)
        self._nvlinks = NvlinkReader(nvml, handle)
        self._migs = MigReader(nvml, handle)
        self._counted = Counted()
        self._nvlink = Rates()
        self._parts: tuple[MigDevice, ...] = ()

    def read(self, now: float) -> Device:
        """Return what the device says at `now` (seconds of a steady clock); raise when device or driver is gone."""
        for call in CALLS:
            if self._is_due(call.name, call.every_s, now):
                self._take(call, now)
        if self._is_due("processes", SLOW_S, now):
            self._asked_at["processes"] = now
            self._processes = self._read_processes(now)
        self._count_activity(now)
        self._parts = self._read_parts(now)
        return self._device()

    def _is_due(self, name: str, every_s: float, now: float) -> bool:
        if now - self._refused_at.get(name, float("-inf")) < TRY_AGAIN_S:
            return False
        return now - self._asked_at.get(name, float("-inf")) >= every_s

    def _take(self, call: Call, now: float) -> None:
        self._asked_at[call.name] = now
        answer = self._try(call.name, lambda: call.ask(self._nvml, self.handle), now)
        if answer is None:
            self._answers.pop(call.name, None)
        else:
            self._answers[call.name] = answer

    def _try(self, name: str, ask: Any, now: float) -> Any:
        """Return the answer, or None when there is none this time; what is not supported is not asked again soon."""
        try:
            answer = ask()
        except self._nvml.NVMLError as error:
            self._judge(name, int(error.value), now)
            return None
        self._refused_at.pop(name, None)
        return answer

    def _judge(self, name: str, code: int, now: float) -> None:
        if code in DRIVER_GONE:
            raise DriverGoneError(f"NVML answered {code} to {name}")
        if code in LOST:
            raise DeviceLostError("the driver lost the GPU; look into the kernel's log, and reset it or restart")
        if code in UNANSWERABLE:
            self._refused_at[name] = now

    def _device(self) -> Device:
        return Device(
            index=self._index,
            uuid=self._text("uuid") or f"unknown-{self._index}",
            name=self._text("name"),
            compute_capability=self._capability(),
            pci_bus=self._text("pci_bus"),
            memory=_as_memory(self._answers.get("memory")),
            utilization=self._number("utilization"),
            memory_utilization=self._number("utilization", position=1),
            temperature=self._number("temperature"),
            power=self._number("power", 1000),
            power_limit=self._number("power_limit", 1000),
            energy_kwh=self._number("energy", MJ_PER_KWH),
            fan=self._number("fan"),
            performance_state=self._count("performance_state"),
            clocks=Clocks(
                sm=self._number("sm_clock"),
                memory=self._number("memory_clock"),
                sm_max=self._number("sm_clock_max"),
                memory_max=self._number("memory_clock_max"),
            ),
            throttle_reasons=self._throttle_reasons(),
            pcie=Pcie(
                generation=self._count("pcie_generation"),
                width=self._count("pcie_width"),
                generation_max=self._count("pcie_generation_max"),
                width_max=self._count("pcie_width_max"),
                replays=self._count("pcie_replays"),
                rates=self._counted.pcie,
            ),
            nvlink=self._nvlink if "core_activity" in self._refused_at else self._counted.nvlink,
            activity=self._counted.activity,
            ecc=Ecc(corrected=self._count("ecc_corrected"), uncorrected=self._count("ecc_uncorrected")),
            mig=self._is_mig(),
            mig_devices=self._parts,
            processes=self._processes,
            processes_reliable=self._are_processes_reliable(),
            not_reported=tuple(sorted(self._refused_at)),
        )

    def _count_activity(self, now: float) -> None:
        """Read the counters; those of the links alone where there are no others."""
        if self._is_due("core_activity", FAST_S, now):
            self._counted = self._try("core_activity", lambda: self._counters.read(now), now) or Counted()
        if "core_activity" in self._refused_at and self._is_due("nvlink_rates", SLOW_S, now):
            self._asked_at["nvlink_rates"] = now
            self._nvlink = self._try("nvlink_rates", lambda: self._nvlinks.read(now), now) or Rates()

    # ---- parts ----------------------------------------------------------------------------------------------------

    def _throttle_reasons(self) -> tuple[str, ...] | None:
        self.reasons = self._count(REASONS_NAME)
        return None if self.reasons is None else reasons_in_words(self.reasons)

    def _capability(self) -> str | None:
        answer = self._answers.get("compute_capability")
        return None if answer is None else f"{answer[0]}.{answer[1]}"

    def _is_mig(self) -> bool | None:
        mode = self._count("mig")
        return None if mode is None else mode == 1

    def _read_parts(self, now: float) -> tuple[MigDevice, ...]:
        if not self._is_mig():
            return ()
        try:
            return self._migs.read(now)
        except self._nvml.NVMLError as error:
            self._judge("mig_devices", int(error.value), now)
            return ()

    def _read_processes(self, now: float) -> tuple[GpuProcess, ...] | None:
        nvml, handle = self._nvml, self.handle
        shares = self._try("process_utilization", lambda: self._read_shares(), now) or {}
        found: list[GpuProcess] = []
        is_told = False
        for kind, ask in (
            ("compute", nvml.nvmlDeviceGetComputeRunningProcesses),
            ("graphics", nvml.nvmlDeviceGetGraphicsRunningProcesses),
        ):
            rows = self._try(f"{kind}_processes", lambda ask=ask: ask(handle), now)
            is_told |= rows is not None
            for row in (rows or ())[:_MANY_PROCESSES]:
                used = row.usedGpuMemory
                found.append(
                    GpuProcess(
                        pid=row.pid,
                        type="compute" if kind == "compute" else "graphics",
                        memory_mib=None if used is None else used / MIB,
                        utilization=shares.get(row.pid),
                    )
                )
        return tuple(found) if is_told else None

    def _read_shares(self) -> dict[int, float]:
        """Return the busy time in percent by pid since the last look; empty while nothing runs."""
        try:
            samples = self._nvml.nvmlDeviceGetProcessUtilization(self.handle, self._shares_since)
        except self._nvml.NVMLError as error:
            if error.value == NOTHING_FOUND:
                return {}
            raise
        newest = {sample.pid: sample for sample in sorted(samples, key=lambda each: each.timeStamp)}
        self._shares_since = max((sample.timeStamp for sample in newest.values()), default=self._shares_since)
        return {pid: float(sample.smUtil) for pid, sample in newest.items() if sample.smUtil <= 100}

    def _are_processes_reliable(self) -> bool:
        """False when rows are scrambled, as between some drivers and bindings: no such process, or too much memory."""
        total = self._number("memory", MIB) or float("inf")
        return all(psutil.pid_exists(each.pid) and (each.memory_mib or 0.0) <= total for each in self._processes or ())

    # ---- answers --------------------------------------------------------------------------------------------------

    def _number(self, name: str, per: float = 1.0, position: int = 0) -> float | None:
        answer = self._answers.get(name)
        return None if answer is None else float(answer[position]) / per

    def _count(self, name: str) -> int | None:
        answer = self._answers.get(name)
        return None if answer is None else int(answer[0])

    def _text(self, name: str) -> str | None:
        answer = self._answers.get(name)
        return None if answer is None else str(answer[0])


def _as_memory(answer: Plain | None) -> Memory:
    return Memory() if answer is None else Memory.of_bytes(*answer)
