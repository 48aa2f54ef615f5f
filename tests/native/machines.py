"""Scripts of machines for the library that answers like NVML."""

from collections.abc import Mapping
from pathlib import Path

MIB = 2**20
UNKNOWN_BYTES = 2**64 - 1

DRIVER = {
    "nvmlSystemGetDriverVersion.-": "0 580.65.06",
    "nvmlSystemGetCudaDriverVersion.-": "0 13000",
}
DATACENTRE = {  # what a healthy datacentre GPU says; it has no fan
    "nvmlDeviceGetName": "0 NVIDIA H100 80GB HBM3",
    "nvmlDeviceGetPciInfo": "0 00000000:1B:00.0",
    "nvmlDeviceGetCudaComputeCapability": "0 9 0",
    "nvmlDeviceGetEnforcedPowerLimit": "0 700000",
    "nvmlDeviceGetMaxClockInfo:1": "0 1980",
    "nvmlDeviceGetMaxClockInfo:2": "0 2619",
    "nvmlDeviceGetMaxPcieLinkGeneration": "0 5",
    "nvmlDeviceGetMaxPcieLinkWidth": "0 16",
    "nvmlDeviceGetCurrPcieLinkGeneration": "0 5",
    "nvmlDeviceGetCurrPcieLinkWidth": "0 8",
    "nvmlDeviceGetPcieReplayCounter": "0 3",
    "nvmlDeviceGetMigMode": "0 0 0",
    "nvmlDeviceGetMemoryInfo": f"0 {81920 * MIB} {71680 * MIB} {10240 * MIB}",
    "nvmlDeviceGetUtilizationRates": "0 45 12",
    "nvmlDeviceGetTemperature:0": "0 51",
    "nvmlDeviceGetPowerUsage": "0 312500",
    "nvmlDeviceGetClockInfo:1": "0 1755",
    "nvmlDeviceGetClockInfo:2": "0 2619",
    "nvmlDeviceGetCurrentClocksEventReasons": "0 4",
    "nvmlDeviceGetTotalEnergyConsumption": "0 7200000000",
    "nvmlDeviceGetPerformanceState": "0 0",
    "nvmlDeviceGetTotalEccErrors:0:0": "0 2",
    "nvmlDeviceGetTotalEccErrors:1:0": "0 0",
    "nvmlDeviceGetComputeRunningProcesses": "0",
    "nvmlDeviceGetGraphicsRunningProcesses": "0",
    "nvmlDeviceGetProcessUtilization": "6",
    "nvmlDeviceRegisterEvents": "0",
    "nvmlGpmQueryDeviceSupport": "0 1",
    "nvmlGpmMetric:2": "0 38.5",
    "nvmlGpmMetric:3": "0 21.25",
    "nvmlGpmMetric:5": "0 30",
    "nvmlGpmMetric:10": "0 12.5",
    "nvmlGpmMetric:20": "0 120.5",
    "nvmlGpmMetric:21": "0 240",
    "nvmlGpmMetric:60": "0 1000",
    "nvmlGpmMetric:61": "0 2000",
}


class Machine:
    """The script that the library reads; changing it changes the world at the next call."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: dict[str, str] = {}

    def has(self, count: int) -> "Machine":
        """Give the machine `count` healthy devices."""
        self._lines = {**DRIVER, "nvmlDeviceGetCount.-": f"0 {count}"}
        for index in range(count):
            self._lines[f"nvmlDeviceGetUUID.{index}"] = f"0 GPU-{index:08d}"
            self._lines |= {f"{key}.{index}": answer for key, answer in DATACENTRE.items()}
        return self._write()

    def says(self, lines: Mapping[str, str]) -> "Machine":
        """Change answers: key to `code value...`."""
        self._lines |= lines
        return self._write()

    def loses(self, index: int) -> "Machine":
        """Let every question about a device be answered with 15, GPU is lost."""
        lost = {key: "15" for key in self._lines if key.endswith(f".{index}") and not key.startswith("event")}
        return self.says({**lost, f"nvmlDeviceGetHandleByIndex.{index}": "15"})

    def is_cut(self, index: int, parts: int) -> "Machine":
        """Cut a device into parts, as MIG does: busy time and processes are no longer told."""
        self.says({f"nvmlDeviceGetMigMode.{index}": "0 1 1", f"nvmlDeviceGetMaxMigDeviceCount.{index}": "0 7"})
        for name in ("UtilizationRates", "ProcessUtilization", "ComputeRunningProcesses", "GraphicsRunningProcesses"):
            self.says({f"nvmlDeviceGet{name}.{index}": "3"})
        for part in range(parts):
            self.says(
                {
                    f"nvmlDeviceGetUUID.{index}/{part}": f"0 MIG-{index}-{part}",
                    f"nvmlDeviceGetName.{index}/{part}": "0 NVIDIA H100 MIG 1g.10gb",
                    f"nvmlDeviceGetMemoryInfo.{index}/{part}": f"0 {9856 * MIB} {9756 * MIB} {100 * MIB}",
                }
            )
        return self

    def _write(self) -> "Machine":
        text = "".join(f"{key} = {answer}\n" for key, answer in self._lines.items())
        fresh = self.path.with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(self.path)  # whoever reads just now reads one or the other
        return self
