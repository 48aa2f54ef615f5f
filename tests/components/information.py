"""Answers about information between made series, computed by the Gaussian closed form: quick, and true."""

from typing import Any, cast

import numpy as np

from compute.information.result import InformationStorageResult, MutualInformationResult, TransferEntropyResult
from compute.job import ignore_progress
from compute.series import InlineSeries, Series
from services.information_tasks import INFORMATION_TASKS
from services.task_records import JobContext

QUICK = {"estimator": "gaussian", "n_permutations": 39, "n_bootstrap": 0}
_TASKS = {task.kind: task for task in INFORMATION_TASKS}


class GivenSeries:
    """What a workspace is to requests that hold their series."""

    def read_series(self, reference: InlineSeries, _loc: Any = ()) -> Series:
        return Series(np.array(reference.values, dtype=np.float64), name=reference.name)


def driven(length: int = 300) -> list[dict[str, Any]]:
    """Return a series, one that it drives three steps later, and one that has nothing to do with them."""
    noise = np.random.default_rng(5).normal(size=(3, length))
    columns = {"gas": noise[0], "steam": noise[1] + 0.8 * np.roll(noise[0], 3), "wind": noise[2]}
    return [{"values": values.tolist(), "name": name} for name, values in columns.items()]


def transfer(**asked: Any) -> TransferEntropyResult:
    """Return the transfer entropy from gas to steam."""
    gas, steam, _ = driven()
    pair = {"source": gas, "target": steam, "lags": {"first": 1, "last": 5}}
    return cast(TransferEntropyResult, _run("transfer_entropy", pair | QUICK | asked))


def mutual(**asked: Any) -> MutualInformationResult:
    """Return the mutual information of gas and steam."""
    gas, steam, _ = driven()
    pair = {"x": gas, "y": steam, "lags": {"first": -2, "last": 5}}
    return cast(MutualInformationResult, _run("mutual_information", pair | QUICK | asked))


def network(**asked: Any) -> TransferEntropyResult:
    """Return the transfer entropy of every pair of the three."""
    every = {"series": driven(), "lags": {"first": 1, "last": 4}}
    return cast(TransferEntropyResult, _run("transfer_entropy", every | QUICK | {"n_permutations": 199} | asked))


def storage(**asked: Any) -> InformationStorageResult:
    """Return what steam remembers: nothing."""
    return cast(InformationStorageResult, _run("information_storage", {"series": driven()[1]} | QUICK | asked))


def _run(kind: str, asked: dict[str, Any]) -> Any:
    task = _TASKS[kind]
    context = JobContext(workspace=cast(Any, GivenSeries()), report=ignore_progress)
    return task.run(task.request.model_validate(asked), context)
