"""What a benchmark found: measurements with their checks, spreads and verdicts, and the limits they are held to."""

from typing import Literal

from pydantic import Field

from compute.benchmark.options import KindName, LibraryName, NumberType
from compute.schema import Record

Status = Literal["measured", "failed_the_check", "absent"]
VerdictName = Literal["stable", "noisy", "throttled", "shared"]
ChangeName = Literal["first_run", "as_before", "faster", "slower", "unclear"]


class Machine(Record):
    """What was measured; null where the machine does not say."""

    device: str = Field(description="cpu or cuda:0, as the job's process calls it.")
    name: str = Field(description="Of the processor or the GPU, as the system tells it.")
    driver: str | None = Field(default=None, description="Of the GPU; of processors the kernel of the system.")
    cores: int | None = Field(default=None, description="That the process may use.")
    threads: int | None = Field(default=None, description="That libraries used for one call.")
    memory_mib: float | None = None
    libraries: dict[str, str] = Field(default={}, description="Name and version.")


class Check(Record):
    """Whether an answer was right: nothing counts before that."""

    has_passed: bool
    reference: str = Field(description="What the answer was compared with.")
    error: float | None = Field(default=None, description="Largest deviation; null where it could not be computed.")
    tolerance: float
    unit: str = Field(default="", description="Of error and tolerance; empty: a share.")


class Timing(Record):
    """Times of one call over the repeats, in milliseconds."""

    repeats: int
    calls: int = Field(description="Calls in each repeat; times are of one call.")
    median_ms: float
    iqr_ms: float = Field(description="Interquartile range: the span of the middle half.")
    least_ms: float
    largest_ms: float
    median_low_ms: float = Field(description="Of the median's 95 % interval, by order statistics.")
    median_high_ms: float
    samples_ms: tuple[float, ...] = Field(description="Every repeat, in order.")
    warm_up_calls: int = Field(description="Calls before, which do not count.")
    clock: Literal["wall", "cuda_events"]


class Rate(Record):
    """How much was done per second, at the median time."""

    value: float
    unit: str = Field(description="Such as GFLOP/s, GB/s or plans/s.")
    least: float = Field(description="At the slow end of the middle half.")
    largest: float = Field(description="At its quick end.")
    flop: float | None = Field(default=None, description="Floating-point (or integer) operations of one call.")
    bytes: float | None = Field(default=None, description="That one call must move at least.")
    flop_per_s: float | None = None
    bytes_per_s: float | None = None
    arithmetic_intensity: float | None = Field(default=None, description="Operations per byte.")
    percent_of_peak: float | None = Field(
        default=None, description="Of the measured peak: no table of a maker says what this device can do."
    )
    peak: str | None = Field(default=None, description="Which peak that is; or why there is none.")


class Evidence(Record):
    """What was seen beside the times; null where it could not be read."""

    others_cpu_percent: float | None = Field(
        default=None, description="Time of all cores that others took during the repeats."
    )
    other_jobs: int | None = Field(default=None, description="Most other jobs that ran at the same time.")
    other_gpu_processes: int | None = None
    throttle_reasons: tuple[str, ...] | None = Field(default=None, description="As the driver gives them.")
    clock_mhz: tuple[float, float] | None = Field(default=None, description="Before the first and after the last.")
    temperature: float | None = Field(default=None, description="Highest, in degrees Celsius.")
    power: float | None = Field(default=None, description="Highest, in watts.")


class Verdict(Record):
    """How far a number can be trusted."""

    name: VerdictName
    reasons: tuple[str, ...] = Field(description="Everything that was found, the weightiest first.")
    evidence: Evidence


class Comparison(Record):
    """Against earlier runs of the same measurement on the same device and driver."""

    change: ChangeName
    message: str
    runs: int = Field(description="Earlier runs that it was compared with.")
    median: float | None = Field(default=None, description="Of their rates, in the same unit.")
    change_percent: float | None = None
    threshold_percent: float | None = Field(default=None, description="A smaller change is taken for chance.")


class Probe(Record):
    """One size that was tried to find the right one."""

    size: int
    time_ms: float


class Measurement(Record):
    """One workload in one number type: a rate when its answer was right, else the reason why there is none."""

    kind: KindName
    variant: str = Field(description="Which measurement of its kind: fp32, copy, triad, min_variance, ...")
    title: str
    device: str
    status: Status
    reason: str | None = Field(default=None, description="Why there is no rate.")
    dtype: NumberType | None = None
    library: LibraryName | None = Field(default=None, description="Null: the engine of this application.")
    size: int | None = None
    size_title: str = ""
    is_autotuned: bool = False
    is_at_limit: bool = Field(
        default=False, description="Whether memory or the largest size ended the search before the target time."
    )
    probes: tuple[Probe, ...] = ()
    check: Check | None = None
    timing: Timing | None = None
    rate: Rate | None = None
    verdict: Verdict | None = None
    comparison: Comparison | None = None


class Ceiling(Record):
    """The most that was ever measured of something on this device: a line of the roofline."""

    name: str = Field(description="Such as fp32 or copy.")
    unit: Literal["flop/s", "B/s"]
    value: float
    source: str = Field(description="Where it was measured.")


class RooflinePoint(Record):
    """One measurement on the roofline."""

    measurement: int = Field(description="Place in `measurements`.")
    title: str
    arithmetic_intensity: float
    flop_per_s: float
    ceiling: str = Field(description="Name of the flop/s line it belongs to.")
    attainable_flop_per_s: float = Field(description="Of intensity times bandwidth and the flop/s line, the lower.")
    bound: Literal["compute", "memory"] = Field(description="Which of the two that is.")


class Roofline(Record):
    """Attained operations per second over operations per byte, below measured ceilings."""

    ceilings: tuple[Ceiling, ...]
    points: tuple[RooflinePoint, ...]
    ridges: dict[str, float] = Field(description="Operations per byte from which a flop/s line is what limits.")
    reason: str | None = Field(default=None, description="Why there is none.")


class BenchmarkResult(Record):
    """Everything that was measured."""

    machine: Machine
    measurements: tuple[Measurement, ...]
    roofline: Roofline
    preset: str
    target_ms: float
    memory_mib: int
    seconds: float = Field(description="That the whole benchmark took.")
