"""Intervals learn from held-out errors how wide to be, slowly from few of them and surely from many."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.forecast.arima import Arima
from compute.forecast.conformal import EXCESS, OUTLYING, calibrate, describe, standardise
from compute.forecast.distribution import SampledErrors, StudentErrors, student_quantile
from compute.forecast.intervals import make_distribution
from compute.forecast.prediction import Prediction
from compute.forecast.request import ForecastRequest
from compute.forecast.run import forecast
from compute.job import ignore_progress
from compute.series import InlineSeries, Series


def test_without_windows_a_short_series_is_widened_and_a_long_one_is_not() -> None:
    assert calibrate([], 20).spread == pytest.approx(np.sqrt(1 + EXCESS / 20))
    assert calibrate([], 20, "ets").spread < calibrate([], 20).spread  # it knows that its estimates err
    assert calibrate([], 100_000).spread == pytest.approx(1.0, abs=1e-3)
    assert calibrate([], 20).degrees < calibrate([], 200).degrees


@pytest.mark.parametrize("truth", [0.7, 1.0, 1.8])
def test_many_windows_find_the_true_factor(truth: float) -> None:
    rng = np.random.default_rng(0)
    windows = [truth * rng.normal(size=6) for _ in range(2000)]
    assert calibrate(windows, 30).spread == pytest.approx(truth, rel=0.05)


@given(windows=st.lists(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=4).map(np.array), max_size=5))
def test_a_few_windows_move_the_factor_within_bounds(windows: list[np.ndarray]) -> None:
    found = calibrate(windows, 50)
    assert found.windows == len(windows)
    assert 0.5 < found.spread < np.sqrt(OUTLYING)


def test_tails_are_heavy_where_series_are_short_and_the_spread_is_kept() -> None:
    """Against the Gaussian of the same spread: narrower at 80 %, about as wide at 95 %, wider at 99.9 %."""
    short = calibrate([], 20)
    narrow, usual, far = (
        short.scale * student_quantile(p, short.degrees) / (short.spread * student_quantile(p, np.inf))
        for p in (0.9, 0.975, 0.9995)
    )
    assert narrow < 0.92
    assert usual == pytest.approx(1, abs=0.03)
    assert far > 1.3
    assert calibrate([], 100_000).degrees > 500


def test_larger_errors_never_narrow_the_intervals() -> None:
    quiet, loud = np.array([0.5, -0.5]), np.array([1.5, -2.0])
    assert calibrate([quiet, loud], 40).scale > calibrate([quiet, quiet], 40).scale


def test_windows_without_a_value_or_without_a_deviation_count_for_nothing() -> None:
    unknown = standardise(np.array([1.0, np.nan]), np.zeros(2), np.array([0.0, 1.0]))
    assert np.isnan(unknown).all()
    assert calibrate([unknown], 40) == calibrate([], 40)


def test_gaussian_becomes_student_and_paths_get_the_same_spread() -> None:
    prediction = Prediction(np.zeros(4), np.ones(4), np.zeros((4, 0)))
    errors = np.random.default_rng(2).normal(size=1000)
    calibration = calibrate([np.full(4, 2.0)] * 4, 30)
    made = [
        make_distribution(method, prediction, 1.0, errors, 20_000, np.random.default_rng(3), calibration)
        for method in ("analytic", "bootstrap")
    ]
    assert isinstance(made[0], StudentErrors)
    assert isinstance(made[1], SampledErrors)
    nu = calibration.degrees
    deviation = made[0].scale * np.sqrt(nu / (nu - 2))
    np.testing.assert_allclose(made[1].paths.std(axis=0), deviation, rtol=0.04)


def test_calibrated_intervals_cover_short_series_that_the_models_own_do_not() -> None:
    """Random walks with a changing drift of 24 values: a model fitted to so few underrates its errors."""
    rng = np.random.default_rng(4)
    covered: dict[str, list[bool]] = {"analytic": [], "conformal": []}
    for _ in range(60):
        values = 100 + np.cumsum(np.cumsum(rng.normal(scale=0.5, size=30)) + rng.normal(size=30))
        for intervals, inside in covered.items():
            request = ForecastRequest(
                series=InlineSeries(values=(0.0,)), horizon=6, model=Arima(p=1, d=1, q=0), intervals=intervals
            )
            band = forecast(request, Series(values[:24]), ignore_progress).intervals[1]
            inside += list((np.array(band.lower) <= values[24:]) & (values[24:] <= np.array(band.upper)))
    assert np.mean(covered["analytic"]) < 0.88
    assert np.mean(covered["conformal"]) == pytest.approx(0.95, abs=0.045)


def test_result_tells_by_how_much_and_why() -> None:
    values = np.cumsum(np.random.default_rng(5).normal(size=60))
    base = {"series": InlineSeries(values=(0.0,)), "horizon": 5, "model": Arima(p=0, d=1, q=0)}
    asked = forecast(ForecastRequest(**base, intervals="conformal"), Series(values), ignore_progress)
    assert asked.intervals_method == "conformal"
    assert asked.calibration is not None
    assert asked.calibration.windows == 5
    assert any("5 held-out folds" in note for note in asked.notes)
    plain = forecast(ForecastRequest(**base, intervals="analytic"), Series(values), ignore_progress)
    assert plain.calibration is None
    assert not any("times as wide" in note for note in plain.notes)


def test_description_of_a_series_too_short_for_folds_says_so() -> None:
    assert "models of series this short" in describe(calibrate([], 10))
    assert "1 held-out fold " in describe(calibrate([np.ones(2)], 10))
