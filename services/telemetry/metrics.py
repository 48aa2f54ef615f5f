"""What is measured over time: every metric with its unit and what it means. How it is read belongs to others.

The columns of the history, the routes and the charts are drawn from these tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Subject = Literal["host", "device", "process"]


@dataclass(frozen=True)
class Metric:
    """One number that changes with time."""

    name: str
    title: str
    unit: str
    definition: str


HOST = (
    Metric("cpu_percent", "Processor", "%", "Share of all cores' time that was spent working since the last sample."),
    Metric("memory_used_mib", "Memory used", "MiB", "Memory that programs hold and that cannot be had without them."),
    Metric("swap_used_mib", "Swap used", "MiB", "Memory that was moved to disk."),
    Metric("load_1m", "Load", "", "Processes that ran or waited for a core or the disk, averaged over a minute."),
    Metric("disk_free_mib", "Disk free", "MiB", "Free room on the disk of the data directory."),
    Metric("disk_read_mib_s", "Read from disks", "MiB/s", "Read from all disks of this machine."),
    Metric("disk_write_mib_s", "Written to disks", "MiB/s", "Written to all disks of this machine."),
    Metric("jobs_running", "Jobs running", "", "Jobs that a worker was running."),
    Metric("jobs_queued", "Jobs waiting", "", "Jobs that waited for a worker."),
)
_PCIE = "GPUs before Hopper are asked, every 10 s, where LOOKAHEAD_PCIE_RATES is set."
DEVICE = (
    Metric(
        "utilization",
        "Busy time",
        "%",
        "Share of the driver's sample period (1/6 s to 1 s) in which at least one kernel ran. A busy GPU may still use "
        "few of its cores.",
    ),
    Metric("memory_utilization", "Memory busy", "%", "Share of the sample period in which memory was read or written."),
    Metric("memory_used_mib", "Memory used", "MiB", "Memory of the GPU that is taken, by all processes."),
    Metric("temperature_c", "Temperature", "°C", "Temperature of the chip."),
    Metric("power_w", "Power", "W", "Power of the whole board, averaged over a second on most models."),
    Metric("sm_clock_mhz", "Core clock", "MHz", "Clock of the streaming multiprocessors."),
    Metric("memory_clock_mhz", "Memory clock", "MHz", "Clock of the memory."),
    Metric("fan_percent", "Fan", "%", "Speed that the fan is asked for, of its largest."),
    Metric("cores_percent", "Cores at work", "%", "Share of streaming multiprocessors that were busy, over a second."),
    Metric("tensor_percent", "Tensor cores", "%", "Share of a second in which tensor cores worked."),
    Metric("bandwidth_percent", "Memory bandwidth", "%", "Bandwidth of the memory in use, of the largest possible."),
    Metric("pcie_sent_mib_s", "Sent by PCIe", "MiB/s", f"From the GPU to the machine. {_PCIE}"),
    Metric("pcie_received_mib_s", "Received by PCIe", "MiB/s", f"From the machine to the GPU. {_PCIE}"),
    Metric("nvlink_sent_mib_s", "Sent by NVLink", "MiB/s", "To other GPUs, by all links together."),
    Metric("nvlink_received_mib_s", "Received by NVLink", "MiB/s", "From other GPUs, by all links together."),
    Metric(
        "throttle_power", "Power cap", "%", "Share of samples in which clocks were lowered to keep to the power limit."
    ),
    Metric("throttle_thermal", "Heat", "%", "Share of samples in which clocks were lowered because of heat."),
    Metric(
        "throttle_hardware",
        "Hardware brake",
        "%",
        "Share of samples in which the board itself lowered clocks by half or more: heat, power brake or supply.",
    ),
    Metric(
        "throttle_settings", "Settings", "%", "Share of samples in which clocks were held by settings or by other GPUs."
    ),
)
PROCESS = (
    Metric("cpu_percent", "Processor", "%", "Processor time since the last sample; 100 % is one core."),
    Metric("memory_mib", "Memory", "MiB", "Resident memory."),
    Metric("gpu_memory_mib", "GPU memory", "MiB", "Memory held on all GPUs."),
)
METRICS: Mapping[Subject, tuple[Metric, ...]] = {"host": HOST, "device": DEVICE, "process": PROCESS}


def metric(subject: Subject, name: str) -> Metric:
    """Return the metric of that name; KeyError when there is none."""
    return {each.name: each for each in METRICS[subject]}[name]
