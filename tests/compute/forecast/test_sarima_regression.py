"""Regression with ARIMA errors is statsmodels', in its likelihood, slopes and forecasts."""

import numpy as np
import pytest
from scipy.signal import lfilter

from compute.forecast.auto_arima import AutoArima
from compute.forecast.prediction import Prediction
from compute.forecast.regressors import Regressors
from compute.forecast.sarima import Orders
from compute.forecast.sarima.regression import fit_regression
from compute.forecast.selection import fit_auto_arima
from compute.job import ignore_progress
from compute.schema import RequestError
from tests.compute.forecast.series import Array, statsmodels_of

N, HORIZON = 200, 12


def example() -> tuple[Array, Regressors]:
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(2, N + HORIZON))
    columns[1] = np.cumsum(columns[1])
    errors = lfilter([1, 0.4], [1, -0.7], rng.normal(size=N + HORIZON))
    return 5 + np.array([2.0, -1.0]) @ columns + errors, Regressors(("price", "weather"), columns)


@pytest.mark.reference
def test_fit_is_that_of_statsmodels() -> None:
    values, regressors = example()
    orders = Orders(1, 0, 1, has_mean=True)
    fit = fit_regression(orders, values[:N], regressors, ignore_progress)
    model = statsmodels_of(orders, values[:N], exog=regressors.known[:, :N].T)
    reference = model.fit(disp=0)
    assert fit.summary.log_likelihood == pytest.approx(reference.llf, abs=1e-3)
    assert fit.summary.bic == pytest.approx(reference.bic, abs=1e-2)
    assert fit.summary.parameters["price"] == pytest.approx(reference.params[1], abs=1e-3)
    assert fit.summary.standard_errors["price"] == pytest.approx(reference.bse[1], rel=0.15)
    expected = reference.get_forecast(HORIZON, exog=regressors.known[:, N:].T).predicted_mean
    np.testing.assert_allclose(fit.predict(HORIZON).mean, expected, atol=5e-3)
    assert np.nanmax(np.abs(fit.fitted + fit.residuals - values[:N])) < 1e-9


def test_slopes_are_found_through_missing_values_and_chosen_orders() -> None:
    values, regressors = example()
    values[50:60] = np.nan
    for fit in (
        fit_regression(Orders(1, 0, 1, has_mean=True), values[:N], regressors, ignore_progress),
        fit_auto_arima(AutoArima(max_p=2, max_q=2), values[:N], 1, ignore_progress, regressors),
    ):
        assert fit.summary.parameters["price"] == pytest.approx(2, abs=0.2)
        assert fit.summary.parameters["weather"] == pytest.approx(-1, abs=0.2)


def test_future_beyond_the_experience_of_a_regressor_is_less_certain() -> None:
    values, regressors = example()
    near = fit_regression(Orders(1, 0, 0), values[:N], regressors, ignore_progress).predict(HORIZON)
    far_columns = regressors.known.copy()
    far_columns[0, N:] += 100
    far = fit_regression(Orders(1, 0, 0), values[:N], Regressors(regressors.names, far_columns), ignore_progress)
    wide = far.predict(HORIZON)
    assert isinstance(near, Prediction)
    assert isinstance(wide, Prediction)
    assert np.all(wide.relative_variance > near.relative_variance + 1)


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        (np.vstack([np.ones(N + HORIZON), np.arange(N + HORIZON) ** 0.5]), "does not vary"),
        (np.vstack([np.arange(N + HORIZON) ** 0.5, 2 * np.arange(N + HORIZON) ** 0.5]), "repeat each other"),
    ],
)
def test_useless_regressors_are_named(columns: Array, word: str) -> None:
    values, _ = example()
    with pytest.raises(RequestError, match=word):
        fit_regression(Orders(1, 1, 0), values[:N], Regressors(("a", "b"), columns), ignore_progress)


def test_short_future_is_told() -> None:
    values, regressors = example()
    fit = fit_regression(Orders(1, 0, 0), values[:N], regressors, ignore_progress)
    with pytest.raises(RequestError, match="3 steps short"):
        fit.predict(HORIZON + 3)


def test_waves_carry_a_smooth_long_season() -> None:
    steps = np.arange(420)
    values = 10 * np.sin(2 * np.pi * steps / 150) + 0.1 * np.random.default_rng(0).normal(size=420)
    fit = fit_auto_arima(AutoArima(fourier=True, stationary=True), values[:360], 150, ignore_progress)
    assert "sin1" in fit.summary.parameters
    assert np.abs(fit.predict(60).mean - values[360:]).mean() < 0.5
