"""The table of contents of the application: every kind of job, its request, its result, and what runs it.

The form, the REST route, the OpenAPI document, the command line and the stored job are drawn from this table.
Run functions import what they need when they run: the web process must not load numerical libraries.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from compute.forecast.backtest.request import BacktestRequest
from compute.forecast.backtest.result import BacktestResult
from compute.forecast.batch.request import BatchForecastRequest
from compute.forecast.batch.result import BatchForecastResult
from compute.forecast.exploration.request import ExploreRequest
from compute.forecast.exploration.result import ExploreResult
from compute.forecast.request import ForecastRequest
from compute.forecast.result import ForecastResult
from compute.series import DatasetColumn
from compute.trajectory.request import TrajectoryRequest
from compute.trajectory.result import TrajectoryResult
from services.benchmark_tasks import BENCHMARK_TASKS
from services.datasets.records import DatasetInfo
from services.datasets.requests import ImportRequest, RepairRequest
from services.information_tasks import INFORMATION_TASKS
from services.planning_tasks import PLANNING_TASKS
from services.portfolio_tasks import PORTFOLIO_TASKS
from services.task_records import JobContext, Task

if TYPE_CHECKING:
    from services.workspace import Workspace

__all__ = ["TASKS", "JobContext", "Task"]


def _check_forecast(request: ForecastRequest | BacktestRequest | ExploreRequest, workspace: "Workspace") -> None:
    if isinstance(request.series, DatasetColumn):
        workspace.datasets.check_column(request.series, loc=("series",))
    for i, regressor in enumerate(request.regressors if isinstance(request, ForecastRequest) else ()):
        if isinstance(regressor.series, DatasetColumn):
            workspace.datasets.check_column(regressor.series, loc=("regressors", i, "series"))


def _run_forecast(request: ForecastRequest, context: JobContext) -> ForecastResult:
    from compute.forecast.run import forecast
    from services.kept_networks import open_network_store
    from services.model_cache import open_model_cache

    workspace = context.workspace
    regressors = [
        workspace.read_series(regressor.series, ("regressors", i, "series"))
        for i, regressor in enumerate(request.regressors)
    ]
    series = workspace.read_series(request.series)
    store = open_network_store(open_model_cache(workspace.settings))
    return forecast(request, series, context.report, context.device, regressors, store)


def _check_trajectory(request: TrajectoryRequest, workspace: "Workspace") -> None:
    from services.tracks import check_track

    check_track(request.track, workspace.datasets)


def _run_trajectory(request: TrajectoryRequest, context: JobContext) -> TrajectoryResult:
    from compute.trajectory.run import estimate_trajectory
    from services.tracks import read_track

    return estimate_trajectory(request, read_track(request.track, context.workspace.datasets), context.report)


def _run_backtest(request: BacktestRequest, context: JobContext) -> BacktestResult:
    from time import perf_counter

    from compute.forecast.backtest.run import backtest

    series = context.workspace.read_series(request.series)
    return backtest(request, series, context.report, perf_counter, context.device)


def _check_batch(request: BatchForecastRequest, workspace: "Workspace") -> None:
    from services.batch_series import check_batch

    check_batch(request, workspace)


def _run_batch(request: BatchForecastRequest, context: JobContext) -> BatchForecastResult:
    from compute.device import nearest_device
    from services.batch import run_batch

    return run_batch(request, context.workspace, context.report, nearest_device(context.device))


def _run_explore(request: ExploreRequest, context: JobContext) -> ExploreResult:
    from compute.forecast.exploration.run import explore

    return explore(request, context.workspace.read_series(request.series), context.report)


def _check_import(request: ImportRequest, workspace: "Workspace") -> None:
    from services.datasets.ingest import check_source

    check_source(request, workspace)


def _run_import(request: ImportRequest, context: JobContext) -> DatasetInfo:
    from services.datasets.ingest import import_dataset

    return import_dataset(request, context.workspace, context.report)


def _check_repair(request: RepairRequest, workspace: "Workspace") -> None:
    workspace.datasets.check_exists(request.dataset, loc=("dataset",))


def _run_repair(request: RepairRequest, context: JobContext) -> DatasetInfo:
    from services.datasets.repair import repair_dataset

    return repair_dataset(request, context.workspace, context.report)


_ALL = (
    Task(
        kind="forecast",
        title="Forecast",
        summary="Forecast a series with prediction intervals and accuracy measured on the series itself.",
        route="/timeseries/forecast",
        request=ForecastRequest,
        result=ForecastResult,
        run=_run_forecast,
        check=_check_forecast,
        example={"series": {"dataset": "air-passengers", "column": "passengers"}},
        page="/forecast",
    ),
    Task(
        kind="trajectory",
        title="Trajectory",
        summary="Smooth a track of positions in the plane or in space and predict where it goes, with ellipses.",
        route="/timeseries/trajectory",
        request=TrajectoryRequest,
        result=TrajectoryResult,
        run=_run_trajectory,
        check=_check_trajectory,
        example={"track": {"dataset": "drone-flight", "columns": ["east_m", "north_m"]}, "gate": 99.99},
        page="/trajectory",
    ),
    Task(
        kind="backtest",
        title="Backtest",
        summary="Let several models forecast the past of a series and rank them by what they got wrong.",
        route="/timeseries/backtest",
        request=BacktestRequest,
        result=BacktestResult,
        run=_run_backtest,
        check=_check_forecast,
        example={
            "series": {"dataset": "air-passengers", "column": "passengers"},
            # Quick also on a worker that has compiled nothing yet.
            "models": [{"kind": kind} for kind in ("seasonal_naive", "drift", "theta", "ets")],
        },
        page="/compare",
    ),
    Task(
        kind="batch_forecast",
        title="Batch forecast",
        summary="Forecast thousands of series with one model; one that fails never fails the others.",
        route="/timeseries/batch",
        request=BatchForecastRequest,
        result=BatchForecastResult,
        run=_run_batch,
        check=_check_batch,
        example={"series": {"dataset": "us-macro"}, "horizon": 8},
        page="/batch",
        lane="gpu",
    ),
    Task(
        kind="explore",
        title="Explore",
        summary="Take a series apart: trend and season, periods, correlations, outliers and level shifts.",
        route="/timeseries/explore",
        request=ExploreRequest,
        result=ExploreResult,
        run=_run_explore,
        check=_check_forecast,
        example={"series": {"dataset": "air-passengers", "column": "passengers"}},
        page="/explore",
    ),
    *PORTFOLIO_TASKS,
    *PLANNING_TASKS,
    *INFORMATION_TASKS,
    *BENCHMARK_TASKS,
    Task(
        kind="import_dataset",
        title="Import a dataset",
        summary="Parse an uploaded file or a bundled sample, audit it and store it by content.",
        route="/datasets/import",
        request=ImportRequest,
        result=DatasetInfo,
        run=_run_import,
        check=_check_import,
        example={"source": {"sample": "air-passengers"}},
        page="/datasets",
        is_cacheable=False,  # an upload may have been deleted since
    ),
    Task(
        kind="repair_dataset",
        title="Repair a dataset",
        summary="Make a new version of a dataset with findings of its audit repaired; the original stays as it is.",
        route="/datasets/repair",
        request=RepairRequest,
        result=DatasetInfo,
        run=_run_repair,
        check=_check_repair,
        example={"dataset": "air-passengers", "repairs": [{"kind": "sort_by_time"}]},
        page="/datasets",
        is_cacheable=False,  # the version it made may have been deleted since
    ),
)
TASKS: Mapping[str, Task] = {task.kind: task for task in _ALL}
