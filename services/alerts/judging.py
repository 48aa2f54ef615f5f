"""When an alert begins and ends: threshold, duration and hysteresis, on a steady clock. Pure: no file, no wall clock.

A value beyond the threshold for `for_s` seconds begins an alert; one that is back for `clear_s` ends it. Between the
two limits nothing changes. A value that is absent changes nothing either, until it has been absent for long.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from services.alerts.rules import Rule
from services.alerts.signals import Value

ABSENT_S = 600.0  # without a value for so long an alert is over: what it was about is gone

Key = tuple[str, str]
"""Rule and subject."""


@dataclass
class _Watch:
    """What is known of one rule and subject. Times are seconds of the steady clock."""

    is_active: bool = False
    beyond_since: float | None = None
    back_since: float | None = None
    seen_at: float = 0.0


class Change(NamedTuple):
    """What happened to one rule and subject."""

    kind: Literal["begin", "update", "end"]
    rule: str
    subject: str
    value: float | None
    why: str = ""


class Judge:
    """Remembers for how long values have been where they are."""

    def __init__(self) -> None:
        self._watches: dict[Key, _Watch] = {}

    def resume(self, keys: Iterable[Key], now: float) -> None:
        """Take alerts over that were active before this process began."""
        for key in keys:
            self._watches[key] = _Watch(is_active=True, seen_at=now)

    def judge(self, rules: Iterable[Rule], values: Iterable[Value], now: float) -> list[Change]:
        """Return what changed at `now`, seconds of the steady clock."""
        by_signal: dict[str, list[Value]] = {}
        for value in values:
            by_signal.setdefault(value.signal, []).append(value)
        changes: list[Change] = []
        judged: set[Key] = set()
        for rule in rules:
            if not rule.enabled:
                continue
            for value in by_signal.get(rule.signal, ()):
                key = (rule.name, value.subject)
                judged.add(key)
                changes += self._judge_one(rule, value, self._watches.setdefault(key, _Watch()), now)
        known = {rule.name for rule in rules if rule.enabled}
        for key in [key for key in self._watches if key not in judged]:
            changes += self._judge_absent(key, is_known=key[0] in known, now=now)
        return changes

    def _judge_one(self, rule: Rule, value: Value, watch: _Watch, now: float) -> list[Change]:
        watch.seen_at = now
        if not watch.is_active:
            if not rule.is_beyond(value.value):
                watch.beyond_since = None
                return []
            watch.beyond_since = now if watch.beyond_since is None else watch.beyond_since
            if now - watch.beyond_since < rule.for_s:
                return []
            watch.is_active, watch.back_since = True, None
            return [Change("begin", rule.name, value.subject, value.value)]
        if not rule.is_back(value.value):
            watch.back_since = None
            return [Change("update", rule.name, value.subject, value.value)]
        watch.back_since = now if watch.back_since is None else watch.back_since
        if now - watch.back_since < rule.clear_s:
            return [Change("update", rule.name, value.subject, value.value)]
        watch.is_active, watch.beyond_since = False, None
        return [Change("end", rule.name, value.subject, value.value, "the value is back")]

    def _judge_absent(self, key: Key, *, is_known: bool, now: float) -> list[Change]:
        watch = self._watches[key]
        watch.beyond_since = None
        if is_known and now - watch.seen_at < ABSENT_S:
            return []
        del self._watches[key]
        if not watch.is_active:
            return []
        why = "nothing was heard of it any more" if is_known else "the rule is gone or switched off"
        return [Change("end", *key, None, why)]
