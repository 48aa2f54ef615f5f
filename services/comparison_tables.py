"""Leaderboards and explorations as tables for spreadsheets. Which kind of job has which table is in `export`."""

from collections.abc import Iterator, Sequence

from compute.forecast.backtest.result import BacktestResult, LeaderboardRow
from compute.forecast.exploration.result import ExploreResult
from services.csv_text import Cell, time_text


def backtest_rows(result: BacktestResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per model, the best first: errors, coverage, what it cost, why it failed."""
    levels = sorted({level for row in result.rows for level in row.coverage}, key=float)
    measures = ("mase", "mae", "rmse", "smape", "crps")
    yield [
        "rank",
        "model",
        "kind",
        *measures,
        *(f"msis_{level}" for level in levels),
        *(f"coverage_{level}" for level in levels),
        "probability_worse",
        "fit_ms",
        "folds",
        "reason",
    ]
    for row in result.rows:
        yield [
            row.rank,
            row.description,
            row.kind,
            *(getattr(row, measure) for measure in measures),
            *(row.msis.get(level) for level in levels),
            *(row.coverage.get(level) for level in levels),
            _worse(row),
            row.fit_ms,
            row.folds,
            row.reason,
        ]


def explore_rows(result: ExploreResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per step: the value, its parts, what was expected, and what was found there."""
    parts, expected = result.decomposition, result.one_step
    columns = (
        result.values,
        *((parts.trend, parts.seasonal, parts.remainder) if parts else ()),
        *((expected.fitted, expected.lower, expected.upper) if expected else ()),
        result.cleaned,
    )
    yield [
        "step" if result.timestamps is None else "timestamp",
        "value",
        *(("trend", "seasonal", "remainder") if parts else ()),
        *(("expected", "lower", "upper") if expected else ()),
        "cleaned",
        "found",
    ]
    found = {each.index: each.kind for each in result.outliers}
    for at in range(len(result.values)):
        when: Cell = at + 1 if result.timestamps is None else time_text(result.timestamps[at])
        yield [when, *(column[at] for column in columns), found.get(at)]


def _worse(row: LeaderboardRow) -> float | None:
    return row.comparison.probability_worse if row.comparison else None
