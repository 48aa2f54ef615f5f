"""What was planted is found where it is, of its kind and size; ordinary series show nothing."""

import numpy as np
import pytest

from compute.forecast.exploration.outliers import find_events

RANDOM_WALK = np.ones(500)
WHITE = np.array([1.0])


def walk(n: int = 200) -> np.ndarray:
    return np.random.default_rng(0).normal(size=n).cumsum()


def errors_of_walk(values: np.ndarray) -> np.ndarray:
    return np.concatenate([[np.nan], np.diff(values)])


def test_outlier_of_a_random_walk_is_one_event_of_its_size() -> None:
    values = walk()
    values[130] += 9
    (event,) = find_events(errors_of_walk(values), RANDOM_WALK, 4.0)
    assert (event.kind, event.index) == ("outlier", 130)
    assert event.size == pytest.approx(9, abs=1.5)


def test_shift_of_a_steady_level_is_one_event_of_its_size() -> None:
    values = np.random.default_rng(1).normal(size=200)
    values[120:] += 5
    (event,) = find_events(values - np.median(values[:120]), WHITE, 4.5)
    assert (event.kind, event.index) == ("level_shift", 120)
    assert event.size == pytest.approx(5, abs=0.4)


def test_ordinary_series_show_nothing() -> None:
    rng = np.random.default_rng(2)
    found = sum(bool(find_events(rng.normal(size=150), WHITE, 4.2)) for _ in range(100))
    assert found <= 5


def test_missing_residuals_are_passed_over() -> None:
    residuals = np.random.default_rng(3).normal(size=100)
    residuals[40] = 30
    residuals[[0, 39, 41, 99]] = np.nan
    events = find_events(residuals, WHITE, 5.0)
    assert [event.index for event in events] == [40]


@pytest.mark.parametrize("residuals", [np.full(30, np.nan), np.zeros(30), np.zeros(0)])
def test_nothing_to_judge_by_gives_no_events(residuals: np.ndarray) -> None:
    assert find_events(residuals, WHITE, 3.0) == ()
