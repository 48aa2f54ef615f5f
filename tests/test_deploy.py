"""What is shipped for Prometheus and Grafana speaks of metrics that there are, and Prometheus' own tool agrees."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from services.alerts.signals import Value
from services.device_families import device_families
from services.families import PREFIX, render
from services.jobs import Submission
from services.jobs.records import Measures
from services.latency.routes import Route
from services.operation_families import gather
from services.operations import Operations
from services.telemetry.records import Clocks, Device, Ecc, HistoryState, Host, Memory, Status
from services.workspace import Workspace

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
FETCHED = DEPLOY.parent / "build" / "promtool" / "promtool"  # by `make install-test`
_NAME = re.compile(rf"\b{PREFIX}[a-z0-9_]+")
_LABEL = re.compile(r"\{\{\s*(?:\$labels\.)?([a-z_]+)\s*\}\}")


def gpu_status() -> Status:
    """Return a status with one GPU that reports everything."""
    device = Device(
        index=0,
        uuid="GPU-0",
        name="Twin",
        memory=Memory(total=80e3, used=1e3, free=79e3),
        utilization=50,
        temperature=40,
        power=200,
        power_limit=700,
        clocks=Clocks(sm=1500),
        throttle_reasons=("power",),
        ecc=Ecc(uncorrected=0),
    )
    host = Host(cores=2, memory=Memory(total=1, used=1, free=0))
    history = HistoryState(is_kept=True)
    return Status(available=True, devices=(device,), host=host, history=history, sampled_at=datetime.now(UTC))


@pytest.fixture
def told(workspace: Workspace) -> str:
    """Everything that a server with an answer, an ended job, an alert and a GPU tells."""
    operations = Operations(workspace)
    operations.latency.recorder.add(
        Route("rest", "GET", "/health"), 200, 10**6, 0, 0, operations.latency.recorder.started_ns
    )
    operations.jobs.update()
    workspace.jobs.submit(Submission(id="job-00001", kind="forecast", request={}, owner="ann"))
    claim = workspace.jobs.claim("worker", ("cpu",), 30)
    assert claim is not None
    workspace.jobs.finish(claim, b"{}", Measures(wall_s=0.1, cpu_s=0.1))
    operations.alerts.signals.sources.append(lambda: [Value("gpu_answers", "GPU 0", 0.0)])
    for rule in operations.alerts.book.rules:
        if rule.name == "lost-gpu":
            operations.alerts.book.rules = (rule.model_copy(update={"for_s": 0.0}),)
    operations.alerts.tick()
    return render([*gather(operations), *device_families(gpu_status())])


def expressions() -> Iterator[tuple[str, str]]:
    """Yield every query of the dashboard and of the rules, with the texts that use its labels."""
    dashboard = json.loads((DEPLOY / "grafana" / "lookahead.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield target["expr"], target["legendFormat"]
    rules = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text())
    for rule in rules["groups"][0]["rules"]:
        yield rule["expr"], rule["annotations"]["summary"]


# What tells nothing on a machine where it cannot be read: Linux in a test has all but what needs two samples.
SOMETIMES = {f"{PREFIX}host_cpu_ratio", f"{PREFIX}workers", f"{PREFIX}jobs_oldest_queued_seconds"}


def test_every_query_speaks_of_metrics_that_there_are(told: str) -> None:
    names = set(re.findall(rf"^({PREFIX}[a-z0-9_]+)", told, re.M)) | SOMETIMES
    asked = {name for expression, _ in expressions() for name in _NAME.findall(expression)}
    assert asked - names == set()
    assert len(asked) > 20


def test_every_label_that_is_shown_is_a_label_of_the_query(told: str) -> None:
    labels = set(re.findall(r"([a-z_0-9]+)=\"", told))
    shown = {label for _, text in expressions() for label in _LABEL.findall(text)}
    assert shown <= labels


def test_the_dashboard_is_whole() -> None:
    dashboard: dict[str, Any] = json.loads((DEPLOY / "grafana" / "lookahead.json").read_text())
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        area = panel["gridPos"]
        assert area["x"] + area["w"] <= 24
        if panel["type"] != "row":
            assert panel["description"]
            assert panel["fieldConfig"]["defaults"]["unit"]
            assert panel["datasource"]["uid"] == "${datasource}"
    taken = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in panels]
    assert len(set(taken)) == len(taken)


def test_every_rule_says_how_bad_it_is_and_what_to_do() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text())
    for rule in rules["groups"][0]["rules"]:
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["action"].endswith(".")
    configuration = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    assert configuration["rule_files"] == ["rules.yml"]
    assert configuration["scrape_configs"][0]["metrics_path"] == "/metrics"


def test_prometheus_own_tool_accepts_rules_and_metrics(told: str) -> None:
    """Where it is installed or was fetched; the checks above hold without it."""
    promtool = shutil.which("promtool") or shutil.which(str(FETCHED))
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: package prometheus)")
    folder = DEPLOY / "prometheus"
    for arguments in (["check", "config", "prometheus.yml"], ["test", "rules", "rules_test.yml"]):
        run = subprocess.run(
            [promtool, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr
    lint = subprocess.run(
        [promtool, "check", "metrics"], input=told, capture_output=True, text=True, timeout=60, check=False
    )
    assert lint.returncode == 0, lint.stdout + lint.stderr
