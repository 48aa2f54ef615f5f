"""What a model missed at the same hour of the last week is repeated as far as it recurs, and not where it does not."""

import numpy as np
import pytest

from compute.forecast.arima import Arima
from compute.forecast.auto_arima import AutoArima
from compute.forecast.fitting import fit_model
from compute.forecast.intervals import deviation_of, simulate_errors
from compute.forecast.prediction import Fit
from compute.forecast.reference import fit_seasonal_naive
from compute.forecast.selection.echo import echo_longer_cycle
from compute.job import ignore_progress

DAY, WEEK = 24, 168
HORIZON = 48


def hours(weeks: float, weekend: float, seed: int = 0) -> np.ndarray:
    """Return hourly values with the shape of a day, whose weekends are lower, and noise of size 1."""
    hour = np.arange(int(weeks * WEEK))
    day = 10 * np.sin(2 * np.pi * hour / DAY)
    is_weekend = (hour // DAY) % 7 >= 5
    return 100 + day - weekend * is_weekend + np.random.default_rng(seed).normal(size=hour.size)


def split(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return values[:-HORIZON], values[-HORIZON:]


def error(fit: Fit, actual: np.ndarray) -> float:
    return float(np.mean(np.abs(fit.predict(actual.size).mean - actual)))


@pytest.mark.parametrize("weeks", [5.0, 5.3, 5.7, 6.0])
def test_weekends_are_foreseen_by_what_was_missed_at_the_last_one(weeks: float) -> None:
    past, actual = split(hours(weeks, weekend=15))
    plain = fit_seasonal_naive(past, DAY)
    heard = echo_longer_cycle(plain, DAY)
    changes = error(plain, actual) > 5  # a weekend begins or ends in these two days
    assert error(heard, actual) < (0.5 * error(plain, actual) if changes else error(plain, actual) + 1)
    assert "168 steps ago" in heard.notes[-1]


def test_without_a_week_nothing_is_repeated() -> None:
    plain = fit_seasonal_naive(hours(6, weekend=0), DAY)
    heard = echo_longer_cycle(plain, DAY)
    np.testing.assert_allclose(heard.predict(HORIZON).mean, plain.predict(HORIZON).mean, atol=0.6)


def test_series_too_short_or_season_without_a_longer_cycle_keep_their_fit() -> None:
    short = fit_seasonal_naive(hours(2.5, weekend=15), DAY)
    assert echo_longer_cycle(short, DAY) is short
    monthly = fit_seasonal_naive(hours(6, weekend=15), 12)
    assert echo_longer_cycle(monthly, 12) is monthly


def test_longer_forecast_begins_with_the_shorter_one() -> None:
    fit = echo_longer_cycle(fit_seasonal_naive(hours(5, weekend=15), DAY), DAY)
    short, long = fit.predict(30), fit.predict(2 * WEEK)
    np.testing.assert_allclose(long.mean[:30], short.mean)
    np.testing.assert_allclose(deviation_of(long, fit.sigma)[:30], deviation_of(short, fit.sigma))


def test_simulated_futures_have_the_deviation_that_is_left() -> None:
    plain = fit_seasonal_naive(hours(6, weekend=15), DAY)
    fit = echo_longer_cycle(plain, DAY)
    prediction = fit.predict(30)
    deviation = deviation_of(prediction, fit.sigma)
    paths = simulate_errors(prediction, fit.sigma, fit.errors, 4000, np.random.default_rng(0))
    np.testing.assert_allclose(paths.std(axis=0), deviation, rtol=0.05)
    assert np.all(deviation < deviation_of(plain.predict(30), plain.sigma))


def test_missing_values_are_heard_as_silence() -> None:
    values = hours(6, weekend=15)
    values[-WEEK + 5 : -WEEK + 9] = np.nan
    assert np.isfinite(echo_longer_cycle(fit_seasonal_naive(values, DAY), DAY).predict(2 * DAY).mean).all()


def test_echo_goes_on_with_the_series() -> None:
    values = hours(5, weekend=15)
    model = Arima(p=0, d=0, q=0, P=0, D=1, Q=0)
    fit = echo_longer_cycle(fit_model(model, values[:-DAY], DAY, ignore_progress), DAY)
    assert fit.extend is not None
    whole = echo_longer_cycle(fit_model(model, values, DAY, ignore_progress), DAY)
    np.testing.assert_allclose(fit.extend(values).predict(9).mean, whole.predict(9).mean, atol=1)


def test_automatic_arima_hears_the_week_unless_told_not_to() -> None:
    past, actual = split(hours(5.7, weekend=15))
    errors = {
        echo: error(fit_model(AutoArima(echo=echo, max_order=2), past, DAY, ignore_progress), actual)
        for echo in (True, False)
    }
    assert errors[True] < errors[False]
