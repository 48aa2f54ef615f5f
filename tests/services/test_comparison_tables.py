"""Leaderboards and explorations as CSV."""

import csv
import io

import numpy as np

from compute.forecast.backtest.request import BacktestRequest
from compute.forecast.backtest.run import backtest
from compute.forecast.exploration.request import ExploreRequest
from compute.forecast.exploration.run import explore
from compute.forecast.naive import Drift, Naive
from compute.job import ignore_progress
from compute.series import InlineSeries, Series
from services.export import write_csv

INLINE = InlineSeries(values=(0.0,))
VALUES = 20 + np.arange(48.0) + np.tile([0.0, 3.0, 1.0, 7.0], 12) + np.random.default_rng(0).normal(size=48)


def rows_of(kind: str, result: object) -> list[dict[str, str]]:
    text = "".join(write_csv(kind, result))  # type: ignore[arg-type]
    return list(csv.DictReader(io.StringIO(text)))


def test_every_row_of_a_leaderboard_is_in_its_table() -> None:
    request = BacktestRequest(series=INLINE, models=(Drift(), Naive()), horizon=4, season_length=4)
    result = backtest(request, Series(VALUES, None, "sales"), ignore_progress, lambda: 0.0, "cpu")
    rows = rows_of("backtest", result)
    assert [row["model"] for row in rows] == [row.description for row in result.rows]
    assert [float(row["mase"]) for row in rows] == [row.mase for row in result.rows]
    assert [float(row["coverage_95"]) for row in rows] == [row.coverage["95"] for row in result.rows]


def test_the_parts_of_an_exploration_add_up_in_its_table() -> None:
    times = np.datetime64("2020-01", "M") + np.arange(VALUES.size)
    result = explore(
        ExploreRequest(series=INLINE, season_length=4),
        Series(VALUES, times.astype("datetime64[ns]"), "sales"),
        ignore_progress,
    )
    rows = rows_of("explore", result)
    assert rows[0]["timestamp"] == "2020-01-01T00:00:00Z"
    sums = [sum(float(row[part]) for part in ("trend", "seasonal", "remainder")) for row in rows]
    np.testing.assert_allclose(sums, VALUES)
    assert [row["found"] for row in rows].count("") == VALUES.size - len(result.outliers)
