"""Whether a rate changed since earlier runs: against their median, by more than their own spread explains."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compute.benchmark.result import Comparison, Measurement, VerdictName

LAST_RUNS = 10
LEAST_CHANGE = 5.0  # percent, below which nobody needs to look
SPREADS = 2.0  # how many interquartile ranges, of this run and of the runs before, a change must exceed
SIMILAR_SIZE = 0.25
DISTURBED: tuple[VerdictName, ...] = ("throttled", "shared")


@dataclass(frozen=True)
class Earlier:
    """One earlier run of the same measurement on the same device and driver."""

    rate: float
    size: int
    verdict: VerdictName


def compare(measurement: Measurement, earlier: Sequence[Earlier]) -> Comparison | None:
    """Return how the rate stands to the last ten comparable runs, newest first; None where there is no rate.

    Undisturbed runs are compared with each other where there are any; a slower run that was itself disturbed is
    `unclear`, since the disturbance may be the reason.
    """
    rate, timing, verdict, size = measurement.rate, measurement.timing, measurement.verdict, measurement.size
    if rate is None or timing is None or verdict is None or size is None:
        return None
    similar = [each for each in earlier if abs(each.size / size - 1) <= SIMILAR_SIZE]
    calm = [each for each in similar if each.verdict not in DISTURBED]
    chosen = (calm or similar)[:LAST_RUNS]
    if not chosen:
        return Comparison(change="first_run", message="the first run of this size on this device and driver", runs=0)
    rates = np.array([each.rate for each in chosen])
    median = float(np.median(rates))
    change = 100 * (rate.value / median - 1)
    between = float(np.subtract(*np.percentile(rates, (75, 25)))) / median
    threshold = max(LEAST_CHANGE, 100 * SPREADS * max(between, timing.iqr_ms / timing.median_ms))
    name = "as_before" if abs(change) <= threshold else "faster" if change > 0 else "slower"
    if name == "slower" and verdict.name in DISTURBED:
        name = "unclear"
    return Comparison.model_validate(
        {
            "change": name,
            "message": _message(name, change, len(chosen), verdict.name),
            "runs": len(chosen),
            "median": median,
            "change_percent": change,
            "threshold_percent": threshold,
        }
    )


def _message(name: str, change: float, runs: int, verdict: VerdictName) -> str:
    before = f"the median of the last {runs} runs" if runs > 1 else "the run before"
    if name == "as_before":
        return f"as {before}: {change:+.1f} %, which is within the spread"
    told = f"{abs(change):.1f} % {'faster' if change > 0 else 'slower'} than {before}"
    if name == "unclear":
        return f"{told}; but this run was {verdict}, which may be why: repeat it undisturbed"
    return f"{told}: a regression" if name == "slower" else told
