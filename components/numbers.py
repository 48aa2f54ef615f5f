"""Numbers as people read them. Units stand beside them, where the number is shown."""

import math
import re
from collections.abc import Iterable

ABSENT = "–"
THIN_SPACE = "\u202f"
"""Between thousands: a comma is a decimal mark to half of the world."""
_LARGE = 1e7
_SMALL = 1e-4


def significant(value: float | None, digits: int = 4) -> str:
    """Return `value` to about `digits` significant digits, whole parts in full: `1 234`, `0.05678`, `2.1e-09`."""
    if value is None or not math.isfinite(value):
        return ABSENT
    if value == 0:
        return "0"
    size = abs(value)
    if size >= _LARGE or size < _SMALL:
        return f"{value:.{digits - 1}g}"
    decimals = max(0, digits - 1 - math.floor(math.log10(size)))
    return f"{value:,.{decimals}f}".replace(",", THIN_SPACE)


def shown_ms(value: float | None) -> str:
    """Return a time in ms for people: `0.42 ms`, `31 ms`, `2.4 s`."""
    if value is None:
        return ABSENT
    return f"{significant(value / 1000, 3)} s" if value >= 1000 else f"{significant(value, 3)} ms"


def percent(fraction: float | None, decimals: int = 0) -> str:
    """Return a fraction as percent: `94 %`."""
    return ABSENT if fraction is None else f"{100 * fraction:.{decimals}f} %"


def money(amount: float | None) -> str:
    """Return an amount in the currency of the value: whole units, thousands apart, cents where it is small."""
    if amount is None:
        return ABSENT
    return f"{amount:,.{2 if abs(amount) < 100 else 0}f}".replace(",", THIN_SPACE)


def p_value(value: float | None) -> str:
    """Return a p value with its comparison sign: `p = 0.031`, `p < 0.001`."""
    if value is None:
        return f"p {ABSENT}"
    return "p < 0.001" if value < 0.001 else f"p = {value:.2g}" if value < 0.1 else f"p = {value:.2f}"


def axis_format(values: Iterable[float | None]) -> str:
    """Return the d3 format that shows values of this size with four significant digits."""
    size = max((abs(value) for value in values if value is not None and math.isfinite(value)), default=0.0)
    if size == 0 or size >= _LARGE or size < _SMALL:
        return ".4~g"
    return f",.{max(0, 3 - math.floor(math.log10(size)))}f"


_STEP = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?")
_STEP_WORDS = ("year", "month", "week", "day", "hour", "minute", "second")


def step_words(frequency: str | None) -> str:
    """Return an ISO 8601 duration in words: `P1M` as `month`, `PT15M` as `15 minutes`, None as `step`."""
    match = _STEP.fullmatch(frequency) if frequency else None
    if match is None:
        return frequency or "step"
    parts = [
        word if count == "1" else f"{count} {word}s"
        for count, word in zip(match.groups(), _STEP_WORDS, strict=True)
        if count and float(count) > 0
    ]
    return " ".join(parts) or "step"
