"""The inferred grid is the one the times were made from, whatever is missing, doubled or out of order."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.timeindex import DAY, HOUR, MINUTE, SECOND, BusinessDay, CalendarStep, FixedStep, infer_frequency


def times(*stamps: str) -> np.ndarray:
    return np.array(stamps, dtype="datetime64[ns]")


def pandas_grid(start: str, freq: str, count: int = 60) -> np.ndarray:
    return pd.date_range(start, periods=count, freq=freq).to_numpy(dtype="datetime64[ns]")


PANDAS_GRIDS = [
    # pandas' name, start, ISO 8601 duration, season
    ("1s", "2024-01-01", "PT1S", 60),
    ("5s", "2024-01-01", "PT5S", 720),
    ("100ms", "2024-01-01", "PT0.1S", 600),
    ("min", "2024-01-01T00:00:30", "PT1M", 1440),
    ("15min", "2024-01-01", "PT15M", 96),
    ("30min", "2024-02-28", "PT30M", 48),
    ("h", "2024-02-28T07:00", "PT1H", 24),
    ("6h", "2024-02-28", "PT6H", 4),
    ("D", "2024-02-20", "P1D", 7),
    ("B", "2024-02-20", "P1D", 5),
    ("W-SUN", "2024-02-20", "P1W", 52),
    ("2W-MON", "2024-02-20", "P2W", 26),
    ("MS", "2023-11-01", "P1M", 12),
    ("ME", "2023-11-30", "P1M", 12),
    ("BME", "2019-11-29", "P1M", 12),
    ("BMS", "2010-01-01", "P1M", 12),
    ("QS", "2020-01-01", "P3M", 4),
    ("QE", "2020-01-01", "P3M", 4),
    ("QS-FEB", "2020-02-01", "P3M", 4),
    ("YS", "1900-01-01", "P1Y", 1),
    ("YE", "1900-01-01", "P1Y", 1),
    ("10YS", "1700-01-01", "P10Y", 1),
]


@pytest.mark.parametrize(("freq", "start", "iso", "season"), PANDAS_GRIDS)
def test_grids_of_pandas_are_recognised(freq: str, start: str, iso: str, season: int) -> None:
    frequency = infer_frequency(pandas_grid(start, freq, 50))
    assert frequency is not None
    assert (frequency.iso, frequency.season_length) == (iso, season)


@pytest.mark.parametrize(("freq", "start"), [row[:2] for row in PANDAS_GRIDS if row[0] not in ("BME", "BMS", "10YS")])
def test_extension_continues_as_pandas_does(freq: str, start: str) -> None:
    grid = pandas_grid(start, freq, 90)
    frequency = infer_frequency(grid[:50])
    assert frequency is not None
    np.testing.assert_array_equal(frequency.extend(grid[49], 40), grid[50:])
    np.testing.assert_array_equal(frequency.grid(grid[0], grid[-1]), grid)
    np.testing.assert_array_equal(frequency.steps(grid[0], grid), np.arange(90))


@given(
    freq=st.sampled_from([row[:2] for row in PANDAS_GRIDS if row[0] not in ("BME", "BMS", "10YS")]),
    kept=st.sets(st.integers(0, 59), min_size=30, max_size=60),
    seed=st.integers(0, 2**16),
)
def test_gaps_duplicates_and_disorder_do_not_hide_the_step(freq: tuple[str, str], kept: set[int], seed: int) -> None:
    grid = pandas_grid(freq[1], freq[0])
    whole = infer_frequency(grid)
    rng = np.random.default_rng(seed)
    # Neighbours at both ends: what remains of the grid shows one step at least once, and where it begins and ends.
    some = grid[sorted(kept | {0, 1, 2, 3, 4, 5, 6, 7, 58, 59})]
    shuffled = rng.permutation(np.concatenate([some, some[:3], [np.datetime64("NaT")]]))
    assert infer_frequency(shuffled) == whole


@given(
    nanoseconds=st.one_of(
        st.integers(1, 60).map(lambda n: n * SECOND),
        st.integers(1, 60).map(lambda n: n * MINUTE),
        st.integers(1, 26).map(lambda n: n * DAY),
        st.integers(1, 10**6),
    ),
    start=st.integers(0, 10**18),
    count=st.integers(3, 40),
)
def test_every_fixed_step_is_found_again(nanoseconds: int, start: int, count: int) -> None:
    grid = (start + nanoseconds * np.arange(count)).astype("datetime64[ns]")
    frequency = infer_frequency(grid)
    if nanoseconds == DAY:
        assert frequency in (FixedStep(DAY), BusinessDay(getattr(frequency, "time_of_day", 0)))
    else:
        assert frequency == FixedStep(nanoseconds)


@given(
    months=st.sampled_from([1, 2, 3, 4, 6, 12, 24]),
    day=st.integers(1, 31),
    hour=st.integers(-11, 12),
    first=st.integers(-600, 1200),
    count=st.integers(14, 40),
)
def test_every_step_of_months_is_found_again(months: int, day: int, hour: int, first: int, count: int) -> None:
    made = CalendarStep(months, day, hour * HOUR)
    origin = made.at(np.datetime64("1970-01-31", "ns"), np.array([first // months]))[0]
    grid = made.extend(origin, count)
    found = infer_frequency(grid)
    assert isinstance(found, CalendarStep)
    assert found.months == months
    np.testing.assert_array_equal(found.extend(grid[-1], 12), made.extend(grid[-1], 12))
    np.testing.assert_array_equal(found.steps(grid[0], grid), np.arange(count))


@pytest.mark.parametrize("zone", ["Europe/London", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize(("freq", "iso"), [("MS", "P1M"), ("D", "P1D"), ("B", "P1D"), ("YS", "P1Y")])
def test_local_midnights_keep_their_step_across_daylight_saving(zone: str, freq: str, iso: str) -> None:
    local = pd.date_range("2021-01-01", periods=400 if freq in "DB" else 40, freq=freq, tz=zone)
    utc = local.tz_convert("UTC").tz_localize(None).to_numpy(dtype="datetime64[ns]")
    frequency = infer_frequency(utc)
    assert frequency is not None
    assert frequency.iso == iso
    np.testing.assert_array_equal(frequency.steps(utc[0], utc), np.arange(utc.size))
    assert isinstance(frequency, BusinessDay) == (freq == "B")


def test_sensor_jitter_is_forgiven() -> None:
    rng = np.random.default_rng(1)
    jitter = rng.uniform(-0.04, 0.04, 500) * SECOND
    grid = (10**18 + np.arange(500) * SECOND + jitter).astype(np.int64).astype("datetime64[ns]")
    assert infer_frequency(grid) == FixedStep(SECOND)


def test_irregular_times_have_no_frequency() -> None:
    rng = np.random.default_rng(2)
    irregular = np.cumsum(rng.exponential(HOUR, 300)).astype(np.int64).astype("datetime64[ns]")
    assert infer_frequency(irregular) is None


@pytest.mark.parametrize(
    "few", [times(), times("2024-01-01"), times("2024-01-01", "2024-01-01"), times("NaT", "2024-01-01")]
)
def test_fewer_than_two_distinct_times_have_no_frequency(few: np.ndarray) -> None:
    assert infer_frequency(few) is None


def test_month_ends_stay_month_ends_through_february() -> None:
    frequency = infer_frequency(times("2023-11-30", "2023-12-31", "2024-01-31"))
    assert frequency == CalendarStep(months=1, day=31)
    np.testing.assert_array_equal(
        frequency.extend(np.datetime64("2024-01-31", "ns"), 3), times("2024-02-29", "2024-03-31", "2024-04-30")
    )


def test_business_days_skip_weekends() -> None:
    grid = pandas_grid("2024-01-01", "B", 15)
    frequency = infer_frequency(np.delete(grid, 6))
    assert frequency == BusinessDay()
    np.testing.assert_array_equal(
        frequency.extend(np.datetime64("2024-01-19", "ns"), 2), times("2024-01-22", "2024-01-23")
    )


@pytest.mark.parametrize("frequency", [FixedStep(DAY), CalendarStep(12, 1), BusinessDay()])
def test_times_beyond_the_clock_overflow_instead_of_wrapping(frequency: FixedStep) -> None:
    with pytest.raises(OverflowError, match="2262"):
        frequency.extend(np.datetime64("2024-01-01", "ns"), 200_000)


@pytest.mark.parametrize(
    ("frequency", "words"),
    [
        (FixedStep(15 * MINUTE), "15 minutes"),
        (FixedStep(7 * DAY), "1 week"),
        (CalendarStep(1, 1), "1 month"),
        (CalendarStep(3, 31), "1 quarter"),
        (CalendarStep(24, 1), "2 years"),
    ],
)
def test_steps_have_words(frequency: FixedStep, words: str) -> None:
    assert frequency.words == words
