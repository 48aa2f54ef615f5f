"""The measurer measured: its medians beside those of torch.utils.benchmark, and how well sizes meet their target.

    python -m benchmarks.measuring

Both time the same product in turn, so that what disturbs one disturbs the other.
"""

import statistics
import time
from time import perf_counter

import torch
from torch.utils.benchmark import Timer

from compute.benchmark.libraries import choose_library
from compute.benchmark.measuring import Wish, measure
from compute.benchmark.options import Preset
from compute.benchmark.result import Evidence
from compute.benchmark.workload import Workload
from compute.benchmark.workloads import matrix_workload
from compute.job import ignore_progress
from services.benchmark.host_watch import HostWatch

TURNS = 9
SIZES = (128, 256, 512, 768)
TARGETS_MS = (5.0, 20.0, 50.0)


class NoWatch:
    """Looks at nothing."""

    def look(self) -> None:
        """Do nothing."""

    def evidence(self) -> Evidence:
        """Return that nothing was seen."""
        return Evidence()


def main() -> None:
    """Print both tables."""
    torch.set_num_threads(1)
    workload = matrix_workload(choose_library("torch", "cpu"), "fp32", 0, perf_counter)
    assert isinstance(workload, Workload), "every processor multiplies fp32"
    print("| edge | ours ms | torch.utils.benchmark ms | ratio of turns: median (middle half) |\n|---|---|---|---|")
    for size in SIZES:
        print(_beside(workload, size))
    print("\n| target ms | size | probes | time ms | CPU s |\n|---|---|---|---|---|")
    for target in TARGETS_MS:
        print(_tuned(workload, target))
    print(f"\none look at the machine: {_look_ms():.2f} ms of CPU")


def _beside(workload: Workload, size: int) -> str:
    ours, theirs = [], []
    for _ in range(TURNS):
        run = measure(workload, Wish(Preset(10.0, 5), 1024, size), ignore_progress, NoWatch())
        assert run.timing is not None, "the product is right"
        ours.append(run.timing.median_ms)
        left, right = torch.rand(size, size) * 2 - 1, torch.rand(size, size) * 2 - 1
        timer = Timer(
            "torch.mm(a, b, out=c)", globals={"torch": torch, "a": left, "b": right, "c": torch.empty_like(left)}
        )
        theirs.append(timer.blocked_autorange(min_run_time=0.05).median * 1000)
    low, middle, high = statistics.quantiles([a / b for a, b in zip(ours, theirs, strict=True)], n=4)
    return (
        f"| {size} | {statistics.median(ours):.3f} | {statistics.median(theirs):.3f} | "
        f"{middle:.2f} ({low:.2f} to {high:.2f}) |"
    )


def _tuned(workload: Workload, target_ms: float) -> str:
    began = time.process_time()
    found = measure(workload, Wish(Preset(target_ms, 3), 1024), ignore_progress, NoWatch()).found
    spent = time.process_time() - began
    return f"| {target_ms:g} | {found.size} | {len(found.probes)} | {found.time_ms:.1f} | {spent:.2f} |"


def _look_ms() -> float:
    watch, began = HostWatch(lambda: 1), time.process_time()
    for _ in range(200):
        watch.look()
    return (time.process_time() - began) * 5


if __name__ == "__main__":
    main()
