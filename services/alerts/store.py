"""The kept alerts: `alerts.db` in the data directory. Those that are over are forgotten after ninety days."""

import json
from datetime import datetime
from pathlib import Path

from services.alerts.records import Alert, AlertState
from services.kept_file import KeptFile

FILE = "alerts.db"
KEPT_S = 90 * 24 * 3600
_SCHEMA = """
CREATE TABLE IF NOT EXISTS alerts (id TEXT PRIMARY KEY, started REAL NOT NULL, is_over INTEGER NOT NULL,
  body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS alerts_by_start ON alerts (is_over, started);
CREATE TABLE IF NOT EXISTS silences (rule TEXT, subject TEXT, until REAL NOT NULL, PRIMARY KEY (rule, subject));
"""


class AlertStore:
    """The file of alerts and silences. Raises sqlite3.Error when it cannot be used."""

    def __init__(self, folder: Path) -> None:
        self._file = KeptFile(folder / FILE, _SCHEMA)

    @property
    def notice(self) -> str | None:
        """What befell the file, if anything."""
        return self._file.notice

    def put(self, *alerts: Alert) -> None:
        """Keep alerts, in place of what was kept of them."""
        rows = [
            (one.id, one.started_at.timestamp(), one.state is AlertState.RESOLVED, one.model_dump_json())
            for one in alerts
        ]
        with self._file.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO alerts VALUES (?, ?, ?, ?)", rows)

    def current(self) -> list[Alert]:
        """Return the alerts that are not over, the oldest first."""
        return self._read("WHERE is_over = 0 ORDER BY started")

    def past(self, limit: int) -> list[Alert]:
        """Return alerts that are over, the newest first."""
        return self._read("WHERE is_over = 1 ORDER BY started DESC LIMIT ?", limit)

    def get(self, alert_id: str) -> Alert | None:
        """Return one alert."""
        found = self._read("WHERE id = ?", alert_id)
        return found[0] if found else None

    def silence(self, rule: str, subject: str, until: datetime) -> None:
        """Keep that nobody is told of a rule and subject until then."""
        with self._file.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO silences VALUES (?, ?, ?)", (rule, subject, until.timestamp()))

    def silences(self, now: datetime) -> dict[tuple[str, str], float]:
        """Return until when (Unix seconds) which rules and subjects are silenced."""
        with self._file.reading() as connection:
            rows = connection.execute("SELECT rule, subject, until FROM silences WHERE until > ?", (now.timestamp(),))
            return {(rule, subject): until for rule, subject, until in rows}

    def forget(self, now: datetime) -> None:
        """Delete what is too old."""
        with self._file.writing() as connection:
            limit = now.timestamp() - KEPT_S
            connection.execute("DELETE FROM alerts WHERE is_over = 1 AND started < ?", (limit,))
            connection.execute("DELETE FROM silences WHERE until < ?", (limit,))

    def _read(self, rest: str, *values: object) -> list[Alert]:
        with self._file.reading() as connection:
            rows = connection.execute(f"SELECT body FROM alerts {rest}", values).fetchall()
        return [Alert.model_validate(json.loads(body)) for (body,) in rows]
