"""What is known of GPUs and machine at one moment, as frozen records. What was not reported is None, never 0."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from compute.schema import Record

MIB = 2**20


class Memory(Record):
    """Memory in MiB."""

    total: float | None = None
    used: float | None = None
    free: float | None = None

    @classmethod
    def of_bytes(cls, total: int | str, free: int | str, used: int | str) -> "Memory":
        """Return the record of what NVML tells in bytes, in the order in which it does."""
        return cls(total=float(total) / MIB, used=float(used) / MIB, free=float(free) / MIB)


class Clocks(Record):
    """Clocks in MHz: of the streaming multiprocessors and of the memory, and the largest they can be."""

    sm: float | None = None
    memory: float | None = None
    sm_max: float | None = None
    memory_max: float | None = None


class Rates(Record):
    """What a link carries, in MiB a second."""

    sent_mib_s: float | None = Field(default=None, description="From the GPU.")
    received_mib_s: float | None = Field(default=None, description="To the GPU.")


class Activity(Record):
    """How much of a GPU is at work, over about a second, in percent: by its own counters (GPM; Hopper and newer)."""

    cores: float | None = Field(default=None, description="Streaming multiprocessors that were busy.")
    occupancy: float | None = Field(default=None, description="Warps at work, of the most that fit.")
    tensor: float | None = Field(default=None, description="Time in which tensor cores worked.")
    memory_bandwidth: float | None = Field(default=None, description="Bandwidth of the memory in use, of the largest.")


class Pcie(Record):
    """The link to the machine: generation and width in lanes, now and at most."""

    generation: int | None = None
    width: int | None = None
    generation_max: int | None = None
    width_max: int | None = None
    replays: int | None = None
    """Transfers that had to be repeated, since the driver was loaded."""
    rates: Rates = Rates()


class Ecc(Record):
    """Memory errors since the driver was loaded."""

    corrected: int | None = None
    uncorrected: int | None = None


class GpuProcess(Record):
    """A process that holds a GPU, and what it does for us, if it is ours."""

    pid: int
    name: str | None = None
    type: Literal["compute", "graphics"] = "compute"
    memory_mib: float | None = None
    utilization: float | None = Field(default=None, description="Busy time in percent that this process caused.")
    worker: str | None = Field(default=None, description="Our worker that this process is.")
    job_id: str | None = None
    job_kind: str | None = None
    owner: str | None = None


class MigDevice(Record):
    """A part of a GPU that is used like a GPU of its own."""

    uuid: str
    name: str | None = None
    memory: Memory = Memory()
    activity: Activity = Activity()
    """Of the instance of the GPU that the part belongs to, and maybe others."""


class Device(Record):
    """One GPU."""

    index: int
    uuid: str
    name: str | None = None
    state: Literal["ok", "lost"] = "ok"
    reason: str | None = Field(default=None, description="Why the device does not answer.")
    compute_capability: str | None = None
    pci_bus: str | None = None
    memory: Memory = Memory()
    utilization: float | None = Field(default=None, description="Busy time in percent.")
    memory_utilization: float | None = Field(default=None, description="Time in percent that memory was busy.")
    temperature: float | None = Field(default=None, description="In degrees Celsius.")
    power: float | None = Field(default=None, description="In watts.")
    power_limit: float | None = Field(default=None, description="In watts.")
    energy_kwh: float | None = Field(default=None, description="Used since the driver was loaded.")
    fan: float | None = Field(default=None, description="In percent of its largest speed.")
    performance_state: int | None = Field(default=None, description="0 is the fastest, 15 the slowest.")
    clocks: Clocks = Clocks()
    throttle_reasons: tuple[str, ...] | None = Field(
        default=None, description="Why clocks are lower than they could be."
    )
    pcie: Pcie = Pcie()
    nvlink: Rates = Field(default=Rates(), description="Of all links to other GPUs together.")
    activity: Activity = Activity()
    ecc: Ecc = Ecc()
    mig: bool | None = Field(default=None, description="Whether the device is cut into parts.")
    mig_devices: tuple[MigDevice, ...] = ()
    processes: tuple[GpuProcess, ...] | None = None
    processes_reliable: bool = Field(
        default=True, description="False when the driver's list of processes contradicts itself and cannot be trusted."
    )
    not_reported: tuple[str, ...] = Field(default=(), description="Fields that this device does not report.")


class Host(Record):
    """The machine itself."""

    cpu: float | None = Field(default=None, description="Busy share of all cores in percent; null at the first look.")
    cores: int
    load_1m: float | None = None
    memory: Memory
    swap_used_mib: float | None = None
    disk_total_mib: float | None = None
    disk_free_mib: float | None = None
    disk_read_mib_s: float | None = None
    disk_write_mib_s: float | None = None


class WorkerLoad(Record):
    """One of our worker processes."""

    pid: int
    worker: str
    post: str = Field(description="The place it fills: cpu-1, gpu-0.")
    cpu: float | None = Field(default=None, description="In percent of one core.")
    memory_mib: float | None = None
    gpu_memory_mib: float | None = None
    job_id: str | None = None
    job_kind: str | None = None
    owner: str | None = None


class Jobs(Record):
    """How many jobs there are just now."""

    running: int
    queued: int


class HistoryState(Record):
    """Whether samples are being kept."""

    is_kept: bool
    reason: str | None = None
    notice: str | None = Field(default=None, description="What happened to the file, such as that it was damaged.")


class Reading(Record):
    """What the GPUs said at one moment."""

    available: bool
    reason: str | None = Field(default=None, description="Why no GPU can be seen.")
    driver: str | None = None
    cuda: str | None = Field(default=None, description="The newest CUDA that the driver supports.")
    devices: tuple[Device, ...] = ()


class Status(Reading):
    """GPUs, machine, workers and jobs at one moment."""

    host: Host
    workers: tuple[WorkerLoad, ...] = ()
    jobs: Jobs | None = None
    history: HistoryState
    sampled_at: datetime
    gpu_sampled_at: datetime | None = Field(default=None, description="When the GPUs last answered.")
    stale_since: datetime | None = Field(
        default=None, description="Since when there was no news of the GPUs; null while there is."
    )
