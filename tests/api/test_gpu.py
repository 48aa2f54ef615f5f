"""GPUs and machine over REST: now, over a window, since a cursor, as CSV; with and without a sampler."""

import csv
import io
import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.settings import Settings
from services.telemetry.history import Event, History, Sample
from services.telemetry.latest import FILE as LATEST_FILE
from services.telemetry.latest import LatestWriter
from services.telemetry.records import Device, Memory, Status
from services.telemetry.schema import FILE as HISTORY_FILE
from services.telemetry.status import NO_SAMPLER, StatusReader

GPU = "/api/v1/gpu"
BUSY = (0.0, 2.0, 40.0, 80.0)


@pytest.fixture
def sampled(settings: Settings) -> int:
    """Four samples of one GPU and the machine up to now; return the first one's time in ms."""
    start_ms = (int(time.time()) - 10) * 1000
    history = History(settings.data_dir.absolute() / HISTORY_FILE, 64)
    for i, busy in enumerate(BUSY):
        samples = (
            Sample("device", "GPU-a", "GPU 0 H100", {"utilization": busy, "power_w": 100.0 + i}),
            Sample("host", "host", "This machine", {"cpu_percent": 10.0 * i}),
        )
        events = (Event(start_ms, "xid", "GPU 0", "XID 79: gone", 79),) if i == 3 else ()
        assert history.add(start_ms + 1000 * i, samples, events)
    device = Device(index=0, uuid="GPU-a", name="H100", memory=Memory(total=80_000, used=1_000), utilization=80)
    plain = StatusReader(settings).read()
    status = Status(**{**dict(plain), "available": True, "reason": None, "devices": (device,)})
    writer = LatestWriter(settings.data_dir.absolute() / LATEST_FILE)
    writer.write(history.tick, status, at=time.monotonic(), gpu_at=time.monotonic())
    writer.close()
    history.close()
    return start_ms


def get(client: FlaskClient, path: str, **query: Any) -> Any:
    answer = client.get(GPU + path, query_string=query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()["data"]


def test_without_a_sampler_the_status_names_the_reason_and_tells_the_machine(client: FlaskClient) -> None:
    status = get(client, "/status")
    assert (status["available"], status["reason"], status["devices"]) == (False, NO_SAMPLER, [])
    assert status["host"]["memory"]["total"] > 0
    assert get(client, "/utilization")["reason"] == NO_SAMPLER
    assert get(client, "/live")["at"] == []
    assert get(client, "/history")["sources"] == []
    assert get(client, "/events")["events"] == []
    assert get(client, "/metrics")["workloads"] == []


@pytest.mark.usefixtures("sampled")
def test_the_status_is_the_newest_sample_with_null_for_what_is_not_reported(client: FlaskClient) -> None:
    status = get(client, "/status")
    (device,) = status["devices"]
    assert (status["available"], device["uuid"], device["utilization"]) == (True, "GPU-a", 80)
    assert (device["power"], device["processes"], device["throttle_reasons"]) == (None, None, None)


@pytest.mark.parametrize("device", [None, "0", "GPU-a"])
@pytest.mark.usefixtures("sampled")
def test_busy_time_is_summed_up_from_its_own_points(client: FlaskClient, device: str | None) -> None:
    found = get(client, "/utilization", window=60, step=1, **({} if device is None else {"device": device}))
    (series,) = found["devices"]
    assert series["mean"] == list(BUSY)
    assert series["summary"] == {"mean": 30.5, "peak": 80, "idle_share": 0.5}


@pytest.mark.usefixtures("sampled")
def test_an_unknown_device_or_too_fine_a_step_is_refused_with_the_way_out(client: FlaskClient) -> None:
    for query, field, words in (
        ({"device": "7"}, "device", "GPU-a"),
        ({"window": 864_000, "step": 1}, "step", "173 s or more"),
    ):
        answer = client.get(f"{GPU}/utilization", query_string=query)
        (problem,) = answer.get_json()["errors"]
        assert (answer.status_code, problem["loc"]) == (422, ["query", field])
        assert words in problem["msg"]
    answer = client.get(f"{GPU}/history", query_string={"key": "host2"})
    assert answer.get_json()["errors"][0]["loc"] == ["query", "key"]


def test_history_has_units_and_definitions_and_is_a_table_too(client: FlaskClient, sampled: int) -> None:
    (source,) = get(client, "/history", subject="device", window=60, step=1)["sources"]
    power = next(metric for metric in source["metrics"] if metric["name"] == "power_w")
    assert (power["unit"], power["mean"]) == ("W", [100, 101, 102, 103])
    assert power["definition"]
    assert source["times"][0] == sampled / 1000
    answer = client.get(f"{GPU}/history", query_string={"subject": "device", "window": 60, "step": 1, "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert [row["power_w (W)"] for row in rows] == ["100", "101", "102", "103"]
    assert rows[0]["temperature_c (°C)"] == ""


@pytest.mark.usefixtures("sampled")
def test_samples_after_a_cursor_come_once(client: FlaskClient) -> None:
    first = get(client, "/live")
    assert first["series"]["device:GPU-a"]["utilization"] == list(BUSY)
    assert len(first["at"]) == 4
    second = get(client, "/live", cursor=first["cursor"])
    assert (second["at"], second["series"], second["cursor"]) == ([], {}, first["cursor"])
    ahead = get(client, "/live", cursor=first["cursor"] + 1000)
    assert (ahead["begins_anew"], len(ahead["at"])) == (True, 4)


@pytest.mark.usefixtures("sampled")
def test_what_cannot_be_kept_is_shown_all_the_same(client: FlaskClient, settings: Settings) -> None:
    cursor = get(client, "/live")["cursor"]
    writer = LatestWriter(settings.data_dir.absolute() / LATEST_FILE)
    writer.write(cursor + 1, StatusReader(settings).read(), at=time.monotonic(), gpu_at=time.monotonic())
    writer.close()
    news = get(client, "/live", cursor=cursor)
    assert (news["cursor"], len(news["at"])) == (cursor + 1, 1)
    assert news["series"]["device:GPU-a"]["utilization"] == [80]


@pytest.mark.usefixtures("sampled")
def test_errors_of_the_driver_are_listed(client: FlaskClient) -> None:
    (event,) = get(client, "/events", limit=5)["events"]
    assert (event["kind"], event["source"], event["code"]) == ("xid", "GPU 0", 79)
