"""What limits the application: findings by rules from measured shares, each with its evidence and what to do.

The rules are in `bottleneck_jobs`, `_answers`, `_machine` and `_gpu`; what they look at in
`bottleneck_view`. A rule that has too few samples says nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from pydantic import Field

from compute.schema import Record
from services.bottleneck_answers import ANSWER_RULES
from services.bottleneck_gpu import GPU_RULES
from services.bottleneck_jobs import JOB_RULES
from services.bottleneck_machine import MACHINE_RULES
from services.bottleneck_records import Bottleneck
from services.bottleneck_view import View, gather_view
from services.operations import Operations

__all__ = ["RULES", "Bottleneck", "Findings", "Recommendation", "find_bottlenecks", "look_for_bottlenecks"]

RULES: tuple[Callable[[View], Iterator[Bottleneck]], ...] = (
    *JOB_RULES,
    *ANSWER_RULES,
    *MACHINE_RULES,
    *GPU_RULES,
)
TOP = 3
_ORDER = {"high": 0, "medium": 1, "low": 2}


class Recommendation(Record):
    """One of the first things to do."""

    action: str
    because: str = Field(description="The findings that it answers.")
    severity: Literal["high", "medium", "low"]


class Findings(Record):
    """What limits the application, the worst first."""

    window: int = Field(description="Seconds back from now.")
    rules: int = Field(description="How many rules were asked.")
    bottlenecks: tuple[Bottleneck, ...]
    recommendations: tuple[Recommendation, ...] = Field(description="The first things to do.")


def look_for_bottlenecks(operations: Operations, window_s: int) -> Findings:
    """Return what is found in the last `window_s` seconds."""
    found = find_bottlenecks(gather_view(operations, window_s))
    return Findings(window=window_s, rules=len(RULES), bottlenecks=found, recommendations=tuple(_recommend(found)))


def find_bottlenecks(view: View) -> tuple[Bottleneck, ...]:
    """Return what all rules find, the worst first: by severity, then by the time that is lost."""
    found = [one for rule in RULES for one in rule(view)]
    return tuple(sorted(found, key=lambda one: (_ORDER[one.severity], -(one.lost_s or 0.0), one.rule, one.subject)))


def _recommend(found: Iterable[Bottleneck]) -> Iterator[Recommendation]:
    """Yield the actions of the worst findings, each once, with all that speaks for it."""
    by_action: dict[str, list[Bottleneck]] = {}
    for one in found:
        by_action.setdefault(one.action, []).append(one)
    for action, reasons in list(by_action.items())[:TOP]:
        because = "; ".join(dict.fromkeys(f"{one.title}: {one.subject}" for one in reasons))
        yield Recommendation(action=action, because=because, severity=reasons[0].severity)
