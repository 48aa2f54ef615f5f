"""Alerts and rules as the page shows them."""

from components.alerts import AlertRow, RuleRow, told_value
from services.alerts import Alert, AlertState, Rule
from services.alerts.signals import SIGNALS


def alert_row(alert: Alert) -> AlertRow:
    """Return what is shown of an alert."""
    return AlertRow(
        id=alert.id,
        title=alert.title,
        subject=alert.subject,
        severity=alert.severity,
        is_acknowledged=alert.state is AlertState.ACKNOWLEDGED,
        acknowledged_by=alert.acknowledged_by,
        value=alert.value,
        worst=alert.worst,
        threshold=alert.threshold,
        is_above=alert.is_above,
        unit=alert.unit,
        meaning=_meaning(alert.signal),
        action=alert.action,
        started_at=alert.started_at,
        resolved_at=alert.resolved_at,
        resolution=alert.resolution,
        silenced_until=alert.silenced_until,
    )


def rule_row(rule: Rule) -> RuleRow:
    """Return what is shown of a rule."""
    unit = SIGNALS[rule.signal].unit
    back = rule.back
    return RuleRow(
        title=rule.title,
        meaning=_meaning(rule.signal),
        condition=f"{'above' if rule.is_above else 'below'} {told_value(rule.threshold, unit)}",
        clears=f"at {told_value(back, unit)} for {told_value(rule.clear_s, 's')}",
        duration_s=rule.for_s,
        severity=rule.severity,
        is_enabled=rule.enabled,
    )


def _meaning(signal: str) -> str:
    return SIGNALS[signal].meaning if signal in SIGNALS else signal
