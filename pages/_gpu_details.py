"""The tables of the GPU page: who works on what, what jobs cost, what happened."""

import time
from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.cards import card
from components.gpu_tables import CostRow, JobRow, ProcessRow, costs_table, events_table, jobs_table, processes_table
from components.status import empty_state
from services.jobs import JobState, ListedJob, Measures
from services.task_records import Task
from services.telemetry import Telemetry
from services.telemetry.records import Status
from services.telemetry.workloads import WorkloadCost, WorkloadReport, report_workloads
from services.workspace import Workspace

WEEK_S = 7 * 86_400
EVENTS = 20
LAST_JOBS = 12


def draw_details(workspace: Workspace, telemetry: Telemetry, status: Status) -> Component:
    """Return the tables, which are drawn anew every few seconds."""
    rows = process_rows(status, workspace.tasks)
    report = _Reports.of(workspace)
    events = telemetry.history.events(EVENTS)
    return html.Div(
        [
            card("Who works", processes_table(rows)) if rows else None,
            card("What jobs cost", *costs(report)),
            card("Last jobs", *jobs) if (jobs := last_jobs(workspace)) else None,
            card("What happened", events_table([(e[0] / 1000, e[2], e[4]) for e in events], time.time()))
            if events
            else None,
        ],
        className="la-stack",
    )


class _Reports:
    """The last report of a workspace, until a job comes, goes on or ends: all who look share it."""

    _kept: tuple[str, str, WorkloadReport] | None = None

    @classmethod
    def of(cls, workspace: Workspace) -> WorkloadReport:
        """Return the report of the last week."""
        place, revision = str(workspace.settings.data_dir), workspace.jobs.revision()
        kept = cls._kept
        if kept is None or kept[:2] != (place, revision):
            report = report_workloads(workspace.jobs.engine, workspace.tasks, time.time() - WEEK_S, WEEK_S)
            kept = cls._kept = (place, revision, report)
        return kept[2]


def process_rows(status: Status, tasks: Mapping[str, Task]) -> list[ProcessRow]:
    """Return our workers and whatever else holds a GPU; jobs with where they are shown."""
    rows: list[ProcessRow] = []
    on_gpu = {process.pid: (device, process) for device in status.devices for process in device.processes or ()}
    for worker in status.workers:
        held = on_gpu.pop(worker.pid, None)
        rows.append(
            ProcessRow(
                pid=worker.pid,
                name=f"Worker {worker.post}",
                gpu="" if held is None else str(held[0].index),
                gpu_memory_mib=worker.gpu_memory_mib,
                gpu_share=None if held is None else held[1].utilization,
                cpu=worker.cpu,
                memory_mib=worker.memory_mib,
                job=worker.job_kind or "",
                job_href=_job_href(tasks, worker.job_kind, worker.job_id),
                owner=worker.owner or "",
            )
        )
    for device, process in on_gpu.values():
        name, share = process.name or "unknown", process.utilization
        rows.append(
            ProcessRow(process.pid, name, str(device.index), process.memory_mib, share, None, None, "", None, "")
        )
    return rows


def _job_href(tasks: Mapping[str, Task], kind: str | None, job_id: str | None) -> str | None:
    """Return the address of a job's page, or of its record where it has none."""
    if job_id is None:
        return None
    task = tasks.get(kind or "")
    return f"/api/v1/jobs/{job_id}" if task is None or task.page is None else f"{task.page}?job={job_id}"


def last_jobs(workspace: Workspace) -> list[Component]:
    """Return what the last jobs cost that ended; nothing before there are any."""
    ended = workspace.jobs.page(states=(JobState.DONE, JobState.FAILED, JobState.CANCELLED), limit=LAST_JOBS).jobs
    rows = [_job_row(workspace.tasks, job, job.measures) for job in ended if job.measures is not None]
    return [jobs_table(rows)] if rows else []


def _job_row(tasks: Mapping[str, Task], job: ListedJob, measures: Measures) -> JobRow:
    gpu = measures.gpu
    return JobRow(
        name=job.kind,
        href=_job_href(tasks, job.kind, job.id) or "",
        state=job.state.value,
        device=job.device or "",
        wall_s=measures.wall_s,
        cpu_s=measures.cpu_s,
        device_s=None if gpu is None else gpu.device_s,
        peak_memory_mib=measures.peak_memory_mib,
        peak_device_memory_mib=None if gpu is None else gpu.peak_memory_mib,
    )


def costs(report: WorkloadReport) -> list[Any]:
    """Return the table of costs, or what stands there before any job has run."""
    if not report.workloads:
        message = "Times, processor time and memory stand here when the first job has ended."
        return [empty_state("No job has ended yet", message, icon_name="jobs", is_small=True)]
    return [costs_table([_cost_row(each) for each in report.workloads], report.definitions)]


def _cost_row(cost: WorkloadCost) -> CostRow:
    return CostRow(**{name: getattr(cost, name) for name in CostRow.__dataclass_fields__})
