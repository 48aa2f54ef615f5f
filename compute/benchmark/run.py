"""A whole benchmark: one workload after the other, then the ceilings, the shares of them, and the roofline."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from compute.benchmark.comparison import Earlier, compare
from compute.benchmark.measuring import Run, SizeError, Watch, Wish, measure
from compute.benchmark.result import Ceiling, Measurement, Probe, Rate, Roofline, Timing
from compute.benchmark.roofline import best_ceilings, ceiling_of, draw_roofline
from compute.benchmark.verdict import judge
from compute.benchmark.workload import Missing, Work, Workload
from compute.job import Report, ignore_progress
from compute.schema import RequestError

MS = 1000.0


def _knows_nothing(_measurement: Measurement) -> Sequence[Earlier]:
    """Know of no earlier run."""
    return ()


@dataclass(frozen=True)
class Setting:
    """What a benchmark is given beside its workloads.

    Attributes
    ----------
    watch : returns what watches one workload on the device it names
    earlier : returns earlier runs of a measurement, newest first
    ceilings : that were measured earlier on this device
    """

    device: str
    watch: Callable[[str], Watch]
    report: Report = ignore_progress
    earlier: Callable[[Measurement], Sequence[Earlier]] = _knows_nothing
    ceilings: Sequence[Ceiling] = ()


def run_benchmark(
    workloads: Sequence[Workload | Missing], wish: Wish, setting: Setting
) -> tuple[tuple[Measurement, ...], Roofline]:
    """Return every measurement in the order of the workloads, and the roofline of the device.

    RequestError where a size was asked for that is none of the workload's, or takes too much memory.
    """
    found: list[Measurement] = []
    count, begun = sum(isinstance(each, Workload) for each in workloads), 0
    for each in workloads:
        found.append(_measurement(each, wish, _part(setting.report, begun, count, each.title), setting.watch))
        begun += isinstance(each, Workload)
    ceilings = best_ceilings(found, setting.ceilings, setting.device)
    shown = tuple(_compared(_with_share(each, ceilings, setting.device), setting) for each in found)
    setting.report(1.0, "done")
    return shown, draw_roofline(shown, ceilings, setting.device)


def _part(report: Report, at: int, count: int, title: str) -> Report:
    return lambda fraction, message: report((at + fraction) / count, f"{title}: {message}")


def _measurement(
    workload: Workload | Missing, wish: Wish, report: Report, make_watch: Callable[[str], Watch]
) -> Measurement:
    facts = {name: getattr(workload, name) for name in ("kind", "variant", "title", "device", "dtype", "library")}
    if isinstance(workload, Missing):
        return Measurement(**facts, status="absent", reason=workload.reason)
    try:
        run = measure(workload, wish, report, make_watch(workload.device))
    except SizeError as error:
        if wish.size is not None:
            raise RequestError.at("size", msg=str(error)) from error
        return Measurement(**facts, status="absent", reason=str(error))
    return Measurement(**facts, **_told(run, workload, wish))


def _told(run: Run, workload: Workload, wish: Wish) -> dict[str, object]:
    told: dict[str, object] = {
        "size": run.found.size,
        "size_title": workload.sizes.title,
        "is_autotuned": wish.size is None,
        "is_at_limit": run.found.is_at_limit,
        "probes": tuple(Probe(size=size, time_ms=time_ms) for size, time_ms in run.found.probes),
        "check": run.check,
    }
    if run.timing is None or run.evidence is None:
        reason = f"the answer was wrong: {run.check.reference} said otherwise, so that its speed does not count"
        return told | {"status": "failed_the_check", "reason": reason}
    is_on_gpu = workload.device != "cpu"
    rate = _rate(run.trial.work, run.timing)
    verdict = judge(run.timing, run.evidence, is_on_gpu=is_on_gpu)
    return told | {"status": "measured", "timing": run.timing, "rate": rate, "verdict": verdict}


def _rate(work: Work, timing: Timing) -> Rate:
    half = timing.iqr_ms / 2
    flop_per_s = None if work.flop is None else work.flop * MS / timing.median_ms
    is_placed = work.flop is not None and work.moved_bytes is not None
    return Rate(
        value=work.amount * MS / timing.median_ms,
        unit=f"{work.unit}/s",
        least=work.amount * MS / (timing.median_ms + half),
        largest=work.amount * MS / max(timing.median_ms - half, timing.least_ms),
        flop=work.flop,
        bytes=work.moved_bytes,
        flop_per_s=flop_per_s,
        bytes_per_s=None if work.moved_bytes is None else work.moved_bytes * MS / timing.median_ms,
        arithmetic_intensity=(work.flop or 0.0) / (work.moved_bytes or 1.0) if is_placed else None,
    )


def _with_share(measurement: Measurement, ceilings: Sequence[Ceiling], device: str) -> Measurement:
    """Return the measurement with its share of the measured peak, or why there is none."""
    rate = measurement.rate
    if rate is None:
        return measurement
    name = ceiling_of(measurement)
    peak = next((each for each in ceilings if each.name == name and measurement.device == device), None)
    per_s = rate.bytes_per_s if measurement.kind == "memory_bandwidth" else rate.flop_per_s
    change: dict[str, object] = {"peak": "nothing was measured that this could be a share of"}
    if peak is not None and per_s is not None:
        change = {"percent_of_peak": 100 * per_s / peak.value, "peak": f"{peak.name}: {peak.source}"}
    return measurement.model_copy(update={"rate": rate.model_copy(update=change)})


def _compared(measurement: Measurement, setting: Setting) -> Measurement:
    return measurement.model_copy(update={"comparison": compare(measurement, setting.earlier(measurement))})
