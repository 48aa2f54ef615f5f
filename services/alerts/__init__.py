"""Alerts: rules from a file, judged each second, kept, told on pages and by a webhook."""

from services.alerts.desk import AlertDesk
from services.alerts.records import Alert, AlertState, Severity
from services.alerts.rules import Rule

__all__ = ["Alert", "AlertDesk", "AlertState", "Rule", "Severity"]
