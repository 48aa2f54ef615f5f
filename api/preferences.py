"""How long a request wants to wait (RFC 7240), whether it takes an earlier result, and by which key it is repeated."""

import re
from dataclasses import dataclass

from flask import request

from api.errors import ProblemError
from api.operations import Header

DEFAULT_WAIT_S = 30.0
MAX_WAIT_S = 120.0
_WAIT = re.compile(r'wait\s*=\s*"?(\d{1,9})"?')
_KEY = re.compile(r"[\x21-\x7e]{1,100}")

PREFER = Header(
    "Prefer",
    f"`wait=N` waits up to N seconds (0 to {MAX_WAIT_S:.0f}) for the result, `respond-async` not at all. "
    f"Without it the wait is {DEFAULT_WAIT_S:.0f} s.",
    "wait=10",
)
IDEMPOTENCY_KEY = Header(
    "Idempotency-Key",
    "1 to 100 visible characters of your choice. A repeat with the same key and body answers with the first job.",
    "nightly-2025-06-01",
)
CACHE_CONTROL = Header(
    "Cache-Control", "`no-cache` computes anew instead of answering from an earlier result.", "no-cache"
)
APPLIED = {"Preference-Applied": "The preference that was honoured."}


@dataclass(frozen=True)
class Preference:
    """How long to wait, and what to say about it."""

    wait_s: float
    applied: str | None

    @property
    def headers(self) -> dict[str, str]:
        """The header that tells the client which preference was honoured."""
        return {} if self.applied is None else {"Preference-Applied": self.applied}


def read_preference(default_wait_s: float = DEFAULT_WAIT_S) -> Preference:
    """Return what the `Prefer` headers ask; what cannot be understood is ignored, as RFC 7240 demands."""
    preferences = [part.strip().lower() for part in ",".join(request.headers.getlist("Prefer")).split(",")]
    waits = [match.group(1) for part in preferences if (match := _WAIT.fullmatch(part.split(";")[0].strip()))]
    if waits:
        wait_s = min(float(waits[0]), MAX_WAIT_S)
        return Preference(wait_s, f"wait={wait_s:.0f}")
    if "respond-async" in preferences:
        return Preference(0.0, "respond-async")
    return Preference(default_wait_s, None)


def wants_cached() -> bool:
    """False when the client asks to compute anew."""
    return not request.cache_control.no_cache


def read_idempotency_key() -> str | None:
    """Return the key by which this request may be repeated; raise ProblemError when it is malformed."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise ProblemError("unreadable", "Idempotency-Key must be 1 to 100 visible ASCII characters without spaces")
    return key
