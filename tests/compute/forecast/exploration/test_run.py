"""The look at a series tells what is in it, and what a short or flat one cannot show."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.forecast.exploration import ExploreRequest, ExploreResult
from compute.forecast.exploration.run import explore
from compute.forecast.exploration.search import critical_score
from compute.job import Cancelled, Report, ignore_progress
from compute.schema import RequestError
from compute.series import InlineSeries, Series
from tests.compute.forecast.series import air_passengers

MONTHS = np.arange("1949-01", "1961-01", dtype="datetime64[M]").astype("datetime64[ns]")


def look(
    values: np.ndarray, times: np.ndarray | None = None, report: Report = ignore_progress, **options: object
) -> ExploreResult:
    request = ExploreRequest(series=InlineSeries(values=(0.0,)), **options)
    return explore(request, Series(np.asarray(values, dtype=np.float64), times, "series"), report)


def test_air_passengers_have_a_trend_a_year_and_one_low_march() -> None:
    result = look(air_passengers(), MONTHS)
    assert result.season_length == 12
    assert result.decomposition is not None
    assert result.decomposition.trend_strength > 0.95
    assert result.decomposition.seasonal_strength > 0.9
    assert result.spectrum is not None
    assert result.spectrum.peaks[0].period == pytest.approx(12)
    (march,) = result.outliers
    assert march.timestamp is not None
    assert (march.kind, march.timestamp.isoformat()[:7]) == ("outlier", "1960-03")
    changed = [i for i, (old, new) in enumerate(zip(result.values, result.cleaned, strict=True)) if old != new]
    assert changed == [march.index]


def test_planted_outlier_is_found_told_and_taken_out() -> None:
    values = np.log(air_passengers())
    values[60] += 0.5
    result = look(values, MONTHS)
    (outlier,) = result.outliers
    assert (outlier.kind, outlier.index, outlier.value) == ("outlier", 60, values[60])
    assert outlier.timestamp is not None
    assert outlier.timestamp.isoformat() == "1954-01-01T00:00:00+00:00"
    assert result.cleaned[60] == pytest.approx(values[60] - 0.5, abs=0.1)
    one_step = result.one_step
    assert one_step is not None
    assert values[60] > one_step.upper[60]


def test_short_and_flat_series_have_their_summary_and_a_note() -> None:
    for values in (np.array([1.0, 2, 3]), np.full(40, 2.5)):
        result = look(values)
        assert result.summary.count == values.size
        assert result.decomposition is None
        assert any("only the summary" in note for note in result.notes)


USUAL = st.floats(1e-6, 1e6) | st.floats(-1e6, -1e-6) | st.integers(-3, 3)


@settings(deadline=None, max_examples=25)
@given(
    values=st.lists(st.none() | USUAL, min_size=1, max_size=50),
    m=st.sampled_from([1, 2, 7]),
)
def test_any_series_gives_a_result_that_json_can_carry(values: list[float | None], m: int) -> None:
    series = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    if np.isnan(series).all():
        with pytest.raises(RequestError, match="no observed value"):
            look(series, season_length=m)
        return
    result = look(series, season_length=m)
    assert ExploreResult.model_validate_json(result.model_dump_json()) == result
    assert len(result.cleaned) == len(result.values) == len(values)


@pytest.mark.parametrize("size", [1e-200, -1e200])
def test_a_series_beyond_ordinary_units_is_refused_with_the_way_out(size: float) -> None:
    with pytest.raises(RequestError, match=r"1e[-+]200 in size; rescale"):
        look(np.array([0.0, size, 0.0]))


def test_more_confidence_and_longer_series_ask_for_clearer_outliers() -> None:
    assert critical_score(95, 100) < critical_score(99, 100) < critical_score(99, 1000)


def test_cancelled_look_stops_at_the_next_report() -> None:
    calls = 0

    def cancel(fraction: float, message: str) -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        look(air_passengers(), MONTHS, cancel)
    assert calls == 4
