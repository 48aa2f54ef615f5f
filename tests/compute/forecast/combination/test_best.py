"""The choice goes to what erred least at earlier origins, to the simpler where it hardly matters, and says so."""

import numpy as np

from compute.forecast.arima import Arima
from compute.forecast.ensemble import Best
from compute.forecast.fitting import fit_model
from compute.forecast.naive import Drift, Naive, SeasonalNaive
from compute.forecast.prediction import Fit
from compute.forecast.setting import Setting
from compute.job import ignore_progress
from tests.compute.forecast.series import air_passengers

AIRLINE = Arima(p=0, d=1, q=1, P=0, D=1, Q=1)


def fit(model: Best, values: np.ndarray, m: int = 12) -> Fit:
    return fit_model(model, values, m, ignore_progress, setting=Setting(12))


def test_best_forecasts_what_the_chosen_model_forecasts() -> None:
    found = fit(Best(candidates=(Naive(), SeasonalNaive(), AIRLINE), hedged=False), air_passengers())
    alone = fit_model(AIRLINE, air_passengers(), 12, ignore_progress)
    np.testing.assert_array_equal(found.predict(12).mean, alone.predict(12).mean)
    assert found.summary.kind == "best"
    assert found.summary.description == "Best: ARIMA(0,1,1)(0,1,1)[12]"


def test_choice_tells_its_leaderboard_and_how_sure_it_is() -> None:
    note = fit(Best(candidates=(Naive(), SeasonalNaive(), AIRLINE), hedged=False), air_passengers()).notes[-1]
    assert note.startswith("Chosen by MASE over 3 folds of 12 steps: ARIMA 0.")
    assert note.index("ARIMA") < note.index("Seasonal naive") < note.index("Naive 2")
    assert "better than Seasonal naive with probability" in note


def test_without_a_clear_winner_the_median_of_all_forecasts() -> None:
    rng = np.random.default_rng(1)
    values = np.cumsum(rng.normal(size=80)) + 50
    model = Best(candidates=(Naive(), Drift(), Arima(p=1, d=1, q=0)))
    found = fit(model, values, m=1)
    assert found.summary.description.startswith("Best: Median of Naive, Drift and ARIMA")
    assert found.notes[-1].startswith("No model erred clearly less than their median")
    alone = fit(model.model_copy(update={"hedged": False}), values, m=1)
    assert not alone.summary.description.startswith("Best: Median")
    means = [fit_model(each, values, 1, ignore_progress).predict(5).mean for each in model.candidates]
    np.testing.assert_allclose(found.predict(5).mean, np.median(means, axis=0))


def test_near_tie_goes_to_the_simpler_model() -> None:
    """Without a drift in the series, both forecast nearly the same; the drift has one parameter more."""
    values = np.tile([1.0, -1.0], 40).cumsum() + np.tile([0.0, 5.0, 0.0, 3.0], 20)
    found = fit(Best(candidates=(Drift(), Naive())), values, m=1)
    assert found.summary.description == "Best: Naive: the last value"


def test_series_too_short_to_compare_on_gets_the_simplest_that_fits() -> None:
    found = fit(Best(candidates=(AIRLINE, Naive())), np.array([4.0]))
    assert found.predict(1).mean[0] == 4.0
    assert any("left out" in note for note in found.notes)
    assert any("too short" in note for note in found.notes)


def test_choice_does_not_depend_on_the_horizon() -> None:
    model = Best(candidates=(Naive(), Drift(), SeasonalNaive()))
    short, long = (
        fit_model(model, air_passengers(), 12, ignore_progress, setting=Setting(horizon)) for horizon in (1, 60)
    )
    assert short.notes == long.notes
