"""A series comes onto its grid with everything said that was done to it."""

import numpy as np
import pytest

from compute.forecast.preparation import PreparedSeries, prepare_series
from compute.forecast.request import ForecastRequest
from compute.schema import RequestError
from compute.series import InlineSeries, Series

MONTHS = np.arange("2020-01", "2022-01", dtype="datetime64[M]").astype("datetime64[ns]")


def prepare(values: np.ndarray, timestamps: np.ndarray | None = MONTHS, **options: object) -> PreparedSeries:
    request = ForecastRequest(series=InlineSeries(values=(0.0,)), **{"horizon": 3} | options)
    return prepare_series(request, Series(np.asarray(values, dtype=float), timestamps))


def seasonal(m: int, n: int) -> np.ndarray:
    steps = np.arange(n)
    return 50 + 10 * (steps % m == 2) + 5 * (steps % m == 3) + np.random.default_rng(0).normal(size=n)


def test_months_have_a_season_of_twelve_and_go_on() -> None:
    prepared = prepare(np.arange(24))
    assert prepared.season_length == 12
    assert prepared.future is not None
    assert [str(time)[:10] for time in prepared.future] == ["2022-01-01", "2022-02-01", "2022-03-01"]
    assert prepared.notes == ()


def test_given_season_length_wins() -> None:
    assert prepare(np.arange(24), season_length=4).season_length == 4


def test_without_times_steps_are_numbered_and_there_is_no_season() -> None:
    prepared = prepare(np.arange(24), None)
    assert (prepared.season_length, prepared.future, prepared.frequency) == (1, None, None)


def test_without_times_a_clear_season_is_taken_from_the_values_and_told() -> None:
    prepared = prepare(seasonal(7, 84), None)
    assert prepared.season_length == 7
    assert any("one of 7 steps" in note and "1 for none" in note for note in prepared.notes)
    told = prepare(seasonal(7, 84), None, season_length=1)
    assert (told.season_length, told.notes) == (1, ())


def test_times_that_tell_a_season_are_believed_before_the_values() -> None:
    months = np.arange("2014-01", "2021-01", dtype="datetime64[M]").astype("datetime64[ns]")
    assert prepare(seasonal(7, 84), months).season_length == 12


@pytest.mark.parametrize("times", [MONTHS, None])
def test_a_constant_is_told_with_what_to_look_at(times: np.ndarray | None) -> None:
    (note,) = prepare(np.full(24, 5.0), times).notes
    assert note.startswith("All values are 5:")
    assert "right column" in note


def test_absent_times_become_missing_values() -> None:
    kept = np.delete(np.arange(24), [5, 6])
    prepared = prepare(kept, MONTHS[kept])
    np.testing.assert_array_equal(prepared.timestamps, MONTHS)
    assert np.flatnonzero(np.isnan(prepared.values)).tolist() == [5, 6]
    assert "2 times are absent at steps of 1 month" in prepared.notes[0]


def test_rows_out_of_order_are_sorted_and_said_to_be() -> None:
    order = np.random.default_rng(0).permutation(24)
    prepared = prepare(np.arange(24)[order], MONTHS[order])
    np.testing.assert_array_equal(prepared.values, np.arange(24))
    assert "sorted" in prepared.notes[0]


def test_irregular_times_are_counted_and_spaced_by_the_median() -> None:
    irregular = np.cumsum([1, 5, 2, 9, 3, 20, 1, 2]).astype("datetime64[h]").astype("datetime64[ns]")
    prepared = prepare(np.arange(8), irregular)
    assert prepared.frequency is None
    assert prepared.values.size == 8
    assert prepared.future is not None
    assert prepared.future[0] - irregular[-1] == np.timedelta64(3, "h")
    assert "no regular step" in prepared.notes[0]


def test_mostly_absent_times_are_counted_along_the_values() -> None:
    hours = np.concatenate([np.arange(day * 24 + 9, day * 24 + 16) for day in range(10)])
    prepared = prepare(np.arange(hours.size), hours.astype("datetime64[h]").astype("datetime64[ns]"))
    assert prepared.values.size == hours.size
    assert "Most of the times" in prepared.notes[0]


@pytest.mark.parametrize(
    ("values", "timestamps", "message"),
    [
        (np.arange(24), np.concatenate([MONTHS[:23], MONTHS[22:23]]), "the time 2021-11-01T00:00:00 is repeated"),
        (np.arange(24), np.concatenate([MONTHS[:23], [np.datetime64("NaT")]]), "1 of 24 times are missing"),
        (np.full(24, np.nan), MONTHS, "no observed value"),
        (np.append(np.arange(23.0), np.inf), MONTHS, "infinity"),
        (np.full(24, 1e200), MONTHS, "rescale"),
        (np.full(24, 1e-200), MONTHS, "rescale"),
    ],
)
def test_series_that_cannot_be_used_are_refused_at_the_series(
    values: np.ndarray, timestamps: np.ndarray, message: str
) -> None:
    with pytest.raises(RequestError, match=message) as caught:
        prepare(values, timestamps)
    assert caught.value.problems[0].loc == ("series",)


def test_horizon_beyond_the_clock_is_refused_at_the_horizon() -> None:
    years = np.arange("1900", "2000", dtype="datetime64[Y]").astype("datetime64[ns]")
    request = ForecastRequest(series=InlineSeries(values=(0.0,)), horizon=500)
    with pytest.raises(RequestError, match="2262") as caught:
        prepare_series(request, Series(np.arange(100.0), years))
    assert caught.value.problems[0].loc == ("horizon",)


def test_a_horizon_longer_than_the_series_is_told_with_the_way_out() -> None:
    assert prepare(np.arange(3), None, horizon=3).notes == ()
    (note,) = prepare(np.arange(3), None, horizon=4).notes
    assert note.startswith("4 steps ahead are more than the series has values, 3")
    assert "shorten the horizon" in note
