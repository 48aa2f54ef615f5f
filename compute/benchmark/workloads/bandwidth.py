"""Memory: copy and triad (McCalpin's STREAM, 1995), and transfers between host and GPU.

Bytes are counted as STREAM does: what a call reads and what it writes, no more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.benchmark.checks import as_check
from compute.benchmark.libraries import Library
from compute.benchmark.libraries.library import Call
from compute.benchmark.result import Check
from compute.benchmark.workload import Missing, SizeRange, Trial, Work, Workload
from compute.benchmark.workloads.numbers import random_numbers

MIB = 2**20
GIGA = 1e9
ITEM = 4  # bytes of a float32
FACTOR = 3.0
PERIOD = 1_000_003
ONE_ROUNDING = 2.0**-22  # of a product and a sum in single precision, fused or not, as a share of the largest value
SIZES = SizeRange(least=64, most=16_384, multiple=16, title="MiB per array")  # larger than the caches of most machines
TRANSFERS = {"host_to_device": "Transfer, host to GPU", "device_to_host": "Transfer, GPU to host"}


@dataclass(frozen=True)
class _Part:
    """One of the measurements: what is called, how many arrays it moves, what it must come to (None: the first)."""

    variant: str
    title: str
    arrays: int
    make: Callable[[NDArray[np.generic], NDArray[np.generic]], Call]
    operations: int = 0


def bandwidth_workloads(
    library: Library, seed: int, clock: Callable[[], float], sizes: SizeRange = SIZES, where: str = ""
) -> Sequence[Workload]:
    """Return copy and triad of the memory that the library works in; `where` goes into their names."""

    def copy(first: NDArray[np.generic], _second: NDArray[np.generic]) -> Call:
        return library.copy(library.place(first, "fp32"))

    def triad(first: NDArray[np.generic], second: NDArray[np.generic]) -> Call:
        return library.triad(library.place(first, "fp32"), library.place(second, "fp32"), FACTOR)

    of, prefix = (f" of the {where}", f"{where}_") if where else ("", "")
    parts = (
        _Part(f"{prefix}copy", f"Memory copy{of}", 2, copy),
        _Part(f"{prefix}triad", f"Memory triad{of}", 3, triad, operations=2),
    )
    return [_workload(library, part, seed, clock, sizes) for part in parts]


def transfer_workloads(
    library: Library, seed: int, clock: Callable[[], float], sizes: SizeRange = SIZES
) -> Sequence[Workload | Missing]:
    """Return both transfers, from and to pinned memory; on processors, why there are none."""
    if library.device == "cpu":
        reason = "processors work in the host's own memory: there is nothing to transfer"
        return [
            Missing("memory_bandwidth", name, title, "cpu", reason, None, library.name)
            for name, title in TRANSFERS.items()
        ]

    def part(name: str) -> _Part:
        return _Part(name, TRANSFERS[name], 1, lambda first, _second: library.transfers(first)[name])

    return [_workload(library, part(name), seed, clock, sizes) for name in TRANSFERS]


def _workload(library: Library, part: _Part, seed: int, clock: Callable[[], float], sizes: SizeRange) -> Workload:
    def prepare(size: int) -> Trial:
        rng = np.random.default_rng(seed)
        first, second = (_numbers(rng, size * MIB // ITEM) for _ in range(2))
        moved = float(part.arrays * size * MIB)
        flop = float(part.operations * first.size) or None
        return Trial(
            call=part.make(first, second),
            check=lambda found: _check(library, first, second if part.operations else None, found),
            work=Work(moved / GIGA, "GB", flop, moved),
        )

    return Workload(
        kind="memory_bandwidth",
        variant=part.variant,
        title=part.title,
        device=library.device,
        sizes=sizes,
        memory=lambda size: 4.0 * size * MIB,  # the arrays, and the numbers they are made of
        prepare=prepare,
        timer=library.timer(clock),
        dtype=None,
        library=library.name,
        peak="bandwidth" if part.arrays > 1 else None,
    )


def _numbers(rng: np.random.Generator, count: int) -> NDArray[np.generic]:
    """Return so many numbers that begin anew only after a prime number of them: what was moved astray shows."""
    return np.resize(random_numbers(rng, (PERIOD,), "fp32"), count)


def _check(library: Library, first: Any, second: Any | None, found: Any) -> Check:
    """Return whether the array is `first`, or `first + 3 second` to rounding: all of it, not a sample."""
    library.wait()
    array = library.host(found)
    if second is None:
        wrong = float(np.count_nonzero(array != first))
        return as_check(wrong, 0.0, "the source, number by number", unit="wrong numbers")
    error = float(np.abs(array - (first + np.float32(FACTOR) * second)).max()) / (1 + FACTOR)
    return as_check(error, ONE_ROUNDING, "the same sum by NumPy, number by number")
