"""How far a number can be trusted, by what was seen: throttled before shared before noisy before stable."""

from compute.benchmark.result import Evidence, Timing, Verdict, VerdictName

MOST_SPREAD = 0.03  # of IQR to median: what an undisturbed machine stays below
MOST_OTHERS = 5.0  # percent of all cores: what a system does by itself
MOST_SLOWING = 0.1  # of the clock, from the first repeat to the last


def judge(timing: Timing, evidence: Evidence, *, is_on_gpu: bool) -> Verdict:
    """Return the verdict with every reason; on a GPU what others do on the processors does not count."""
    reasons: dict[VerdictName, list[str]] = {
        "throttled": _throttling(evidence),
        "shared": _sharing(evidence, is_on_gpu=is_on_gpu),
        "noisy": _noise(timing),
    }
    worst: VerdictName = next((name for name, found in reasons.items() if found), "stable")
    told = [reason for found in reasons.values() for reason in found]
    return Verdict(
        name=worst, reasons=tuple(told) or (_spread(timing) + ", and nothing disturbed it",), evidence=evidence
    )


def _throttling(evidence: Evidence) -> list[str]:
    told = [f"clocks were held back: {', '.join(evidence.throttle_reasons)}"] if evidence.throttle_reasons else []
    if evidence.clock_mhz is not None and evidence.clock_mhz[1] < evidence.clock_mhz[0] * (1 - MOST_SLOWING):
        told.append(f"the clock fell from {evidence.clock_mhz[0]:.0f} to {evidence.clock_mhz[1]:.0f} MHz")
    return told


def _sharing(evidence: Evidence, *, is_on_gpu: bool) -> list[str]:
    if is_on_gpu:
        others = evidence.other_gpu_processes or 0
        return [f"{others} other processes held the GPU"] if others else []
    told = []
    if evidence.other_jobs:
        told.append(f"{evidence.other_jobs} other jobs ran at the same time")
    if (evidence.others_cpu_percent or 0.0) > MOST_OTHERS:
        told.append(f"others took {evidence.others_cpu_percent:.0f} % of all cores")
    return told


def _noise(timing: Timing) -> list[str]:
    return [_spread(timing)] if timing.iqr_ms > MOST_SPREAD * timing.median_ms else []


def _spread(timing: Timing) -> str:
    return f"the middle half of the repeats spans {100 * timing.iqr_ms / timing.median_ms:.1f} % of the median"
