"""Each rule finds what it is for, says nothing of a healthy application, and nothing of too few samples."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.bottleneck_view import Gpu, Mean, View
from services.bottlenecks import find_bottlenecks, look_for_bottlenecks
from services.job_statistics import EndedJob, LiveJobs
from services.jobs.records import Allocator, DeviceUse, JobState, Measures
from services.latency.recorder import Tallies
from services.latency.routes import Kind, Route
from services.latency.tally import Tally
from services.operations import Operations
from services.workspace import Workspace

NOW = 1_000_000.0


def job(
    number: int = 0, *, wait: float = 0.01, run: float = 1.0, start: float | None = None, **about: object
) -> EndedJob:
    begun = NOW - 3000 + 10 * number if start is None else start
    plain = EndedJob(
        f"job-{number}", "forecast", "ann", JobState.DONE, begun - wait, begun, begun + run, False, 1, "cpu", None
    )
    return plain._replace(**about)  # type: ignore[arg-type]


def jobs(count: int = 20, **about: object) -> View:
    return View(3600, NOW, ended=tuple(job(number, **about) for number in range(count)))  # type: ignore[arg-type]


def answers(
    count: int, total_ms: float, *, serialise: float = 0.0, wait: float = 0.0, status: int = 200, kind: Kind = "rest"
) -> Tallies:
    tally = Tally()
    for _ in range(count):
        tally.add(status, round(total_ms * 1e6), round(wait * total_ms * 1e6), round(serialise * total_ms * 1e6))
    return {Route(kind, "POST", "/api/v1/timeseries/forecast"): tally}


def together(first: Tallies, second: Tallies) -> Tallies:
    [(route, tally)] = first.items()
    tally.merge(second[route])
    return {route: tally}


def host(**means: float) -> View:
    return View(3600, NOW, memory_total_mib=1000.0, host={name: Mean(value, 60) for name, value in means.items()})


def gpu(**means: float) -> View:
    live = (LiveJobs(JobState.QUEUED, "forecast", 4, NOW - 5),)
    return View(3600, NOW, live=live, gpus=(Gpu("GPU 0", {name: Mean(value, 60) for name, value in means.items()}),))


def pools(**about: float) -> View:
    """Return a view of jobs on a GPU after each of which the pool of memory stood like that."""
    pool = Allocator(library="torch", **({"allocated_mib": 1.0, "reserved_mib": 4096.0} | about))
    measures = Measures(wall_s=1, cpu_s=1, gpu=DeviceUse(allocators=(pool,)))
    return jobs(device="cuda:0", measures_json=measures.model_dump_json())


SICK: dict[str, Callable[[], View]] = {
    "queue_wait": lambda: jobs(wait=5.0),
    "cold_starts": lambda: replace(
        jobs(run=0.4), ended=(*jobs(run=0.4).ended, job(99, start=NOW - 100, run=8.0), job(98, start=NOW - 2999))
    ),
    "repeated_work": lambda: jobs(cache_key="same"),
    "failures": lambda: jobs(state=JobState.FAILED),
    "lost_workers": lambda: jobs(attempts=2),
    "one_owner": lambda: View(
        3600,
        NOW,
        ended=(*jobs(run=9.0).ended, *(job(50 + number, wait=20.0, owner="bob") for number in range(4))),
    ),
    "slow_serialising": lambda: View(3600, NOW, answers(30, 100.0, serialise=0.6)),
    "long_tail": lambda: View(3600, NOW, together(answers(200, 10.0), answers(6, 900.0))),
    "line_for_a_thread": lambda: View(3600, NOW, answers(200, 100.0, wait=0.9, kind="callback")),
    "slow_pages": lambda: View(3600, NOW, answers(20, 1500.0, kind="callback")),
    "errors": lambda: View(3600, NOW, together(answers(50, 10.0), answers(5, 10.0, status=500))),
    "worse_than_last_week": lambda: View(3600, NOW, answers(60, 300.0), earlier=answers(600, 100.0)),
    "busy_processors": lambda: host(cpu_percent=97.0),
    "little_memory": lambda: host(memory_used_mib=950.0),
    "little_disk": lambda: host(disk_free_mib=100.0),
    "throttle_thermal": lambda: gpu(throttle_thermal=40.0),
    "throttle_power": lambda: gpu(throttle_power=40.0),
    "throttle_hardware": lambda: gpu(throttle_hardware=40.0),
    "allocator_retries": lambda: pools(retries=3),
    "crumbled_memory": lambda: pools(fragmentation=0.8),
    "gpu_waits_for_data": lambda: replace(
        jobs(run=200.0, device="cuda:0"), gpus=(Gpu("GPU 0", {"utilization": Mean(12.0, 60)}),)
    ),
    "idle_gpus": lambda: gpu(utilization=1.0),
}


@pytest.mark.parametrize("rule", SICK)
def test_each_rule_finds_what_it_is_for_with_evidence_and_a_way_out(rule: str) -> None:
    found = [one for one in find_bottlenecks(SICK[rule]()) if one.rule == rule]
    assert len(found) == 1
    assert found[0].sample_size > 0
    assert found[0].evidence
    assert found[0].window_s == 3600
    assert found[0].action.endswith(".")
    limits = [one for one in found[0].evidence if one.limit is not None]
    assert limits, "what the number is held to is told"


def test_a_healthy_application_has_no_bottleneck() -> None:
    healthy = View(
        3600,
        NOW,
        tallies=answers(500, 30.0, serialise=0.1),
        earlier=answers(500, 30.0),
        ended=tuple(job(number, cache_key=f"key-{number}") for number in range(50)),
        memory_total_mib=1000.0,
        host={"cpu_percent": Mean(30.0, 60), "memory_used_mib": Mean(400.0, 60), "disk_free_mib": Mean(9e4, 60)},
        gpus=(Gpu("GPU 0", {"utilization": Mean(60.0, 60), "throttle_thermal": Mean(0.0, 60)}),),
    )
    assert find_bottlenecks(healthy) == ()
    assert find_bottlenecks(View(60)) == ()


def test_too_few_samples_say_nothing() -> None:
    assert find_bottlenecks(jobs(4, wait=50.0, state=JobState.FAILED, attempts=3)) == ()
    assert find_bottlenecks(View(60, NOW, answers(5, 5000.0, serialise=0.9, status=500))) == ()
    few = View(60, NOW, memory_total_mib=100.0, host={"cpu_percent": Mean(99.0, 2), "memory_used_mib": Mean(99.0, 2)})
    assert find_bottlenecks(few) == ()


def test_more_workers_are_no_advice_where_the_processors_are_busy() -> None:
    [found] = find_bottlenecks(jobs(wait=5.0))
    assert "LOOKAHEAD_WORKERS" in found.action
    busy = replace(jobs(wait=5.0), host={"cpu_percent": Mean(85.0, 60)})
    [found] = [one for one in find_bottlenecks(busy) if one.rule == "queue_wait"]
    assert "would not help" in found.action
    waiting = View(60, NOW, answers(200, 100.0, wait=0.9, kind="callback"), host={"cpu_percent": Mean(85.0, 60)})
    assert "would not help" in find_bottlenecks(waiting)[0].action


def test_the_worst_comes_first_and_leads_the_recommendations(workspace: Workspace) -> None:
    view = replace(jobs(wait=5.0), tallies=answers(30, 100.0, serialise=0.6))
    found = find_bottlenecks(view)
    assert [one.rule for one in found] == ["queue_wait", "slow_serialising"]
    findings = look_for_bottlenecks(Operations(workspace), 300)
    assert findings.bottlenecks == ()
    assert findings.recommendations == ()
    assert findings.rules > 10


def test_without_a_job_table_the_rest_is_looked_at(workspace: Workspace) -> None:
    operations = Operations(workspace)
    with workspace.jobs.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE jobs")
    assert look_for_bottlenecks(operations, 300).bottlenecks == ()
    operations.tick()
    values = {value.signal: value.value for value in operations.alerts.signals.read()}
    assert values["job_table_answers"] == 0
    assert "host_memory_percent" in values
