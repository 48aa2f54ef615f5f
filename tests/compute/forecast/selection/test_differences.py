"""Differences are chosen as the references choose them."""

import warnings

import numpy as np
import pytest
from statsmodels.tsa.stattools import kpss

from compute.forecast.selection.differences import (
    choose_differences,
    choose_seasonal_differences,
    seasonal_strength,
)
from compute.stationarity import rejects_stationarity
from tests.compute.forecast.series import air_passengers, real_series


@pytest.mark.reference
@pytest.mark.parametrize("name", sorted(real_series()))
def test_stationarity_is_rejected_where_statsmodels_rejects_it(name: str) -> None:
    values = real_series()[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the probability is beyond the table
        statistic = kpss(values, nlags=int(3 * np.sqrt(values.size) / 13))[0]
    assert rejects_stationarity(values) == (statistic > 0.463)


@pytest.mark.parametrize("d", [0, 1, 2])
def test_an_integrated_series_is_differenced_as_often(d: int) -> None:
    values = np.random.default_rng(7).normal(size=400)
    for _ in range(d):
        values = np.cumsum(values)
    assert choose_differences(values, 2) == d


def test_a_straight_line_is_differenced_once_and_a_constant_never() -> None:
    assert choose_differences(np.arange(50.0), 2) == 1
    assert choose_differences(np.full(50, 3.0), 2) == 0


def test_strong_season_is_differenced_and_noise_is_not() -> None:
    noise = np.random.default_rng(8).normal(size=144)
    assert seasonal_strength(air_passengers(), 12) > 0.7
    assert choose_seasonal_differences(air_passengers(), 12, 1) == 1
    assert choose_seasonal_differences(noise, 12, 1) == 0
    assert choose_seasonal_differences(air_passengers()[:20], 12, 1) == 0  # the season was not seen twice
