"""A series taken apart, as charts and tables."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from components.exploration_tables import finding_sentence, outlier_table, period_table, summary_facts
from components.figures.exploration import overview_chart, parts_chart, spectrum_chart
from components.figures.forecast import as_array
from components.figures.residuals import quantile_chart
from compute.forecast.exploration.request import ExploreRequest
from compute.forecast.exploration.result import ExploreResult
from compute.forecast.exploration.run import explore
from compute.job import ignore_progress
from compute.series import InlineSeries, Series
from tests.components.finding import text_of

SPIKE, SHIFT = 40, 80


@pytest.fixture(scope="module")
def result() -> ExploreResult:
    """A season of 12 with a spike and a level that shifts for good."""
    steps = np.arange(132)
    values = 100 + 10 * np.sin(2 * np.pi * steps / 12) + np.random.default_rng(0).normal(size=steps.size)
    values[SPIKE] += 40
    values[SHIFT:] += 60
    start = np.datetime64("2010-01", "M")
    series = Series(values, (start + steps).astype("datetime64[ns]"), "sales")
    return explore(ExploreRequest(series=InlineSeries(values=(0.0,))), series, ignore_progress)


def test_the_parts_drawn_add_up_to_the_series(result: ExploreResult) -> None:
    assert result.decomposition is not None
    drawn = parts_chart(result, result.decomposition).data
    np.testing.assert_allclose(sum(as_array(trace.y) for trace in drawn), as_array(result.values), rtol=1e-9)


def test_outliers_are_marked_where_they_are_and_told(result: ExploreResult) -> None:
    marks = next(trace for trace in overview_chart(result).data if trace.name == "Outlier")
    assert result.values[SPIKE] in marks.y
    said = text_of(outlier_table(result))
    when = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(days=SPIKE * 30.44)
    assert f"{when:%Y-%m}" in said
    assert "outlier" in finding_sentence(result)


def test_the_season_is_named_among_the_periods(result: ExploreResult) -> None:
    assert result.spectrum is not None
    named = [note.text for note in spectrum_chart(result.spectrum).layout.annotations]
    assert any(abs(float(name) - 12) < 0.6 for name in named)
    assert "Share of variance" in text_of(period_table(result))
    assert "season of 12 steps" in finding_sentence(result)


def test_errors_are_drawn_against_the_line_of_gaussian_ones(result: ExploreResult) -> None:
    assert result.quantiles is not None
    points, line = quantile_chart(result.quantiles.theoretical, result.quantiles.sample, "Errors").data
    assert len(points.x) == len(points.y) > 0
    assert tuple(line.x) == tuple(line.y)


def test_a_series_without_anything_remarkable_says_so() -> None:
    request = ExploreRequest(series=InlineSeries(values=(0.0,)), confidence=99.9999)
    plain = explore(request, Series(np.random.default_rng(1).normal(size=60), None), ignore_progress)
    assert outlier_table(plain) is None
    assert "no outlier" in finding_sentence(plain).lower()
    assert "60" in text_of(summary_facts(plain))
