"""Fitting many series at once gives what fitting each by itself gives."""

import numpy as np
import pytest

from compute.forecast.prediction import Prediction
from compute.forecast.sarima import Orders, fit_sarima
from compute.forecast.sarima.many import fit_many
from compute.job import ignore_progress
from tests.compute.forecast.series import Array, real_series


def real_ones() -> list[Array]:
    return [real_series()[name] for name in ("air passengers", "nile", "inflation", "gdp")]


@pytest.mark.parametrize(
    "orders",
    [
        Orders(1, 1, 1),
        Orders(2, 0, 0, has_mean=True),
        Orders(0, 1, 1, has_mean=True),
        Orders(0, 1, 1, 0, 1, 1, 12),
        Orders(1, 0, 0, 0, 1, 1, 4, has_mean=True),
        Orders(0, 2, 2),
        Orders(0, 1, 0),
    ],
    ids=lambda orders: orders.description,
)
def test_each_series_is_fitted_as_by_itself(orders: Orders) -> None:
    series = real_ones()
    many = fit_many(orders, series, 20, ignore_progress)
    for i, values in enumerate(series):
        single = fit_sarima(orders, values, ignore_progress)
        prediction = single.predict(20)
        assert isinstance(prediction, Prediction)
        assert many.log_likelihood[i] == pytest.approx(single.summary.log_likelihood, abs=1e-3)
        np.testing.assert_allclose(many.forecast[i], prediction.mean, atol=0.02 * single.sigma)
        assert many.sigma[i] == pytest.approx(single.sigma, rel=1e-3)
        assert many.has_converged[i]


def test_series_that_cannot_be_fitted_leave_the_others_alone() -> None:
    series = [np.arange(3.0), np.full(50, 2.0), real_series()["nile"]]
    many = fit_many(Orders(2, 1, 1), series, 5, ignore_progress)
    assert np.isnan(many.forecast[:2]).all()
    assert np.isfinite(many.forecast[2]).all()
    assert fit_many(Orders(2, 1, 1), [], 5, ignore_progress).forecast.shape == (0, 5)


def test_missing_values_are_refused() -> None:
    with pytest.raises(ValueError, match="misses values"):
        fit_many(Orders(1, 0, 0), [np.array([1.0, np.nan, 3.0])], 5, ignore_progress)
