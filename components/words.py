"""Machine values in the words of people: sampling frequencies, formats, times, counts. Numbers are in `numbers`."""

import re
from typing import Final

from components.numbers import THIN_SPACE, step_words

_ADVERBS: Final = {
    "year": "yearly", "month": "monthly", "3 months": "quarterly", "week": "weekly", "7 days": "weekly", "day": "daily",
    "hour": "hourly",
}  # fmt: skip
_CODES: Final = {
    "%Y": "YYYY", "%y": "YY", "%m": "MM", "%d": "DD", "%H": "hh", "%I": "hh", "%M": "mm", "%S": "ss", "%f": "ffffff",
    "%b": "Mon", "%B": "Month", "%p": "AM/PM", "%z": "+hh:mm", "%j": "day of year",
}  # fmt: skip


def frequency_words(duration: str | None) -> str:
    """Return an ISO 8601 duration of one step as `monthly` or `every 5 minutes`; `irregular` for None."""
    if duration is None:
        return "irregular"
    step = step_words(duration)
    return _ADVERBS.get(step, f"every {step}")


def time_words(moment: str | None) -> str:
    """Return an ISO 8601 time without what carries nothing: midnight, zero seconds, the T, the UTC mark."""
    if moment is None:
        return "–"
    text = re.sub(r"(?:Z|\+00:00)$", "", str(moment)).replace("T", " ")
    text = re.sub(r"\.0+$", "", text)
    return re.sub(r" 00:00(?::00)?$|(?<=:\d\d):00$", "", text)


def format_words(time_format: str | None) -> str:
    """Return a strftime pattern as people write it: `%d.%m.%Y` as `DD.MM.YYYY`; words stay as they are."""
    text = time_format or "ISO 8601"
    for code, letters in _CODES.items():
        text = text.replace(code, letters)
    return text


def count_words(count: int, noun: str) -> str:
    """Return `1 row`, `1 204 rows`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}".replace(",", THIN_SPACE)
