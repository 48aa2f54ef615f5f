"""The tiles of the first page: GPU or processor, jobs, the slowest endpoint, alerts; read from the running server."""

from typing import Final

from components.numbers import ABSENT, shown_ms
from components.overview import Mood, OverviewTile
from components.words import count_words
from pages._latency_data import Choice, title_of
from pages._machine import GIB, memory_words, processor_words
from pages._workspace import operations, workspace
from services.alerts import Alert
from services.jobs import JobState
from services.latency.routes import Route
from services.latency.statistics import EndpointStats, endpoint_stats
from services.performance import FEW, rank
from services.telemetry import open_telemetry
from services.telemetry.records import Status

WINDOW_S: Final = 300
_MOODS: Final[dict[str, Mood]] = {"critical": "critical", "warning": "warning"}


def read_overview(jobs_button: str) -> tuple[OverviewTile, ...]:
    """Return the tiles; `jobs_button` is the id of the one that opens the list of jobs."""
    counts = workspace().jobs.counts()
    return (
        machine_tile(open_telemetry(workspace().settings).status.read()),
        jobs_tile(counts[JobState.RUNNING], counts[JobState.QUEUED], jobs_button),
        latency_tile(_slowest()),
        alerts_tile(operations().alerts.current()),
    )


def machine_tile(status: Status) -> OverviewTile:
    """Return what the GPUs do; where there is none, what the processors do."""
    if not status.devices:
        detail = f"{memory_words(status)} of memory in use; no GPU"
        return OverviewTile("Processor", "chip", processor_words(status), detail, "/gpu")
    well = [device for device in status.devices if device.state == "ok"]
    n_lost = len(status.devices) - len(well)
    if status.stale_since is not None:
        return OverviewTile("GPU", "chip", "no answer", "The driver does not answer.", "/gpu", mood="critical")
    busy = [device.utilization for device in well if device.utilization is not None]
    used = [device.memory.used for device in well if device.memory.used is not None]
    parts = [
        count_words(len(status.devices), "GPU"),
        f"{sum(used) / GIB:.0f} GiB of memory in use" if used else "",
        f"{n_lost} lost" if n_lost else "",
    ]
    value = f"{sum(busy) / len(busy):.0f} % busy" if busy else ABSENT
    detail = ", ".join(part for part in parts if part)
    return OverviewTile("GPU", "chip", value, detail, "/gpu", mood="critical" if n_lost else "calm")


def jobs_tile(running: int, queued: int, button_id: str) -> OverviewTile:
    """Return how many jobs there are just now."""
    if not running and not queued:
        return OverviewTile("Jobs", "jobs", "none", "Nothing runs or waits.", button_id=button_id)
    detail = f"{queued} waiting" if queued else "none waiting"
    return OverviewTile("Jobs", "jobs", f"{running} running", detail, button_id=button_id)


def latency_tile(slowest: EndpointStats | None) -> OverviewTile:
    """Return the route or callback with the largest 95th percentile of the last minutes."""
    title = "Slowest answers"
    if slowest is None or slowest.p95 is None:
        detail = f"Nothing was answered {FEW} times in the last {WINDOW_S // 60} minutes."
        return OverviewTile(title, "gauge", ABSENT, detail, "/latency")
    route = Route(slowest.kind, slowest.method, slowest.route)
    detail = f"95 of 100, last {WINDOW_S // 60} minutes: {title_of(route)}"
    return OverviewTile(title, "gauge", shown_ms(slowest.p95), detail, Choice(WINDOW_S, None, route).href)


def alerts_tile(alerts: tuple[Alert, ...]) -> OverviewTile:
    """Return how many alerts are not over, and the gravest of them."""
    if not alerts:
        return OverviewTile("Alerts", "alert", "none", "All that is watched is as it should be.", "/alerts")
    by_gravity = sorted(alerts, key=lambda alert: ("critical", "warning", "info").index(alert.severity))
    gravest = by_gravity[0]
    detail = f"{gravest.title}{f': {gravest.subject}' if gravest.subject else ''}"
    mood = _MOODS.get(gravest.severity, "calm")
    return OverviewTile("Alerts", "alert", f"{len(alerts)} active", detail, "/alerts", mood=mood)


def _slowest() -> EndpointStats | None:
    window = operations().latency.window(WINDOW_S)
    ranked = rank([endpoint_stats(route, tally, window.covered_s) for route, tally in window.tallies.items()])
    return ranked[0] if ranked else None
