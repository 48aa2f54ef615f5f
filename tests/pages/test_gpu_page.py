"""The GPU page: with GPUs, without, with a driver that hangs, over any window."""

import time
from collections.abc import Callable

import pytest

from pages._gpu_charts import DEFAULT_WINDOW_S, WINDOWS, read_charts, read_window
from pages._gpu_details import draw_details, process_rows
from pages._gpu_views import draw_charts, notices
from services.jobs import Measures, Submission
from services.tasks import TASKS
from services.telemetry import open_telemetry
from services.telemetry.history import History, Sample
from services.telemetry.records import Device, GpuProcess, HistoryState, Memory, Status, WorkerLoad
from services.telemetry.schema import FILE
from services.telemetry.status import StatusReader
from services.workspace import Workspace
from tests.pages.conftest import all_of, texts_of

Make = Callable[..., Status]


@pytest.fixture
def make(web: Workspace) -> Make:
    """A status of this machine with the given differences."""
    plain = StatusReader(web.settings).read()

    def made(**changes: object) -> Status:
        return Status(**{**dict(plain), **changes})

    return made


H100 = Device(
    index=0,
    uuid="GPU-a",
    name="H100",
    memory=Memory(total=81920, used=10240, free=71680),
    utilization=45,
    power=312.5,
    power_limit=700,
    throttle_reasons=("power cap",),
    not_reported=("fan", "temperature"),
    processes=(GpuProcess(pid=11, memory_mib=512), GpuProcess(pid=12, name="other", memory_mib=100)),
)


def test_a_gpu_is_told_with_its_units_limits_and_what_it_does_not_report(web: Workspace, make: Make) -> None:
    now_ms = int(time.time() * 1000)
    history = History(web.settings.data_dir.absolute() / FILE, 64)
    for i in range(3):
        values = {"utilization": 40.0 + i, "power_w": 300.0}
        history.add(now_ms - 3000 + 1000 * i, (Sample("device", "GPU-a", "GPU 0 H100", values),))
    history.close()
    status = make(available=True, reason=None, devices=(H100,))
    charts = read_charts(open_telemetry(web.settings), status, 60)
    drawn = draw_charts(status, charts, 1.0)
    text = texts_of(drawn)
    for words in ("GPU 0: H100", "45", "of 700 W", "10 ", "of 80 GiB", "power cap", "Not reported by this GPU: fan"):
        assert words in text
    busy = next(chart for chart in charts.devices if chart.name == "device-utilization")
    assert busy.series[0].values == [40.0, 41.0, 42.0]
    assert charts.cursor == 3
    live = [each.to_plotly_json()["props"]["data-live"] for each in all_of(drawn) if hasattr(each, "data-live")]
    assert "device:GPU-a|utilization" in live
    assert "host:host|cpu_percent" in live


def test_without_a_gpu_the_reason_stands_there_beside_machine_and_jobs(web: Workspace, make: Make) -> None:
    status = make(reason="the library of the NVIDIA driver (libnvidia-ml.so.1) is not installed")
    text = texts_of(draw_charts(status, read_charts(open_telemetry(web.settings), status, 900), 1.0))
    assert "The library of the NVIDIA driver (libnvidia-ml.so.1) is not installed." in text
    assert "This machine" in text
    assert "No worker was seen" in text
    assert "No job has ended yet" in texts_of(draw_details(web, open_telemetry(web.settings), status))


def test_what_is_wrong_is_said_first(make: Make) -> None:
    lost = Device(index=1, uuid="GPU-b", state="lost", reason="the driver lost the GPU")
    scrambled = H100.model_copy(update={"processes_reliable": False})
    full = HistoryState(is_kept=False, reason="the disk has 5 MiB left", notice="the history was damaged")
    status = make(available=True, devices=(scrambled, lost), history=full)
    status = status.model_copy(update={"stale_since": status.sampled_at, "reason": "the driver does not answer"})
    text = texts_of(notices(status))
    for words in ("GPUs do not answer", "GPU 1 is lost", "cannot be told", "5 MiB left", "damaged"):
        assert words in text
    assert texts_of(notices(make(history=HistoryState(is_kept=True)))) == ""


def test_processes_are_our_workers_and_what_else_holds_a_gpu(make: Make) -> None:
    worker = WorkerLoad(
        pid=11, worker="here/gpu-0-1", post="gpu-0", gpu_memory_mib=512, job_id="j1", job_kind="forecast", owner="ann"
    )
    ours, other = process_rows(make(devices=(H100,), workers=(worker,)), TASKS)
    assert (ours.name, ours.gpu, ours.gpu_memory_mib, ours.job, ours.owner) == (
        "Worker gpu-0",
        "0",
        512,
        "forecast",
        "ann",
    )
    assert ours.job_href == "/forecast?job=j1"
    assert (other.name, other.gpu_memory_mib, other.job_href) == ("other", 100, None)


@pytest.mark.parametrize(
    ("given", "window_s"), [("60", 60), (604_800, 604_800), (None, DEFAULT_WINDOW_S), ("61", 900), ("x", 900)]
)
def test_an_address_names_a_window_or_gets_the_usual_one(given: object, window_s: int) -> None:
    assert read_window(given) == window_s
    assert DEFAULT_WINDOW_S in WINDOWS


def test_the_last_jobs_are_listed_with_what_they_cost(web: Workspace, make: Make) -> None:
    web.jobs.submit(Submission(id="job-00001", kind="forecast", request={}, owner="tester"))
    claim = web.jobs.claim("worker", ["cpu"], 60)
    assert claim is not None
    web.jobs.finish(claim, b"{}", Measures(wall_s=1.25, cpu_s=2.5, peak_memory_mib=333))
    drawn = draw_details(web, open_telemetry(web.settings), make())
    text = texts_of(drawn)
    for words in ("Jobs that ended last", "forecast", "done", "1.25 s", "2.50", "333"):
        assert words in text
    assert "/forecast?job=job-00001" in [getattr(each, "href", None) for each in all_of(drawn)]
