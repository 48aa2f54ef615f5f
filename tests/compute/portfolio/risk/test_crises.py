"""Crises of the past: told where the history covers them, and only there."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from compute.job import ignore_progress
from compute.portfolio.assets import Values
from compute.portfolio.risk.crises import CRISES, passages
from compute.portfolio.risk.request import RiskRequest
from compute.portfolio.risk.run import measure_risk
from tests.compute.portfolio.risk.test_run import NAMES, measure


def days(first: str, last: str) -> np.ndarray:
    every = np.arange(np.datetime64(first), np.datetime64(last))
    return np.asarray(every[np.is_busday(every)].astype("datetime64[ns]"))


def test_every_crisis_ends_after_it_begins_and_they_are_in_order() -> None:
    assert all(crisis.peak < crisis.trough for crisis in CRISES)
    assert all(first.peak < second.peak for first, second in pairwise(CRISES))
    assert len({crisis.name for crisis in CRISES}) == len(CRISES)


def test_returns_count_from_the_day_after_the_peak_to_the_trough() -> None:
    times = days("2019-01-01", "2021-01-01")
    earned = np.where((times > np.datetime64("2020-02-19")) & (times <= np.datetime64("2020-03-23")), -0.01, 0.005)
    (covid,) = passages(earned, times)
    assert covid.crisis.name == "Covid-19"
    length = covid.last - covid.first + 1
    assert length == np.busday_count(date(2020, 2, 20), date(2020, 3, 24))
    assert covid.portfolio_return == pytest.approx(0.99**length - 1)
    assert covid.max_drawdown == pytest.approx(1 - 0.99**length)


def test_what_the_history_does_not_cover_is_not_told() -> None:
    times = days("2020-03-02", "2021-01-01")
    assert passages(np.zeros(times.size), times) == ()
    assert passages(np.zeros(9), None) == ()


def test_a_measurement_tells_the_crises_of_its_history() -> None:
    times = days("2018-01-01", "2023-01-01")
    table = np.random.default_rng(0).normal(0, 0.01, (times.size, 4))
    request = RiskRequest.model_validate({"assets": {"dataset": "any"}, "benchmark": "ash", "n_simulations": 1000})
    made = measure_risk(request, Values(NAMES, table, times, kind="returns"), ignore_progress)
    assert [each.name for each in made.crises] == ["Volatility shock", "End of 2018", "Covid-19", "Inflation and rates"]
    covid = made.crises[2]
    inside = (times > np.datetime64("2020-02-19")) & (times <= np.datetime64("2020-03-23"))
    assert covid.periods == inside.sum()
    assert covid.portfolio_return == pytest.approx(np.prod(1 + table[inside].mean(axis=1)) - 1)
    assert covid.benchmark_return == pytest.approx(np.prod(1 + table[inside, 3]) - 1)
    assert covid.amount == pytest.approx(covid.portfolio_return * made.value)
    assert measure().crises == ()
