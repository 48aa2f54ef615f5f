"""Values that a model did not expect are flagged, and chance is given its share."""

from typing import Any

import numpy as np
import pytest

from compute.forecast.arima import Arima
from compute.forecast.ets import Ets
from compute.forecast.naive import Naive
from compute.forecast.request import ForecastRequest
from compute.forecast.result import Anomalies
from compute.forecast.run import forecast
from compute.forecast.theta import Theta
from compute.job import ignore_progress
from compute.series import InlineSeries, Series

LINEAR = Arima(p=0, d=1, q=0)


def walk(n: int = 400, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=n).cumsum()


def found(values: np.ndarray, **options: Any) -> Anomalies | None:
    request = ForecastRequest(series=InlineSeries(values=(0.0,)), **({"model": LINEAR} | options))
    return forecast(request, Series(values), ignore_progress).anomalies


@pytest.mark.parametrize("level", [80, 95])
def test_ordinary_series_have_the_share_that_chance_gives(level: float) -> None:
    shares = [found(walk(seed=seed), levels=(50, level)) for seed in range(5)]
    mean = np.mean([each.share for each in shares if each is not None])
    assert mean == pytest.approx(1 - level / 100, abs=3 * np.sqrt(level * (100 - level) / 1e4 / 2000))
    assert shares[0] is not None
    assert shares[0].expected_share == pytest.approx(1 - level / 100)


def test_jump_is_flagged_with_what_was_expected_and_its_interval() -> None:
    values = walk()
    values[200:] += 8
    anomalies = found(values)
    assert anomalies is not None
    jump = next(each for each in anomalies.listed if each.index == 200)
    assert jump.value == values[200]
    assert jump.expected == pytest.approx(values[199])
    assert jump.score == pytest.approx(7, abs=1.5)
    assert jump.lower < jump.expected < jump.upper < jump.value
    assert jump.upper - jump.lower == pytest.approx(2 * 1.96 * 1.08, rel=0.1)
    assert anomalies.count == len(anomalies.listed)
    assert [each.index for each in anomalies.listed] == sorted(each.index for each in anomalies.listed)


def test_interval_grows_with_errors_that_grow_with_the_level() -> None:
    """Of a series whose errors are relative, a surprise at a low level is smaller in the series' unit."""
    rng = np.random.default_rng(3)
    values = np.exp(0.02 * np.arange(200)) * (1 + 0.05 * rng.normal(size=200))
    values[30] *= 1.4
    anomalies = found(values, model=Ets(error="mul", choice="best"))
    assert anomalies is not None
    assert 30 in {each.index for each in anomalies.listed}
    widths = {each.index: each.upper - each.lower for each in anomalies.listed}
    assert max(widths.values()) > 5 * widths[30]
    assert anomalies.share < 0.1


def test_no_level_no_anomalies() -> None:
    assert found(walk(), levels=()) is None
    assert found(walk(), intervals="none") is None
    assert found(np.full(30, 4.0), model=Naive()) is None


def test_missing_and_first_values_are_not_judged() -> None:
    values = walk(100)
    values[[40, 41]] = np.nan
    anomalies = found(values, model=Theta())
    assert anomalies is not None
    assert anomalies.checked <= 98
