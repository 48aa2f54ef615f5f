"""The roofline (Williams, Waterman and Patterson 2009): what was attained, below ceilings that were measured here."""

from collections.abc import Mapping, Sequence

from compute.benchmark.result import Ceiling, Measurement, Roofline, RooflinePoint

BANDWIDTH = "bandwidth"
MS = 1000.0


def best_ceilings(measurements: Sequence[Measurement], earlier: Sequence[Ceiling], device: str) -> list[Ceiling]:
    """Return the highest rate of each name: of one repeat of this run, or of an earlier one on the same device."""
    best: dict[str, Ceiling] = {}
    for each in (*earlier, *_own_ceilings(measurements, device)):
        if each.name not in best or each.value > best[each.name].value:
            best[each.name] = each
    return list(best.values())


def draw_roofline(measurements: Sequence[Measurement], ceilings: Sequence[Ceiling], device: str) -> Roofline:
    """Return where each measurement with counted operations and bytes stands."""
    by_name = {ceiling.name: ceiling.value for ceiling in ceilings}
    bandwidth = by_name.get(BANDWIDTH)
    if bandwidth is None:
        reason = "no bandwidth was measured on this device yet; measure memory_bandwidth"
        return Roofline(ceilings=tuple(ceilings), points=(), ridges={}, reason=reason)
    points = [_point(at, each, by_name, bandwidth) for at, each in enumerate(measurements) if each.device == device]
    ridges = {each.name: each.value / bandwidth for each in ceilings if each.unit == "flop/s"}
    return Roofline(ceilings=tuple(ceilings), points=tuple(filter(None, points)), ridges=ridges)


def peak_rate(measurement: Measurement) -> float | None:
    """Return the rate of the quickest repeat, in flop/s for products, in B/s for memory; None where nothing counts."""
    rate, timing = measurement.rate, measurement.timing
    if rate is None or timing is None:
        return None
    per_s = rate.bytes_per_s if measurement.kind == "memory_bandwidth" else rate.flop_per_s
    return None if per_s is None else per_s * timing.median_ms / timing.least_ms


def ceiling_of(measurement: Measurement) -> str | None:
    """Return the name of the ceiling that a measurement raises and is a share of: a number type's, or the memory's.

    Convolutions count: where one needs fewer operations than are counted (Winograd's), it is the highest there is.
    """
    if measurement.kind in ("matrix_multiply", "convolution"):
        return measurement.dtype
    is_memory = measurement.kind == "memory_bandwidth" and measurement.variant in ("copy", "triad")
    return BANDWIDTH if is_memory else None


def _own_ceilings(measurements: Sequence[Measurement], device: str) -> list[Ceiling]:
    found = []
    for each in measurements:
        name, value = ceiling_of(each), peak_rate(each)
        if name is not None and value is not None and each.device == device:
            source = f"quickest repeat of {each.title[0].lower()}{each.title[1:]}, {each.size_title} {each.size}"
            found.append(Ceiling(name=name, unit="B/s" if name == BANDWIDTH else "flop/s", value=value, source=source))
    return found


def _point(at: int, each: Measurement, ceilings: Mapping[str, float], bandwidth: float) -> RooflinePoint | None:
    rate = each.rate
    if rate is None or rate.arithmetic_intensity is None or rate.flop_per_s is None:
        return None
    name = each.dtype or "fp32"  # the triad counts in single precision
    by_memory = rate.arithmetic_intensity * bandwidth
    by_units = ceilings.get(name)
    is_memory = by_units is None or by_memory < by_units
    return RooflinePoint(
        measurement=at,
        title=each.title,
        arithmetic_intensity=rate.arithmetic_intensity,
        flop_per_s=rate.flop_per_s,
        ceiling=name,
        attainable_flop_per_s=by_memory if by_units is None else min(by_memory, by_units),
        bound="memory" if is_memory else "compute",
    )
