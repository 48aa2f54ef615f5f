"""Finding the size whose attempt takes the wanted time: measured at some sizes, interpolated between them."""

import statistics
from collections.abc import Callable, Sequence

from pydantic import ValidationError
from sqlalchemy import Engine, delete, insert, select

from compute.proof.receipt import MAX_SIZE, Sizes
from compute.schema import Record
from services.proof.table import TUNINGS, create_tables

REPEATS = 3
MULTIPLE = 16  # sizes are rounded down to it: odd ones are slower everywhere
DRIFT = 0.3
RECENT = 15  # attempts whose median is compared with what was measured
MIB = 2**20

Measure = Callable[[Sizes], float]


class Measured(Record):
    """One point of the curve."""

    sizes: Sizes
    time_ms: float


class Tuning(Record):
    """What was measured, and what was chosen."""

    curve: tuple[Measured, ...]
    """From the fastest to the slowest preset."""
    target_ms: float
    asked: str = ""
    """What it was measured for: protocol, target, memory and presets."""
    chosen: Sizes
    expected_ms: float


def tune(measure: Measure, presets: Sequence[Sizes], target_ms: float, memory_mib: float) -> Tuning:
    """Return the size that takes `target_ms`, within the memory and no larger than the largest preset.

    `measure` returns the milliseconds of one attempt. Each preset is warmed up and measured three times; presets that
    take more memory, or come after one that took twice the target, are left out.
    """
    fitting = [sizes for sizes in presets if memory_of(sizes) <= memory_mib * MIB] or [min(presets, key=memory_of)]
    curve: list[Measured] = []
    for sizes in sorted(fitting, key=lambda each: each.multiplications):
        measure(sizes)
        curve.append(Measured(sizes=sizes, time_ms=statistics.median(measure(sizes) for _ in range(REPEATS))))
        if curve[-1].time_ms > 2 * target_ms:
            break
    chosen, expected_ms = _interpolate(curve, target_ms)
    return Tuning(curve=tuple(curve), target_ms=target_ms, chosen=chosen, expected_ms=expected_ms)


def memory_of(sizes: Sizes) -> int:
    """Return about how many bytes an attempt takes: matrices, their mixed copies, float32 pieces, v1's shuffle."""
    m, n, k = sizes.m, sizes.n, sizes.k
    return 2 * m * k + 2 * k * n + 2 * n * n + 4 * min(k, 1024) * (min(m, 1024) + n) + 8 * min(m, 1024) * n + 9 * m * n


def has_drifted(tuning: Tuning, recent_ms: Sequence[float]) -> bool:
    """Return whether attempts now take 30 % more or less than when the size was chosen."""
    if len(recent_ms) < RECENT:
        return False
    return abs(statistics.median(recent_ms[-RECENT:]) / tuning.expected_ms - 1) > DRIFT


def _interpolate(curve: Sequence[Measured], target_ms: float) -> tuple[Sizes, float]:
    """Return the size between the two around the target, or the first or last; time goes as a power of the edge."""
    if target_ms <= curve[0].time_ms:
        return curve[0].sizes, curve[0].time_ms
    if target_ms >= curve[-1].time_ms:
        return curve[-1].sizes, curve[-1].time_ms
    after = next(at for at, each in enumerate(curve) if each.time_ms > target_ms)
    low, high = curve[after - 1], curve[after]
    share = (target_ms - low.time_ms) / (high.time_ms - low.time_ms)
    sizes = Sizes(**{name: _between(getattr(low.sizes, name), getattr(high.sizes, name), share) for name in "mnk"})
    growth = high.sizes.multiplications - low.sizes.multiplications
    done = (sizes.multiplications - low.sizes.multiplications) / growth if growth else 0.0
    return sizes, low.time_ms + done * (high.time_ms - low.time_ms)


def _between(low: int, high: int, share: float) -> int:
    """Return the edge whose cube is that share of the way from one cube to the other, rounded down."""
    edge = (low**3 + share * (high**3 - low**3)) ** (1 / 3)
    return max(min(low, high), min(int(edge + 1e-9) // MULTIPLE * MULTIPLE, MAX_SIZE)) or 1


class TuningStore:
    """The last tuning of each device and driver."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        create_tables(engine)

    def get(self, device: str) -> Tuning | None:
        """Return what is known of a device, or None."""
        with self._engine.begin() as connection:
            body = connection.execute(select(TUNINGS.c.body).where(TUNINGS.c.device == device)).scalar_one_or_none()
        try:
            return None if body is None else Tuning.model_validate_json(body)
        except ValidationError:  # of another version: it is measured again
            return None

    def keep(self, device: str, tuning: Tuning) -> None:
        """Keep a tuning in place of the one before."""
        with self._engine.begin() as connection:
            connection.execute(delete(TUNINGS).where(TUNINGS.c.device == device))
            connection.execute(insert(TUNINGS).values(device=device, body=tuning.model_dump_json()))
