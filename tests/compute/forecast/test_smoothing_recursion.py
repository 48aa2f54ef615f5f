"""The compiled recursion against statsmodels, and its derivatives against differences."""

from collections.abc import Iterator

import numpy as np
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from compute.forecast.ets import Ets
from compute.forecast.smoothing.forms import MULTIPLICATIVE, Form, list_forms
from compute.forecast.smoothing.prediction import Origin
from compute.forecast.smoothing.recursion import SLOPE_PRIOR, evaluate
from tests.compute.forecast.series import air_passengers

FORMS = list(list_forms(Ets(), 12, is_positive=True))
by_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.description)
WORDS = {0: None, 1: "add", 2: "mul"}


def some_parameters(form: Form, level: float) -> np.ndarray:
    smoothing = [0.3, *[0.2] * form.trend, *[0.15] * bool(form.season), *[0.9] * form.damped]
    states = [level, *[0.004 * level] * form.trend]
    wave = 0.1 * np.sin(np.arange(form.m) * 2 * np.pi / 12)
    season = 1 + wave if form.season == MULTIPLICATIVE else level * wave
    return np.array([*smoothing, *states, *(season[:-1] if form.season else [])])


def run(form: Form, y: np.ndarray, seen: np.ndarray, x: np.ndarray) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """Return the value, the one-step forecasts, their derivatives and the gradient J'r."""
    mu, rows, last = np.zeros(y.size), np.zeros((y.size, x.size)), np.zeros(2 + form.code[4])
    normal, gradient = np.zeros((x.size, x.size)), np.zeros(x.size)
    value = evaluate(y, seen, form.code, x, mu, rows, last, normal, gradient)
    return value, mu, rows, gradient


def prior(form: Form, x: np.ndarray) -> float:
    return float((x[1] / SLOPE_PRIOR) ** 2) if form.trend else 0.0


@by_form
def test_recursion_is_that_of_the_table(form: Form) -> None:
    """Hyndman et al. (2008), table 2.3, with relative errors where the error is multiplicative, written out."""
    y = air_passengers() / 100
    x = some_parameters(form, 1.2)
    value, mu, _, _ = run(form, y, np.ones(y.size, dtype=bool), x)
    errors = []
    for t, forecast, error in follow(form, y, x):
        assert mu[t] == pytest.approx(forecast, rel=1e-10)
        errors.append(error)
    n, S = y.size, float(np.sum(np.square(errors)))
    logs = 2 * np.log(mu).sum() if form.error == MULTIPLICATIVE else 0.0
    assert value - prior(form, x) == pytest.approx(n * np.log(S) + logs, rel=1e-9)


def follow(form: Form, y: np.ndarray, x: np.ndarray) -> Iterator[tuple[int, float, float]]:
    """Yield time, forecast and (relative) error."""
    named = {"beta": 0.0, "gamma": 0.0, "phi": 1.0} | form.smoothing(x)
    alpha, beta, gamma, phi = (named[name] for name in ("alpha", "beta", "gamma", "phi"))
    level, slope = x[form.n_smoothing], x[form.n_smoothing + 1] if form.trend else 0.0
    season = first_season(form, x)
    for t, value in enumerate(y):
        q, s = level + phi * slope, season.pop(0) if season else 0.0
        forecast = q * s if form.season == MULTIPLICATIVE else q + s
        if form.error == MULTIPLICATIVE:
            error = (value - forecast) / forecast
            of_level = of_season = forecast * error
            if form.season == MULTIPLICATIVE:
                of_level, of_season = q * error, s * error
        else:
            error = of_level = of_season = value - forecast
        yield t, forecast, error
        level, slope = q + alpha * of_level, phi * slope + beta * of_level
        if form.season:
            season.append(s + gamma * of_season)


def first_season(form: Form, x: np.ndarray) -> list[float]:
    """Return the seasonal states of the first m steps."""
    if not form.season:
        return []
    free = x[form.n_smoothing + 1 + form.trend :]
    return [*free, (form.m if form.season == MULTIPLICATIVE else 0.0) - free.sum()]


@pytest.mark.parametrize(
    "form", [form for form in FORMS if form.season != MULTIPLICATIVE], ids=lambda form: form.description
)
def test_likelihood_and_forecasts_are_those_of_statsmodels(form: Form) -> None:
    """Multiplicative seasons aside: statsmodels 0.15 updates those by y / l_t, not by y / (l_(t-1) + phi b_(t-1))."""
    y = air_passengers() / 100
    x = some_parameters(form, 1.2)
    value, mu, _, _ = run(form, y, np.ones(y.size, dtype=bool), x)
    peer = ETSModel(
        y,
        error=WORDS[form.error],
        trend=WORDS[form.trend],
        damped_trend=form.damped,
        seasonal=WORDS[form.season],
        seasonal_periods=form.m if form.season else None,
    )
    named = form.smoothing(x)
    smoothing = [named[name] for name in ("alpha", "beta", "gamma", "phi") if name in named]
    states = x[form.n_smoothing :][: 1 + form.trend]
    theirs = peer.smooth([*smoothing, *states, *first_season(form, x)[::-1]])
    np.testing.assert_allclose(mu, theirs.fittedvalues, rtol=1e-10)
    n = y.size
    log_likelihood = -(value - prior(form, x) + n * (1 + np.log(2 * np.pi / n))) / 2
    assert log_likelihood == pytest.approx(theirs.llf, rel=1e-9)
    origin = Origin(form, x, y, np.ones(n, dtype=bool), 1.0, 0.1, np.zeros(1))
    np.testing.assert_allclose(origin.predict(30).mean, theirs.forecast(30), rtol=1e-10)


@by_form
def test_derivatives_are_the_limits_of_differences(form: Form) -> None:
    y = air_passengers()[:60] / 100
    seen = np.ones(60, dtype=bool)
    seen[[5, 17, 18, 59]] = False
    x = some_parameters(form, 1.2)
    value, mu, rows, gradient = run(form, y, seen, x)
    shifts = 1e-6 * np.eye(x.size)
    ahead, behind = ([run(form, y, seen, x + sign * shift) for shift in shifts] for sign in (1, -1))
    slopes = [(up[1] - down[1]) / 2e-6 for up, down in zip(ahead, behind, strict=True)]
    np.testing.assert_allclose(rows, np.array(slopes).T, atol=1e-6)
    errors = (y - mu)[seen] / (mu[seen] if form.error == MULTIPLICATIVE else 1.0)
    of_value = np.array([(up[0] - down[0]) / 2e-6 for up, down in zip(ahead, behind, strict=True)])
    np.testing.assert_allclose(
        2 * seen.sum() / np.sum(errors**2) * gradient, of_value, atol=1e-5 * np.abs(of_value).max()
    )
    assert value < ahead[0][0] + 1


@by_form
def test_unseen_values_change_nothing_whatever_they_hold(form: Form) -> None:
    y = air_passengers() / 100
    seen = np.ones(y.size, dtype=bool)
    seen[[30, 31, 90]] = False
    x = some_parameters(form, 1.2)
    one, other = run(form, y, seen, x), run(form, np.where(seen, y, 1e6), seen, x)
    assert one[0] == other[0]
    np.testing.assert_array_equal(one[1], other[1])


def test_forecast_below_zero_refuses_a_multiplicative_form() -> None:
    form = Form(2, 1, False, 0)
    y = np.linspace(5, 1, 30)
    x = np.array([0.01, 0.0001, 5.0, -1.0])
    assert run(form, y, np.ones(30, dtype=bool), x)[0] >= 1e300


def test_forms_are_the_fifteen_with_finite_variance() -> None:
    """R's `ets` chooses among the same, multiplicative trends being off by default."""
    assert len(FORMS) == 15
    assert len(list(list_forms(Ets(), 1, is_positive=True))) == 6
    assert len(list(list_forms(Ets(), 12, is_positive=False))) == 6
    assert [
        form.description for form in list_forms(Ets(error="mul", trend="add", damped="yes", season="mul"), 12, True)
    ] == ["ETS(M,Ad,M)[12]"]
