"""What a verifier's answer means for a receipt: it has it, it never will, or try again.

Only what can succeed is tried again: no answer, a server's fault, too many requests, an answer that is none, an address
that is wrong. What is refused with a reason stays refused.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any, Literal

from services.proof.posting import Reply

LONGEST_WAIT_S = 3600.0  # a Retry-After of next year is a mistake
REFUSALS = frozenset({400, 413, 415, 422})  # of what is sent; other 4xx are of the address or the moment


class ErrorClass(StrEnum):
    """Where something went wrong."""

    GPU = "gpu"
    """The device that computes."""
    NETWORK = "network"
    SIGNATURE = "signature"
    VALIDATION = "validation"


@dataclass(frozen=True)
class Meaning:
    """What to do with the receipt."""

    do: Literal["accept", "retry", "bury"]
    reason: str
    error_class: ErrorClass | None = None
    wait_s: float | None = None
    """What the server asked for; None: as the configuration says."""
    is_failure_of_server: bool = False
    """Whether the breaker counts it."""
    is_for_all: bool = False
    """Whether every other receipt waits as well."""


def read_reply(reply: Reply, digest_hex: str, now: datetime | None = None) -> Meaning:
    """Return what an answer means for the receipt with this digest."""
    if reply.status == 429 or (reply.status == 503 and reply.retry_after):
        wait_s = _seconds(reply.retry_after, now or datetime.now(UTC))
        said = f"the verifier asks to come back later ({reply.status})"
        is_fault = reply.status == 503
        return Meaning("retry", said, ErrorClass.NETWORK, wait_s, is_failure_of_server=is_fault, is_for_all=True)
    answer = _object(reply)
    if reply.status in REFUSALS:
        return Meaning("bury", _reason(answer, f"refused with {reply.status}"), ErrorClass.VALIDATION)
    if reply.status != 200:
        said = f"{reply.status} is no answer of a verifier; see AGGREGATOR_URL if it stays"
        return Meaning("retry", said, ErrorClass.NETWORK, is_failure_of_server=True)
    if answer is None or not isinstance(answer.get("ok"), bool):
        return Meaning("retry", "the answer is no verdict", ErrorClass.NETWORK, is_failure_of_server=True)
    return _read_verdict(answer, digest_hex)


def _read_verdict(answer: dict[str, Any], digest_hex: str) -> Meaning:
    if answer.get("digest_hex", digest_hex) != digest_hex:
        said = "the verdict is about another receipt"
        return Meaning("retry", said, ErrorClass.NETWORK, is_failure_of_server=True)
    if answer["ok"] and answer.get("sig_ok") is not False and answer.get("work_ok") is not False:
        return Meaning("accept", _reason(answer, "accepted"))
    if answer.get("replay") is True and answer.get("first_digest_hex") == digest_hex:
        return Meaning("accept", "accepted before; that answer was lost on the way")
    is_signature = answer.get("sig_ok") is False
    error_class = ErrorClass.SIGNATURE if is_signature else ErrorClass.VALIDATION
    return Meaning("bury", _reason(answer, "refused without a reason"), error_class)


def _object(reply: Reply) -> dict[str, Any] | None:
    try:
        answer = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _reason(answer: dict[str, Any] | None, otherwise: str) -> str:
    reason = (answer.get("reason") or answer.get("detail")) if answer else None
    return reason[:500] if isinstance(reason, str) and reason else otherwise


def _seconds(retry_after: str | None, now: datetime) -> float | None:
    """Return Retry-After, in seconds or as a date (RFC 9110, section 10.2.3); None for what is neither."""
    if retry_after is None:
        return None
    try:
        wait_s = float(int(retry_after[:20]))
    except ValueError:
        try:
            moment = parsedate_to_datetime(retry_after)
        except (ValueError, OverflowError):
            return None
        wait_s = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return min(max(wait_s, 0.0), LONGEST_WAIT_S)
