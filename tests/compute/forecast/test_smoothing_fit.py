"""What an exponential smoothing fit finds, tells, refuses, and how sure it is."""

import numpy as np
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from compute.forecast.ets import Ets
from compute.forecast.fitting import fit_model
from compute.forecast.intervals import simulate_errors
from compute.forecast.prediction import Fit, Prediction, SimulatedPrediction
from compute.forecast.smoothing.fit import MAX_SEASON
from compute.job import ignore_progress
from compute.schema import RequestError
from tests.compute.forecast.series import air_passengers, real_series


def fit(values: np.ndarray, m: int = 1, **options: str) -> Fit:
    return fit_model(Ets(**options), np.asarray(values, dtype=np.float64), m, ignore_progress)


def form(error: str, trend: str, damped: str, season: str) -> dict[str, str]:
    return {"error": error, "trend": trend, "damped": damped, "season": season}


@pytest.mark.reference
@pytest.mark.parametrize("name", ["nile", "inflation", "gdp", "air passengers"])
@pytest.mark.parametrize(("error", "trend"), [("add", "none"), ("add", "add"), ("mul", "none"), ("mul", "add")])
def test_likelihood_is_not_below_that_of_statsmodels(name: str, error: str, trend: str) -> None:
    values = real_series()[name]
    if error == "mul" and values.min() <= 0:
        return  # the form does not exist for this series
    season = {"seasonal": "add", "seasonal_periods": 12} if name == "air passengers" else {}
    peer = ETSModel(values, error=error, trend=None if trend == "none" else trend, **season).fit(disp=False)
    found = fit(values, 12 if season else 1, **form(error, trend, "no", "add" if season else "none"))
    slack = 2.0 if trend == "add" else 1e-3  # our prior of the slope's smoothing gives up a little likelihood
    assert found.summary.log_likelihood > peer.llf - slack


def test_chosen_form_and_its_criteria_are_those_of_the_airline() -> None:
    best = fit(air_passengers(), 12, choice="best").summary
    assert best.description == "ETS(M,A,M)[12]"
    k, n = 17, 144  # as R counts: 3 smoothing parameters, 13 states and the variance
    assert best.aic == pytest.approx(2 * k - 2 * best.log_likelihood)
    assert best.aicc == pytest.approx(best.aic + 2 * k * (k + 1) / (n - k - 1))
    assert best.bic == pytest.approx(k * np.log(n) - 2 * best.log_likelihood)
    assert best.converged
    damped = fit(air_passengers(), 12, **form("mul", "add", "yes", "mul")).summary
    # R's forecast::ets stops at ETS(M,Ad,M) with -679.2 less its constant, n/2 (1 + log(2 pi / n)) = -153.5.
    assert damped.log_likelihood > -679.2 + 153.5
    assert best.aicc < damped.aicc - 5


def test_weights_follow_the_criterion() -> None:
    average = fit(air_passengers(), 12)
    single = {
        description: fit(air_passengers(), 12, **options)
        for description, options in {
            "ETS(M,Ad,M)[12]": form("mul", "add", "yes", "mul"),
            "ETS(M,A,M)[12]": form("mul", "add", "no", "mul"),
            "ETS(M,N,M)[12]": form("mul", "none", "no", "mul"),
        }.items()
    }
    aicc = {name: found.summary.aicc for name, found in single.items()}
    told = dict(
        part.rsplit(" ", 2)[:2]
        for part in average.summary.description.removesuffix(" %").split(" % + ")
        if "ETS" in part
    )
    first, second = list(told)[:2]
    expected = np.exp(-(aicc[second] - aicc[first]) / 4)
    assert float(told[second]) / float(told[first]) == pytest.approx(expected, abs=0.05)


def test_random_walk_is_followed_and_noise_is_averaged() -> None:
    noise = np.random.default_rng(0).normal(size=300)
    assert fit(noise.cumsum(), **form("add", "none", "no", "none")).summary.parameters["alpha"] > 0.9
    still = fit(noise + 50, **form("add", "none", "no", "none"))
    assert still.summary.parameters["alpha"] < 0.1
    assert still.predict(1).mean[0] == pytest.approx(50, abs=0.3)


def test_seasonal_pattern_is_continued() -> None:
    pattern = np.array([10.0, 20, 15, 5])
    values = np.tile(pattern, 12) + np.random.default_rng(1).normal(size=48)
    np.testing.assert_allclose(fit(values, 4).predict(8).mean, np.tile(pattern, 2), atol=2)


def test_form_whose_errors_keep_a_mean_is_refused() -> None:
    """A relative error of one size is wrong here: with one, a trend would be found that is not there."""
    rng = np.random.default_rng(3)
    values = 2.0 + np.abs(np.sin(np.arange(700) / 40)) * 8 + rng.normal(size=700) * 0.6
    mean = fit(values, choice="best").predict(50).mean
    assert np.ptp(mean) < 3


@pytest.mark.parametrize(
    "options",
    [form("mul", "add", "no", "none"), form("mul", "add", "yes", "mul"), form("mul", "none", "no", "add")],
    ids=str,
)
def test_deviation_is_that_of_the_simulated_futures(options: dict[str, str]) -> None:
    found = fit(air_passengers(), 12, **options)
    prediction = found.predict(24)
    assert isinstance(prediction, SimulatedPrediction)
    paths = simulate_errors(prediction, found.sigma, found.errors, 20_000, np.random.default_rng(0))
    np.testing.assert_allclose(paths.std(axis=0), prediction.deviation, rtol=0.05)
    assert np.all(np.abs(paths.mean(axis=0)) < 0.05 * prediction.deviation)


def test_psi_weights_are_those_of_the_equivalent_arima() -> None:
    """ETS(A,N,N) is ARIMA(0,1,1), ETS(A,A,N) is ARIMA(0,2,2) (Hyndman et al. 2008, chapter 11)."""
    values = real_series()["nile"]
    level = fit(values, **form("add", "none", "no", "none"))
    alpha = level.summary.parameters["alpha"]
    prediction = level.predict(10)
    assert isinstance(prediction, Prediction)
    np.testing.assert_allclose(prediction.weights, [1, *[alpha] * 9])
    line = fit(values, **form("add", "add", "no", "none"))
    alpha, beta = (line.summary.parameters[name] for name in ("alpha", "beta"))
    np.testing.assert_allclose(line.predict(10).weights, [1, *(alpha + beta * np.arange(1, 10))])


def test_uncertain_parameters_widen_the_forecast_of_a_short_series_most() -> None:
    rng = np.random.default_rng(5)
    shares = []
    for n in (20, 500):
        prediction = fit(0.5 * np.arange(n) + rng.normal(size=n), **form("add", "add", "no", "none")).predict(10)
        assert isinstance(prediction, Prediction)
        shares.append((prediction.origin_root[-1] ** 2).sum() / prediction.relative_variance[-1])
    assert shares[0] > 0.2
    assert shares[1] < 0.1


@pytest.mark.parametrize("choice", ["best", "average"])
def test_extended_fit_has_the_same_estimates_and_sees_the_new_values(choice: str) -> None:
    values = air_passengers()
    short = fit(values[:120], 12, choice=choice)
    assert short.extend is not None
    same, longer = short.extend(values[:120]), short.extend(values)
    np.testing.assert_allclose(same.predict(5).mean, short.predict(5).mean, rtol=1e-12)
    assert longer.summary.parameters == short.summary.parameters
    np.testing.assert_allclose(longer.fitted[:120], short.fitted, rtol=1e-12)
    np.testing.assert_allclose(short.predict(1).mean[0], longer.fitted[120], rtol=1e-12)
    assert longer.fitted.size == 144


def test_season_longer_than_can_be_followed_is_left_out_and_said() -> None:
    values = np.random.default_rng(0).normal(size=1000) + 10
    found = fit(values, MAX_SEASON + 1)
    assert any("left out" in note for note in found.notes)


@pytest.mark.parametrize(
    ("values", "m", "options", "loc", "message"),
    [
        (np.arange(-5.0, 30), 1, {"error": "mul"}, ("model", "error"), "smallest is -5"),
        (np.arange(0.0, 30), 4, {"season": "mul"}, ("model", "season"), "choose add or auto"),
        (np.arange(1.0, 30), 4, {"season": "mul", "error": "add"}, ("model", "error"), "no finite variance"),
        (np.arange(1.0, 30), 1, {"season": "add"}, ("season_length",), "set season_length"),
        (np.arange(1.0, 30), 500, {"season": "add"}, ("season_length",), "longer than the 400"),
        (np.arange(1.0, 15), 12, {"season": "add"}, ("model",), "needs at least 17 observed values"),
    ],
)
def test_what_the_series_does_not_allow_is_refused_at_its_field(
    values: np.ndarray, m: int, options: dict[str, str], loc: tuple[str, ...], message: str
) -> None:
    with pytest.raises(RequestError, match=message) as caught:
        fit(values, m, **options)
    assert caught.value.problems[0].loc == loc
