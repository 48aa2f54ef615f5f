"""Results as tables for spreadsheets, by kind of job. A kind without a table here is exported as JSON."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from compute.forecast.batch.result import BatchForecastResult
from compute.forecast.result import ForecastResult, Values
from compute.schema import Record
from compute.trajectory.result import Path, Point, TrajectoryResult
from services.benchmark_tables import benchmark_rows
from services.columnar import columnar_file
from services.comparison_tables import backtest_rows, explore_rows
from services.csv_text import Cell, csv_text, time_text
from services.datasets.records import DatasetInfo
from services.information_tables import information_storage_rows, mutual_information_rows, transfer_entropy_rows
from services.motion_tables import collision_rows, mover_rows, path_rows, plan_rows, policy_rows, run_rows
from services.portfolio_tables import (
    estimators_rows,
    frontier_rows,
    optimize_rows,
    portfolio_backtest_rows,
    portfolio_trade_rows,
    rebalance_rows,
    risk_rows,
)
from services.task_records import Task

TableForm = Literal["csv", "parquet", "arrow"]
TextForm = Literal["pretty", "json"]
Rows = Iterable[Sequence[Cell]]


class NoTableError(LookupError):
    """Results of this kind are no table; says what to ask for instead."""


def write_csv(kind: str, result: Record) -> Iterator[str]:
    """Return a result as pieces of CSV text; raise NoTableError at once for a kind without a table."""
    return csv_text(_rows_of(kind, result))


def write_table(kind: str, result: Record, form: TableForm, part: str | None = None) -> Iterator[bytes]:
    """Return a result, or the named part of it, as pieces of a file of that form.

    Raises NoTableError at once for a kind without a table, or without such a part.
    """
    rows = _rows_of(kind, result, part)
    if form == "csv":
        return (piece.encode("utf-8", "replace") for piece in csv_text(rows))
    return iter((columnar_file(rows, form),))


def write_result(task: Task, body: bytes, form: TextForm | TableForm, part: str | None = None) -> Iterable[bytes]:
    """Return a stored result in a form for people (`pretty`) or programs; a part of it as CSV unless told otherwise.

    Raises NoTableError as `write_table` does.
    """
    form = "csv" if part is not None and form == "pretty" else form
    if form == "pretty" or form == "json":
        text = json.dumps(json.loads(body), indent=2 if form == "pretty" else None, allow_nan=False)
        return [text.encode() + b"\n"]
    return write_table(task.kind, task.result.model_validate_json(body), form, part)


def check_part(kind: str, part: str | None) -> None:
    """Raise NoTableError unless results of this kind have such a table; all that have any have the one of no name."""
    known = PARTS.get(kind, {})
    if kind not in TABLES:
        raise NoTableError(f"results of {kind} are no table; ask for JSON, or for a table of: {', '.join(TABLES)}")
    if part is not None and part not in known:
        way = f"there are: {', '.join(known)}" if known else "they are one table: ask without a name"
        raise NoTableError(f"results of {kind} have no table {part[:80]!r}; {way}")


def _rows_of(kind: str, result: Record, part: str | None = None) -> Rows:
    check_part(kind, part)
    return TABLES[kind](result) if part is None else PARTS[kind][part](result)


def forecast_rows(result: ForecastResult) -> Iterator[Sequence[Cell]]:
    """Return a header, the history with its fitted values, and the forecast with its intervals.

    In the history stands what was replaced before the model saw it, and how far what it did not expect was off, in
    standard deviations. The first column is the time, or the number of the step (from 1) where there are no times.
    """
    bounds = [values for interval in result.intervals for values in (interval.lower, interval.upper)]
    names = [f"{side}_{interval.level:g}" for interval in result.intervals for side in ("lower", "upper")]
    first = "step" if result.history_timestamps is None else "timestamp"
    regressors = [each.name for each in result.regressors]
    yield [first, "part", "value", "fitted", "residual", "mean", *names, "replaced_by", "anomaly_score", *regressors]
    empty: list[Cell] = [None] * len(bounds)
    replaced = {each.index: each.replacement for each in result.replaced}
    unexpected = {each.index: each.score for each in result.anomalies.listed} if result.anomalies else {}
    length = len(result.history)
    for at, value in enumerate(result.history):
        when = _when(result.history_timestamps, at, at + 1)
        seen = (replaced.get(at), unexpected.get(at), *(_at(each.past, at) for each in result.regressors))
        yield [when, "history", value, _at(result.fitted, at), _at(result.residuals, at), None, *empty, *seen]
    for at, mean in enumerate(result.mean):
        when = _when(result.timestamps, at, length + at + 1)
        supposed = (_at(each.future, at) for each in result.regressors)
        yield [when, "forecast", None, None, None, mean, *(_at(values, at) for values in bounds), None, None, *supposed]


def trajectory_rows(result: TrajectoryResult) -> Iterator[Sequence[Cell]]:
    """Return a header, the track with its smoothed states, and the predictions with the radii of their ellipses."""
    axes = result.axes
    radii = [f"radius_{region.level:g}" for region in result.regions]
    velocities = [f"velocity_{axis}" for axis in axes]
    estimated = [*axes, *velocities, "speed", "position_std", "velocity_std"]
    yield [
        "timestamp" if result.timestamps else "seconds",
        "part",
        *(f"observed_{axis}" for axis in axes),
        *estimated,
        *radii,
    ]
    empty: list[Cell] = [None] * len(axes)
    for at, seconds in enumerate(result.times):
        when = _when(result.timestamps, at, seconds)
        yield [
            when,
            "track",
            *(result.positions[at] or empty),
            *_state(result.smoothed, at, empty),
            *[None] * len(radii),
        ]
    for at, seconds in enumerate(result.predicted_times):
        when = _when(result.predicted_timestamps, at, seconds)
        ellipses = (region.semi_axes[at][0] for region in result.regions)
        yield [when, "prediction", *empty, *_state(result.predicted, at, empty), *ellipses]


def batch_rows(result: BatchForecastResult) -> Iterator[Sequence[Cell]]:
    """Return a header, a row per series and step, and one row with the reason for each series that failed."""
    levels = list(dict.fromkeys(interval.level for series in result.series for interval in series.intervals))
    bounds = [f"{side}_{level:g}" for level in levels for side in ("lower", "upper")]
    yield ["series", "status", "step", "timestamp", "mean", *bounds, "model", "reason"]
    for series in result.series:
        if series.status == "failed":
            yield [series.name, series.status, *[None] * (3 + len(bounds) + 1), series.reason]
            continue
        limits = {interval.level: (interval.lower, interval.upper) for interval in series.intervals}
        columns = [values for level in levels for values in limits.get(level, ((), ()))]
        for at, mean in enumerate(series.mean):
            when = None if series.timestamps is None else _when(series.timestamps, at, 0)
            cells = (_at(values, at) for values in columns)
            yield [series.name, series.status, at + 1, when, mean, *cells, series.model, None]


def dataset_info_rows(info: DatasetInfo) -> Iterator[Sequence[Cell]]:
    """Return a header and one row per column of an imported dataset."""
    yield ["column", "kind", "missing", "min", "max", "distinct"]
    for column in info.columns:
        yield [column.name, column.kind, column.missing, column.min, column.max, column.distinct]


TABLES: Mapping[str, Callable[[Any], Rows]] = {
    "forecast": forecast_rows,
    "batch_forecast": batch_rows,
    "backtest": backtest_rows,
    "explore": explore_rows,
    "trajectory": trajectory_rows,
    "optimize": optimize_rows,
    "frontier": frontier_rows,
    "risk": risk_rows,
    "portfolio_backtest": portfolio_backtest_rows,
    "estimators": estimators_rows,
    "rebalance": rebalance_rows,
    "mutual_information": mutual_information_rows,
    "transfer_entropy": transfer_entropy_rows,
    "information_storage": information_storage_rows,
    "motion_plan": plan_rows,
    "motion_run": run_rows,
    "benchmark": benchmark_rows,
    "import_dataset": dataset_info_rows,
    "repair_dataset": dataset_info_rows,
}
PARTS: Mapping[str, Mapping[str, Callable[[Any], Rows]]] = {
    "portfolio_backtest": {"trades": portfolio_trade_rows},
    "motion_plan": {"path": path_rows, "policies": policy_rows},
    "motion_run": {"movers": mover_rows, "collisions": collision_rows},
}
"""Parts of results that are tables of their own, by kind of job and name."""


def _state(path: Path, at: int, empty: Sequence[Cell]) -> list[Cell]:
    known: Point | Sequence[Cell] = path.velocities[at] or empty
    return [*(path.positions[at] or empty), *known, path.speeds[at], path.position_std[at], path.velocity_std[at]]


def _when(timestamps: tuple[datetime, ...] | None, at: int, step: float) -> Cell:
    return step if timestamps is None else time_text(timestamps[at])


def _at(values: Values, position: int) -> Cell:
    """Return one value; a series that was cut short has none further on."""
    return values[position] if position < len(values) else None
