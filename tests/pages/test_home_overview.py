"""The tiles of the first page: what each says, where it leads, and what it says when there is nothing."""

from datetime import UTC, datetime

import dash
import pytest

from app import create_app
from pages._home_overview import alerts_tile, jobs_tile, latency_tile, machine_tile
from services.alerts import Alert, AlertState
from services.latency.routes import Route
from services.latency.statistics import endpoint_stats
from services.latency.tally import Tally
from services.operations import OPERATIONS
from services.telemetry.records import Device, HistoryState, Host, Memory, Status
from services.workspace import Workspace
from tests.pages.conftest import all_of, ids_of, texts_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOST = Host(cpu=12.4, cores=2, memory=Memory(total=16_384, used=4_096))


def status(*devices: Device, stale_since: datetime | None = None) -> Status:
    history = HistoryState(is_kept=True)
    return Status(
        available=bool(devices), devices=devices, host=HOST, history=history, sampled_at=NOW, stale_since=stale_since
    )


def alert(severity: str) -> Alert:
    facts = {"subject": "GPU 0", "title": f"Too {severity}", "signal": "temperature", "unit": "°C", "action": "cool it"}
    numbers = {"value": 91.0, "worst": 92.0, "threshold": 85.0, "is_above": True}
    named = {"id": severity, "rule": severity, "severity": severity, "state": AlertState.ACTIVE, "started_at": NOW}
    return Alert.model_validate(facts | numbers | named)


def test_without_a_gpu_the_machine_is_told_and_that_there_is_none() -> None:
    tile = machine_tile(status())
    assert (tile.title, tile.value, tile.href) == ("Processor", "12 % of 2 cores", "/gpu")
    assert "no GPU" in tile.detail


def test_gpus_are_told_by_their_mean_and_the_lost_ones_stand_out() -> None:
    well = [Device(index=i, uuid=str(i), utilization=20.0 + 40 * i, memory=Memory(used=2048)) for i in range(2)]
    tile = machine_tile(status(*well))
    assert (tile.value, tile.detail, tile.mood) == ("40 % busy", "2 GPUs, 4 GiB of memory in use", "calm")
    lost = machine_tile(status(*well, Device(index=2, uuid="2", state="lost")))
    assert (lost.value, lost.mood) == ("40 % busy", "critical")
    assert machine_tile(status(*well, stale_since=NOW)).value == "no answer"
    assert machine_tile(status(Device(index=0, uuid="MIG"))).value == "–", "busy time is not reported, and not 0"


def test_jobs_are_counted_and_their_list_is_opened() -> None:
    assert jobs_tile(0, 0, "list").value == "none"
    tile = jobs_tile(2, 3, "list")
    assert (tile.value, tile.detail, tile.button_id, tile.href) == ("2 running", "3 waiting", "list", "")


@pytest.mark.parametrize(("milliseconds", "shown"), [(812, "812 ms"), (1.5, "1.5"), (2500, "2.5")])
def test_the_slowest_route_leads_to_its_stages(milliseconds: float, shown: str) -> None:
    tally = Tally()
    for _ in range(9):
        tally.add(200, round(milliseconds * 1e6), 0, 0)
    tile = latency_tile(endpoint_stats(Route("rest", "GET", "/api/v1/jobs"), tally, 300.0))
    assert tile.value.startswith(shown)
    assert "GET /api/v1/jobs" in tile.detail
    assert "route=%2Fapi%2Fv1%2Fjobs" in tile.href
    assert latency_tile(None).value == "–"


def test_the_gravest_alert_is_named() -> None:
    assert (alerts_tile(()).value, alerts_tile(()).mood) == ("none", "calm")
    tile = alerts_tile((alert("info"), alert("critical"), alert("warning")))
    assert (tile.value, tile.detail, tile.mood) == ("3 active", "Too critical: GPU 0", "critical")


def test_the_page_shows_all_tiles_and_their_ways(workspace: Workspace) -> None:
    server = create_app(workspace.settings, workspace).server
    recorder = server.extensions[OPERATIONS].latency.recorder
    for _ in range(9):
        recorder.add(Route("page", "GET", "/forecast"), 200, 10**8, 0, 0, recorder.started_ns + 1)
    with server.test_request_context("http://127.0.0.1:8050/"):
        drawn = dash.page_registry["pages.home"]["layout"]()
    assert "home-overview-jobs" in ids_of(drawn)
    hrefs = [getattr(each, "href", None) for each in all_of(drawn)]
    assert {"/gpu", "/alerts"} <= set(hrefs)
    words = texts_of(drawn)
    for expected in ("Processor", "Slowest answers", "100 ms", "/forecast", "All that is watched"):
        assert expected in words
