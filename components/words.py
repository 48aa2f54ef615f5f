"""Machine values in the words of people: sampling frequencies, sizes, times."""

import re
from typing import Final

_DURATION: Final = re.compile(
    r"P(?:(?P<year>\d+)Y)?(?:(?P<month>\d+)M)?(?:(?P<week>\d+)W)?(?:(?P<day>\d+)D)?"
    r"(?:T(?:(?P<hour>\d+)H)?(?:(?P<minute>\d+)M)?(?:(?P<second>\d+(?:\.\d+)?)S)?)?"
)
_ADVERBS: Final = {
    ("year", 1): "yearly",
    ("month", 1): "monthly",
    ("month", 3): "quarterly",
    ("week", 1): "weekly",
    ("day", 7): "weekly",
    ("day", 1): "daily",
    ("hour", 1): "hourly",
}


def frequency_words(duration: str | None) -> str:
    """Return an ISO 8601 duration of one step as `monthly` or `every 5 minutes`; `irregular` for None."""
    if duration is None:
        return "irregular"
    match = _DURATION.fullmatch(duration)
    parts = [(unit, float(count)) for unit, count in match.groupdict().items() if count] if match else []
    if not parts:
        return duration
    if len(parts) == 1:
        unit, count = parts[0]
        return _ADVERBS.get((unit, int(count))) or f"every {_count(unit, count)}"
    return "every " + " ".join(_count(unit, count) for unit, count in parts)


def time_words(moment: str | None) -> str:
    """Return an ISO 8601 time without what carries nothing: midnight, zero seconds, the T, the UTC mark."""
    if moment is None:
        return "–"
    text = re.sub(r"(?:Z|\+00:00)$", "", str(moment)).replace("T", " ")
    text = re.sub(r"\.0+$", "", text)
    return re.sub(r" 00:00(?::00)?$|(?<=:\d\d):00$", "", text)


def count_words(count: int, noun: str) -> str:
    """Return `1 row`, `1 204 rows`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}".replace(",", "\u202f")


def _count(unit: str, count: float) -> str:
    return unit if count == 1 else f"{count:g} {unit}s"
