"""The kinds of jobs about information flow: rows of `tasks`. Run functions import what they need when they run."""

from typing import TYPE_CHECKING

from compute.information.request import (
    InformationStorageRequest,
    MutualInformationRequest,
    SeriesColumns,
    TransferEntropyRequest,
)
from compute.information.result import InformationStorageResult, MutualInformationResult, TransferEntropyResult
from compute.schema import Location, RequestError
from compute.series import DatasetColumn, SeriesReference
from services.task_records import JobContext, Task

if TYPE_CHECKING:
    from compute.information.setting import Setting
    from compute.series import Series
    from services.workspace import Workspace


def _setting(context: JobContext) -> "Setting":
    from time import perf_counter

    from compute.information.setting import Setting
    from services.cores import count_cores

    return Setting(context.report, perf_counter, context.device, count_cores())


def _check_one(reference: SeriesReference | None, loc: Location, workspace: "Workspace") -> None:
    if isinstance(reference, DatasetColumn):
        workspace.datasets.check_column(reference, loc=loc)


def _check_list(references: tuple[SeriesReference, ...], name: str, workspace: "Workspace") -> None:
    for at, reference in enumerate(references):
        _check_one(reference, (name, at), workspace)


def _read_list(references: tuple[SeriesReference, ...], name: str, workspace: "Workspace") -> list["Series"]:
    return [workspace.read_series(reference, (name, at)) for at, reference in enumerate(references)]


def _check_mutual(request: MutualInformationRequest, workspace: "Workspace") -> None:
    _check_one(request.x, ("x",), workspace)
    _check_one(request.y, ("y",), workspace)
    _check_list(request.conditions, "conditions", workspace)


def _run_mutual(request: MutualInformationRequest, context: JobContext) -> MutualInformationResult:
    from compute.information.mutual import measure_mutual_information

    workspace = context.workspace
    x, y = workspace.read_series(request.x, ("x",)), workspace.read_series(request.y, ("y",))
    conditions = _read_list(request.conditions, "conditions", workspace)
    return measure_mutual_information(request, x, y, conditions, _setting(context))


def _check_transfer(request: TransferEntropyRequest, workspace: "Workspace") -> None:
    _check_one(request.source, ("source",), workspace)
    _check_one(request.target, ("target",), workspace)
    _check_list(request.conditions, "conditions", workspace)
    if isinstance(request.series, SeriesColumns):
        _columns(request.series, workspace)
    else:
        _check_list(request.series or (), "series", workspace)


def _columns(series: SeriesColumns, workspace: "Workspace") -> tuple[DatasetColumn, ...]:
    """Return the columns that are meant; RequestError where the dataset lacks them, or has too few."""
    from services.datasets.store import number_columns

    info = workspace.datasets.check_exists(series.dataset, ("series", "dataset"))
    names = number_columns(info, series.columns, ("series",))
    if len(names) < 2:
        raise RequestError.at(
            "series", "columns", msg=f"{len(names)} number column makes no pair; choose a dataset with more"
        )
    return tuple(DatasetColumn(dataset=series.dataset, column=name) for name in names)


def _run_transfer(request: TransferEntropyRequest, context: JobContext) -> TransferEntropyResult:
    from compute.information.matrix import measure_all_pairs
    from compute.information.preparation import Placed
    from compute.information.transfer import measure_transfer_entropy

    workspace = context.workspace
    conditions = _read_list(request.conditions, "conditions", workspace)
    if request.source is not None and request.target is not None:
        source = workspace.read_series(request.source, ("source",))
        target = workspace.read_series(request.target, ("target",))
        return measure_transfer_entropy(request, source, target, conditions, _setting(context))
    if isinstance(request.series, SeriesColumns):
        columns = _columns(request.series, workspace)
        placed = [Placed(workspace.read_series(each, ("series",)), ("series", "columns")) for each in columns]
    else:
        series = _read_list(request.series or (), "series", workspace)
        placed = [Placed(each, ("series", at)) for at, each in enumerate(series)]
    return measure_all_pairs(request, placed, conditions, _setting(context))


def _check_storage(request: InformationStorageRequest, workspace: "Workspace") -> None:
    _check_one(request.series, ("series",), workspace)


def _run_storage(request: InformationStorageRequest, context: JobContext) -> InformationStorageResult:
    from compute.information.storage import measure_storage

    return measure_storage(request, context.workspace.read_series(request.series), _setting(context))


INFORMATION_TASKS = (
    Task(
        kind="mutual_information",
        title="Mutual information",
        summary="Measure how much one series tells about another at each lag, in any shape of dependence.",
        route="/information/mutual-information",
        request=MutualInformationRequest,
        result=MutualInformationResult,
        run=_run_mutual,
        check=_check_mutual,
        example={
            "x": {"dataset": "electric-load", "column": "temperature_c"},
            "y": {"dataset": "electric-load", "column": "load_mw"},
            "lags": {"first": -3, "last": 3},
            "n_permutations": 19,
        },
        page="/mutual-information",
    ),
    Task(
        kind="transfer_entropy",
        title="Transfer entropy",
        summary="Find which series drives which, and at what lag, with surrogates that show what chance would do.",
        route="/information/transfer-entropy",
        request=TransferEntropyRequest,
        result=TransferEntropyResult,
        run=_run_transfer,
        check=_check_transfer,
        example={
            "source": {"dataset": "us-macro", "column": "consumption"},
            "target": {"dataset": "us-macro", "column": "investment"},
            "lags": {"first": 1, "last": 6},
            "differencing": True,
        },
        page="/information",
    ),
    Task(
        kind="information_storage",
        title="Information storage",
        summary="Measure how uncertain a series is, and how much of its next value its own past tells.",
        route="/information/storage",
        request=InformationStorageRequest,
        result=InformationStorageResult,
        run=_run_storage,
        check=_check_storage,
        example={"series": {"dataset": "sunspots", "column": "sunspots"}, "n_permutations": 19},
        page="/information-storage",
    ),
)
