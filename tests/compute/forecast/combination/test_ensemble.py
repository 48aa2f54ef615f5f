"""A combination is the weighted mean of its members, as unsure as they are together, and survives losing one."""

import numpy as np
import pytest

from compute.forecast.arima import Arima
from compute.forecast.auto_arima import AutoArima
from compute.forecast.combination.members import suit
from compute.forecast.combination.mixture import weigh
from compute.forecast.ensemble import DEFAULT_CANDIDATES, Ensemble
from compute.forecast.fitting import fit_model
from compute.forecast.naive import Drift, Naive, SeasonalNaive
from compute.forecast.prediction import Fit, SimulatedPrediction
from compute.forecast.setting import Setting
from compute.forecast.single import Single
from compute.job import ignore_progress
from compute.schema import RequestError
from tests.compute.forecast.series import air_passengers

AIRLINE = Arima(p=0, d=1, q=1, P=0, D=1, Q=1)
MEMBERS = (Naive(), Drift(), AIRLINE)


def fit(model: Single | Ensemble, values: np.ndarray | None = None, m: int = 12) -> Fit:
    values = air_passengers() if values is None else values
    return fit_model(model, values, m, ignore_progress, setting=Setting(12))


def means(horizon: int = 12) -> np.ndarray:
    return np.array([fit(member).predict(horizon).mean for member in MEMBERS])


def test_equal_weights_forecast_the_mean_and_median_the_median() -> None:
    mean = fit(Ensemble(members=MEMBERS, weights="equal"))
    np.testing.assert_allclose(mean.predict(12).mean, means().mean(axis=0))
    median = fit(Ensemble(members=MEMBERS))
    np.testing.assert_allclose(median.predict(12).mean, np.median(means(), axis=0))


def test_weights_by_accuracy_prefer_the_member_that_errs_least() -> None:
    summary = fit(Ensemble(members=MEMBERS, weights="accuracy")).summary
    weights = summary.parameters
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["weight of ARIMA"] > 0.7


def test_weights_follow_the_inverse_of_squared_losses() -> None:
    np.testing.assert_allclose(weigh(np.array([[1.0, 1.0], [2.0, 2.0]])), [0.8, 0.2])
    np.testing.assert_allclose(weigh(np.full((3, 2), np.nan)), np.full(3, 1 / 3))
    np.testing.assert_allclose(weigh(np.array([[1.0], [np.nan], [1.0]])), np.full(3, 1 / 3))
    np.testing.assert_allclose(weigh(np.zeros((2, 3))), [0.5, 0.5])


def test_errors_of_members_are_taken_to_go_together() -> None:
    alone = [fit(member) for member in MEMBERS]
    together = fit(Ensemble(members=MEMBERS, weights="equal")).predict(6)
    assert isinstance(together, SimulatedPrediction)
    deviations = [f.sigma * np.sqrt(f.predict(6).relative_variance) for f in alone]  # type: ignore[union-attr]
    np.testing.assert_allclose(together.deviation, np.mean(deviations, axis=0))
    median = fit(Ensemble(members=MEMBERS)).predict(6)
    np.testing.assert_allclose(median.deviation, np.median(deviations, axis=0))  # type: ignore[union-attr]
    paths = together.simulate(6000, np.random.default_rng(0))
    np.testing.assert_allclose(paths.std(axis=0), together.deviation, rtol=0.05)


def test_longer_paths_begin_with_the_shorter_ones() -> None:
    model = fit(Ensemble(members=MEMBERS))
    short, long = (model.predict(h).simulate(300, np.random.default_rng(1)) for h in (5, 20))  # type: ignore[union-attr]
    np.testing.assert_allclose(long[:, :5], short, rtol=1e-9)


def test_member_that_cannot_forecast_the_series_is_left_out_and_named() -> None:
    values = air_passengers()[:20]
    found = fit(Ensemble(members=(Naive(), AIRLINE)), values)
    np.testing.assert_allclose(found.predict(3).mean, values[-1])
    assert any(note.startswith("ARIMA was left out") for note in found.notes)


def test_series_no_member_can_forecast_is_refused() -> None:
    with pytest.raises(RequestError, match="needs at least"):
        fit(Ensemble(members=(AIRLINE, Arima(p=9, d=1, q=9))), np.arange(8.0) ** 2)


def test_two_of_a_kind_are_told_apart_by_what_was_fitted() -> None:
    names = fit(Ensemble(members=(AIRLINE, Arima(p=1, d=1, q=0)))).summary.description
    assert names == "Mean of ARIMA(0,1,1)(0,1,1)[12] and ARIMA(1,1,0)"


def test_first_values_only_some_members_know_are_no_errors_of_the_ensemble() -> None:
    found = fit(Ensemble(members=(Naive(), SeasonalNaive())))
    assert np.isnan(found.fitted[:12]).all()
    assert not np.isnan(found.fitted[12:]).any()


def test_extended_ensemble_forecasts_from_the_longer_series() -> None:
    values = air_passengers()
    model = Ensemble(members=(Naive(), SeasonalNaive()))
    part = fit(model, values[:120])
    assert part.extend is not None
    np.testing.assert_allclose(part.extend(values).predict(4).mean, fit(model, values).predict(4).mean)


def test_member_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="repeats an earlier one"):
        Ensemble(members=(Naive(), Naive()))


def test_default_members_that_follow_long_seasons_poorly_are_left_out_there_and_named() -> None:
    values = 10 + np.sin(2 * np.pi * np.arange(120) / 24) + np.random.default_rng(0).normal(scale=0.1, size=120)
    found = fit(Ensemble(), values, 24)
    assert found.summary.description == "Automatic ARIMA"
    assert "Theta, ETS (exponential smoothing), Drift" in found.notes[0]
    chosen = fit(Ensemble(members=(Drift(), Naive(), SeasonalNaive())), values, 24)
    assert "Drift" in chosen.summary.description


def test_in_weeks_of_a_year_automatic_arima_without_the_season_joins_and_is_named() -> None:
    suited, notes = suit(DEFAULT_CANDIDATES, DEFAULT_CANDIDATES, 52)
    assert suited == (*DEFAULT_CANDIDATES, AutoArima(seasonal=False))
    assert notes == ("Automatic ARIMA joins once more without the season of a year.",)
    assert suit((Drift(), Naive()), DEFAULT_CANDIDATES, 52) == ((Drift(), Naive()), ())
