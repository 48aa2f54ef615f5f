"""The reference forecasts are the closed forms of the textbook."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from compute.forecast.reference import fit_drift, fit_naive, fit_seasonal_naive
from compute.schema import RequestError

VALUES = arrays(np.float64, st.integers(8, 40), elements=st.floats(-1e6, 1e6))


@given(VALUES, st.integers(1, 20))
def test_naive_repeats_the_last_value_and_its_variance_grows_by_the_step(values: np.ndarray, horizon: int) -> None:
    fit = fit_naive(values)
    prediction = fit.predict(horizon)
    np.testing.assert_array_equal(prediction.mean, np.full(horizon, values[-1]))
    np.testing.assert_allclose(prediction.relative_variance, np.arange(1, horizon + 1))
    np.testing.assert_allclose(fit.sigma, np.sqrt(np.mean(np.diff(values) ** 2)))
    np.testing.assert_array_equal(fit.residuals[1:], np.diff(values))


@given(VALUES, st.integers(1, 20), st.integers(1, 8))
def test_seasonal_naive_repeats_the_last_season(values: np.ndarray, horizon: int, m: int) -> None:
    fit = fit_seasonal_naive(values, m)
    prediction = fit.predict(horizon)
    np.testing.assert_array_equal(prediction.mean, np.resize(values[-m:], horizon))
    # Hyndman & Athanasopoulos, section 5.5: sigma sqrt(k + 1) with k complete seasons before step h.
    np.testing.assert_allclose(prediction.relative_variance, (np.arange(horizon)) // m + 1)
    np.testing.assert_array_equal(fit.fitted[m:], values[:-m])


def test_seasonal_naive_takes_the_latest_value_seen_at_each_place() -> None:
    values = np.array([1.0, 2, 3, 4, 5, np.nan, 7, 8, np.nan])
    prediction = fit_seasonal_naive(values, 3).predict(6)
    np.testing.assert_array_equal(prediction.mean, [7, 8, 3, 7, 8, 3])
    np.testing.assert_allclose(prediction.relative_variance, [1, 1, 3, 2, 2, 4])


def test_season_with_a_place_never_seen_is_refused() -> None:
    with pytest.raises(RequestError, match="1 of the 3 places") as caught:
        fit_seasonal_naive(np.array([1.0, np.nan, 3, 4, np.nan, 6]), 3)
    assert caught.value.problems[0].loc == ("season_length",)


def test_one_value_is_a_forecast_without_a_known_error() -> None:
    fit = fit_naive(np.array([3.0]))
    assert np.isnan(fit.sigma)
    np.testing.assert_array_equal(fit.predict(2).mean, [3.0, 3.0])


@given(VALUES, st.integers(1, 20))
def test_drift_runs_on_along_the_line_between_the_ends(values: np.ndarray, horizon: int) -> None:
    n, fit = values.size, fit_drift(values)
    steps = np.arange(1, horizon + 1)
    prediction = fit.predict(horizon)
    slope = (values[-1] - values[0]) / (n - 1)
    np.testing.assert_allclose(prediction.mean, values[-1] + slope * steps, atol=1e-6)
    # Hyndman & Athanasopoulos, section 5.5: sigma^2 h (1 + h / (n - 1)).
    np.testing.assert_allclose(prediction.relative_variance, steps * (1 + steps / (n - 1)))
    np.testing.assert_allclose(fit.sigma, np.diff(values).std(ddof=1), atol=1e-9)


def test_drift_over_a_gap_counts_the_steps_of_the_gap() -> None:
    whole = 2.0 * np.arange(10)
    gapped = np.where(np.isin(np.arange(10), [3, 4]), np.nan, whole)
    fit = fit_drift(gapped)
    np.testing.assert_allclose(fit.predict(3).mean, [20, 22, 24])
    assert fit.extend is not None
    longer = fit.extend(np.append(gapped, [25.0, 20.0]))
    assert longer.summary.parameters == {"drift": 2.0}
    assert longer.predict(1).mean[0] == 22.0


def test_drift_of_one_value_is_refused() -> None:
    with pytest.raises(RequestError, match="at least 2 observed values"):
        fit_drift(np.array([3.0]))
