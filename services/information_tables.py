"""Information between series as tables for spreadsheets. Which kind of job has which table is in `export`."""

from collections.abc import Iterator, Sequence

from compute.information.result import (
    InformationStorageResult,
    LagEstimate,
    Matrix,
    MutualInformationResult,
    TransferEntropyResult,
)
from services.csv_text import Cell

ESTIMATES = tuple(name for name in LagEstimate.model_fields if name != "lag")


def mutual_information_rows(result: MutualInformationResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per lag, with all that was found there."""
    yield ["x", "y", "lag", "unit", *ESTIMATES]
    for each in result.by_lag:
        yield [result.x, result.y, each.lag, result.units, *_estimates(each)]


def transfer_entropy_rows(result: TransferEntropyResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per lag of the one pair, or per pair at its best lag."""
    if result.matrix is not None:
        yield from _pairs(result.matrix, result.units)
        return
    yield ["source", "target", "lag", "unit", *ESTIMATES]
    for each in result.by_lag:
        yield [result.source, result.target, each.lag, result.units, *_estimates(each)]


def information_storage_rows(result: InformationStorageResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per length of the history that is looked at."""
    yield ["series", "history", "unit", *ESTIMATES]
    for each in result.by_history:
        yield [result.name, each.lag, result.units, *_estimates(each)]


def _pairs(matrix: Matrix, units: str) -> Iterator[Sequence[Cell]]:
    columns = ("effective", "normalised", "z_scores", "p_values", "adjusted_p")
    yield ["source", "target", "lag", "unit", "value", "effective", "normalised", "z_score", "p_value", "adjusted_p"]
    for i, source in enumerate(matrix.names):
        for j, target in enumerate(matrix.names):
            if i != j:
                told = (getattr(matrix, column)[i][j] for column in columns)
                yield [source, target, matrix.lags[i][j], units, matrix.values[i][j], *told]


def _estimates(each: LagEstimate) -> list[Cell]:
    return [getattr(each, name) for name in ESTIMATES]
