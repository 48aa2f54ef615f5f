"""All routes of the API, put on a Flask server."""

from collections.abc import Sequence

from flask import Blueprint, Flask

from api.alert_routes import alert_operations
from api.answers import started_at
from api.benchmark_routes import benchmark_operations
from api.compression import compress
from api.dataset_routes import dataset_operations
from api.dispatch import bind
from api.errors import register_errors
from api.gpu_routes import gpu_operations
from api.job_routes import job_operations
from api.metrics import metrics_operations
from api.operations import Operation
from api.performance_routes import performance_operations
from api.portfolio_routes import portfolio_operations
from api.proof_routes import proof_operations
from api.robotics_routes import robotics_operations
from api.service_routes import service_operations
from api.status_routes import status_operations
from api.task_routes import task_operations
from api.upload_routes import upload_operations
from services.operations import OPERATIONS, Operations
from services.proof.desk import DESK, ProofDesk
from services.routes import ROUTES, RouteService
from services.waiting import JobWatcher
from services.workspace import Workspace

WATCHER = "lookahead.watcher"  # its name among the server's extensions, for whoever else waits for jobs
SHARE_OF_WAITING_THREADS = 0.75  # the rest answers everybody who does not wait


def register_api(server: Flask, workspace: Workspace, operations: Operations | None = None) -> None:
    """Put every operation under its path on `server`, and problem+json on everything else below `/api/`."""
    measured = server.extensions[OPERATIONS] = operations or Operations(workspace)
    watcher = JobWatcher(workspace.jobs, places=int(workspace.settings.threads * SHARE_OF_WAITING_THREADS))
    server.extensions[WATCHER] = watcher
    measured.endings.append(watcher.end)
    blueprint = Blueprint("api", __name__, template_folder="templates")
    register_errors(server, blueprint)
    routes = RouteService(workspace.settings)
    server.extensions[ROUTES] = routes
    desk = server.extensions[DESK] = ProofDesk(workspace)
    measured.sources.append(desk.families)
    measured.alerts.signals.sources.append(desk.signals.read)
    bind(blueprint, all_operations(workspace, watcher, routes, measured, desk))
    server.before_request(_start_clock)
    server.register_blueprint(blueprint)
    compress(server)


def all_operations(
    workspace: Workspace, watcher: JobWatcher, routes: RouteService, measured: Operations, desk: ProofDesk
) -> Sequence[Operation]:
    """Return every operation of the API."""
    operations: list[Operation] = [
        *task_operations(workspace, watcher),
        *job_operations(workspace, watcher),
        *dataset_operations(workspace, watcher),
        *upload_operations(workspace),
        *portfolio_operations(workspace),
        *gpu_operations(workspace),
        *benchmark_operations(workspace),
        *robotics_operations(workspace, routes),
        *proof_operations(desk),
    ]
    operations += [*performance_operations(measured), *alert_operations(measured.alerts), *metrics_operations(measured)]
    operations += status_operations(measured)
    operations += service_operations(workspace, lambda: operations)
    return operations


def _start_clock() -> None:
    started_at()
