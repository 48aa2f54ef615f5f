"""Where alerts are looked after: judged each second, kept, acknowledged, silenced, and told to the webhook."""

import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from services.alerts.judging import Change, Judge, Key
from services.alerts.records import Alert, AlertState
from services.alerts.rules import Rule, RuleBook
from services.alerts.signals import SIGNALS, Measured, SignalReader
from services.alerts.store import AlertStore
from services.alerts.webhook import Event, Webhook
from services.logs import logger

FORGET_S = 3600.0
HISTORY = 200


class AlertDesk:
    """The alerts of one server. `wall` tells the time of day, `steady` never jumps."""

    def __init__(
        self,
        measured: Measured,
        webhook: Webhook | None = None,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        folder = measured.workspace.settings.data_dir
        self.signals = SignalReader(measured, steady)
        self.book = RuleBook(folder)
        self.webhook = webhook
        self._store = AlertStore(folder)
        self._judge = Judge()
        self._wall = wall
        self._steady = steady
        self._lock = threading.Lock()
        self._current: dict[str, Alert] = {}
        self._silences: dict[Key, float] = {}  # until when, Unix seconds
        self._forgot_at = float("-inf")
        self.problem: str | None = None
        """Why alerts are not kept just now."""

    def open(self) -> None:
        """Take over what was active before; call it once, before the first `tick`."""
        try:
            alerts = self._store.current()
            self._silences = self._store.silences(self._wall())
        except (sqlite3.Error, ValueError) as error:
            self._note(error)
            return
        with self._lock:
            self._current = {alert.id: alert for alert in alerts}
        self._judge.resume([(alert.rule, alert.subject) for alert in alerts], self._steady())

    def tick(self) -> None:
        """Judge all rules once."""
        self.book.reload()
        changes = self._judge.judge(self.book.rules, self.signals.read(), self._steady())
        by_name = {rule.name: rule for rule in self.book.rules}
        with self._lock:
            changed = [alert for change in changes if (alert := self._apply(change, by_name)) is not None]
        self._keep(*changed)
        self._forget()

    def notices(self) -> tuple[str, ...]:
        """Return what the reader of alerts must know of rules, file and webhook."""
        hook = self.webhook.problem if self.webhook is not None else None
        told = f"the webhook was not told: {hook}" if hook else None
        return tuple(text for text in (self.book.problem, self._store.notice, self.problem, told) if text)

    def current(self) -> tuple[Alert, ...]:
        """Return the alerts that are not over, the newest first, with until when they are silenced."""
        with self._lock:
            alerts = sorted(self._current.values(), key=lambda alert: alert.started_at, reverse=True)
        return tuple(self._with_silence(alert) for alert in alerts)

    def past(self, limit: int = HISTORY) -> tuple[Alert, ...]:
        """Return the alerts that are over, the newest first."""
        try:
            return tuple(self._store.past(limit))
        except (sqlite3.Error, ValueError) as error:
            self._note(error)
            return ()

    def get(self, alert_id: str) -> Alert | None:
        """Return one alert, or None when there is no such alert."""
        found = {alert.id: alert for alert in self.current()}.get(alert_id)
        if found is not None:
            return found
        try:
            return self._store.get(alert_id)
        except (sqlite3.Error, ValueError) as error:
            self._note(error)
            return None

    def acknowledge(self, alert_id: str, by: str) -> Alert | None:
        """Note that somebody sees to it; harmless when it is over. Return the alert."""
        with self._lock:
            alert = self._current.get(alert_id)
            if alert is not None and alert.state is AlertState.ACTIVE:
                about = {"state": AlertState.ACKNOWLEDGED, "acknowledged_at": self._wall(), "acknowledged_by": by}
                alert = self._current[alert_id] = alert.model_copy(update=about)
                self._tell("acknowledge", alert)
        if alert is not None:
            self._keep(alert)
        return self.get(alert_id)

    def silence(self, alert_id: str, seconds: float) -> Alert | None:
        """Tell nobody of this rule and subject for so long; 0 ends a silence. Return the alert."""
        alert = self.get(alert_id)
        if alert is not None:
            until = self._wall() + timedelta(seconds=seconds)
            self._silences[alert.rule, alert.subject] = until.timestamp()
            try:
                self._store.silence(alert.rule, alert.subject, until)
            except sqlite3.Error as error:
                self._note(error)
        return self.get(alert_id)

    def revision(self) -> str:
        """Return what changes whenever readers of pages are to be told something."""
        told = [alert for alert in self.current() if alert.silenced_until is None]
        return " ".join([str(len(told)), *(f"{alert.id}:{alert.state}" for alert in told[:10])])

    def _apply(self, change: Change, rules: dict[str, Rule]) -> Alert | None:
        """Return the alert where something of it has to be kept; the lock is held."""
        if change.kind == "begin":
            alert = _begin(rules[change.rule], change, self._wall())
            self._current[alert.id] = alert
            self._tell("begin", alert)
            return alert
        found = [one for one in self._current.values() if (one.rule, one.subject) == (change.rule, change.subject)]
        for alert in found:
            if change.kind == "end":
                del self._current[alert.id]
                about = {"state": AlertState.RESOLVED, "resolved_at": self._wall(), "resolution": change.why}
                ended = _with_value(alert, change.value).model_copy(update=about)
                self._tell("end", ended)
                return ended
            self._current[alert.id] = _with_value(alert, change.value)
        return None

    def _tell(self, event: Event, alert: Alert) -> None:
        logger("alerts").info("alert", change=event, rule=alert.rule, subject=alert.subject, value=alert.value)
        if self.webhook is not None and self._with_silence(alert).silenced_until is None:
            self.webhook.tell(event, alert)

    def _with_silence(self, alert: Alert) -> Alert:
        until = self._silences.get((alert.rule, alert.subject))
        if until is None or until <= self._wall().timestamp():
            return alert
        return alert.model_copy(update={"silenced_until": datetime.fromtimestamp(until, UTC)})

    def _keep(self, *alerts: Alert) -> None:
        if not alerts and self.problem is None:
            return
        with self._lock:
            unsure = tuple(self._current.values()) if self.problem else ()
        try:
            self._store.put(*unsure, *alerts)
            self.problem = None
        except sqlite3.Error as error:
            self._note(error)

    def _forget(self) -> None:
        if self._steady() - self._forgot_at < FORGET_S:
            return
        self._forgot_at = self._steady()
        try:
            self._store.forget(self._wall())
        except sqlite3.Error as error:
            self._note(error)

    def _note(self, error: Exception) -> None:
        if self.problem is None:
            logger("alerts").warning("alerts are not kept", error=str(error))
        self.problem = f"alerts are not kept just now: {error}"


def _begin(rule: Rule, change: Change, now: datetime) -> Alert:
    assert change.value is not None, "an alert begins by a value"
    return Alert(
        id=uuid.uuid4().hex,
        rule=rule.name,
        subject=change.subject,
        title=rule.title,
        severity=rule.severity,
        state=AlertState.ACTIVE,
        signal=rule.signal,
        unit=SIGNALS[rule.signal].unit,
        value=change.value,
        worst=change.value,
        threshold=rule.threshold,
        is_above=rule.is_above,
        action=rule.action,
        started_at=now,
    )


def _with_value(alert: Alert, value: float | None) -> Alert:
    if value is None:
        return alert
    worst = max(alert.worst, value) if alert.is_above else min(alert.worst, value)
    return alert.model_copy(update={"value": value, "worst": worst})
