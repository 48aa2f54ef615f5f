"""What GPUs and machine do: now, over a window, since a cursor, and what workloads cost."""

import time
from collections.abc import Sequence
from functools import partial

import orjson
from werkzeug.wrappers import Response

from api.answers import success
from api.csv_answers import CSV, csv_response
from api.gpu_records import (
    Events,
    EventsQuery,
    History,
    HistoryQuery,
    LiveQuery,
    LiveSamples,
    MetricsQuery,
    Utilization,
    UtilizationQuery,
)
from api.gpu_views import event_list, history_csv, history_of, history_record, utilization_of
from api.operations import BASE, Answer, Operation
from services.telemetry import Telemetry, open_telemetry
from services.telemetry.records import Status
from services.telemetry.workloads import WorkloadReport, report_workloads
from services.workspace import Workspace

TAG = "GPU"
NO_STORE = {"Cache-Control": "no-store"}


def gpu_operations(workspace: Workspace) -> Sequence[Operation]:
    """Return the operations."""
    telemetry = open_telemetry(workspace.settings)
    return (
        Operation(
            name="gpu_status",
            method="GET",
            path=f"{BASE}/gpu/status",
            summary="What GPUs, machine and workers do now",
            description="With no GPU `available` is false with the reason; the machine is told all the same. What a "
            "device does not report is null and named in `not_reported`.",
            handle=partial(_status, telemetry),
            tag=TAG,
            answers=(Answer(200, "The newest sample.", Status),),
        ),
        Operation(
            name="gpu_utilization",
            method="GET",
            path=f"{BASE}/gpu/utilization",
            summary="Busy time over a window",
            handle=partial(_utilization, telemetry),
            tag=TAG,
            query=UtilizationQuery,
            answers=(Answer(200, "The series and their summaries, computed from them.", Utilization),),
            problems=("invalid",),
        ),
        Operation(
            name="gpu_history",
            method="GET",
            path=f"{BASE}/gpu/history",
            summary="All samples of machine, GPUs or workers over a window",
            handle=partial(_history, telemetry),
            tag=TAG,
            query=HistoryQuery,
            answers=(Answer(200, "Mean, least and largest value per step.", History, other_types=(CSV,)),),
            problems=("invalid",),
        ),
        Operation(
            name="gpu_live",
            method="GET",
            path=f"{BASE}/gpu/live",
            summary="Samples since a cursor",
            description="Ask with the cursor of the answer before: once a second is enough. At most the last 15 "
            "minutes are told; `GET /gpu/history` tells the rest.",
            handle=partial(_live, telemetry),
            tag=TAG,
            query=LiveQuery,
            answers=(Answer(200, "Times and values of what is new.", LiveSamples),),
            problems=("invalid",),
        ),
        Operation(
            name="gpu_events",
            method="GET",
            path=f"{BASE}/gpu/events",
            summary="Errors of the driver (XID) and other events",
            handle=partial(_events, telemetry),
            tag=TAG,
            query=EventsQuery,
            answers=(Answer(200, "What happened, newest first.", Events),),
            problems=("invalid",),
        ),
        Operation(
            name="gpu_metrics",
            method="GET",
            path=f"{BASE}/gpu/metrics",
            summary="What workloads cost",
            description="Counts, failures, times by percentile, device time and peak memory per workload and kind of "
            "job, and the state of the allocators; `definitions` says what each means.",
            handle=partial(_metrics, workspace),
            tag=TAG,
            query=MetricsQuery,
            answers=(Answer(200, "The costs.", WorkloadReport),),
            problems=("invalid",),
        ),
    )


def _status(telemetry: Telemetry) -> Response:
    return success(telemetry.status.read(), headers=NO_STORE)


def _utilization(telemetry: Telemetry, query: UtilizationQuery) -> Response:
    return success(utilization_of(telemetry, query))


def _history(telemetry: Telemetry, query: HistoryQuery) -> Response:
    found = history_of(telemetry, query)
    if query.format == "csv":
        return csv_response(history_csv(query, found), f"{query.subject}-{query.window}s")
    return success(history_record(query, found))


def _live(telemetry: Telemetry, query: LiveQuery) -> Response:
    return success(orjson.Fragment(telemetry.live.since(query.cursor)), headers=NO_STORE)


def _events(telemetry: Telemetry, query: EventsQuery) -> Response:
    return success(event_list(telemetry, query.limit))


def _metrics(workspace: Workspace, query: MetricsQuery) -> Response:
    since = time.time() - query.window
    return success(report_workloads(workspace.jobs.engine, workspace.tasks, since, query.window))
