"""A network fitted to one series or to many: better than naive where there is something to learn, else naive."""

import itertools

import numpy as np
import pytest

from compute.device import choose_device
from compute.forecast.accuracy import Candidate, plan_folds, rehearse
from compute.forecast.fitting import fit_model
from compute.forecast.neural import apply_network, fit_many, from_bytes, to_bytes, train_network
from compute.forecast.prediction import Fit
from compute.forecast.recurrent import Gru, Lstm
from compute.forecast.request import ForecastRequest
from compute.forecast.setting import Setting
from compute.job import ignore_progress
from compute.schema import RequestError
from compute.series import InlineSeries
from tests.compute.forecast.series import air_passengers

QUICK = Gru(hidden_size=4, window=16, epochs=4, n_seeds=2)


def fit(model: Gru | Lstm, values: np.ndarray, season: int = 12, horizon: int = 12, seed: int = 0) -> Fit:
    return fit_model(model, values, season, ignore_progress, setting=Setting(horizon, seed))


@pytest.mark.parametrize("kind", [Gru, Lstm])
def test_lone_network_beats_the_seasonal_naive_on_air_passengers(kind: type[Gru | Lstm]) -> None:
    values = air_passengers()
    trained = fit(kind(n_seeds=1, window=24, epochs=40), values[:108])
    errors, naive = [], []
    for origin in (108, 120, 132):
        assert trained.extend is not None
        mean = trained.extend(values[:origin]).predict(12).mean
        errors.append(np.abs(mean - values[origin : origin + 12]).mean())
        naive.append(np.abs(values[origin - 12 : origin] - values[origin : origin + 12]).mean())
    assert np.mean(errors) < 0.75 * np.mean(naive)


def test_seed_reaches_the_network() -> None:
    means = [fit(QUICK, air_passengers(), seed=seed).predict(12).mean for seed in (1, 1, 2)]
    np.testing.assert_array_equal(means[0], means[1])
    assert not np.array_equal(means[0], means[2])


def test_network_kept_as_bytes_forecasts_as_the_one_just_trained() -> None:
    values, setting = air_passengers(), Setting(12)
    learned = train_network(QUICK, values, 12, ignore_progress, setting)
    kept = from_bytes(to_bytes(learned), choose_device("cpu"))
    fresh, again = fit(QUICK, values), apply_network(QUICK, kept, values, ignore_progress, setting)
    assert again.summary == fresh.summary
    np.testing.assert_array_equal(again.fitted, fresh.fitted)
    np.testing.assert_array_equal(again.predict(20).mean, fresh.predict(20).mean)


def test_extended_fit_is_the_same_network_on_more_values() -> None:
    values = air_passengers()
    short = fit(QUICK, values[:120])
    assert short.extend is not None
    same, longer = short.extend(values[:120]), short.extend(values)
    np.testing.assert_array_equal(same.predict(12).mean, short.predict(12).mean)
    np.testing.assert_array_equal(longer.fitted[:120], short.fitted)
    assert np.isfinite(longer.fitted[120:]).all()
    assert not np.array_equal(longer.predict(12).mean, short.predict(12).mean)


def test_extended_fit_lives_with_missing_values_at_both_ends() -> None:
    values = air_passengers().copy()
    values[[0, 1, -1]] = np.nan
    short = fit(QUICK, values[:120])
    assert short.extend is not None
    longer = short.extend(values)
    assert longer.fitted.size == longer.residuals.size == 144
    assert longer.predict(12).mean.size == 12


def test_rehearsal_trains_once_and_sees_nothing_of_what_it_forecasts() -> None:
    values = air_passengers()
    changed = values.copy()
    changed[-12:] *= -5
    candidate = Candidate(QUICK, "analytic", setting=Setting(12))
    request = ForecastRequest(series=InlineSeries(values=(0.0,)), horizon=12)
    plan = plan_folds(144, 12)
    plain, other = (rehearse(request, candidate, series, 12, plan, ignore_progress) for series in (values, changed))
    assert len(plain.folds) == 5
    for before, after in zip(plain.folds, other.folds, strict=True):
        np.testing.assert_array_equal(before.prediction.mean, after.prediction.mean)


@pytest.mark.parametrize("loss", ["quantile", "l1"])
def test_intervals_hold_about_as_much_as_they_say(loss: str) -> None:
    """Noise around a season: nothing to learn but the spread, which must come out at about its true size."""
    rng = np.random.default_rng(5)
    values = np.tile([0.0, 3, 5, 1], 60) + rng.normal(size=240)
    prediction = fit(Gru(loss=loss, hidden_size=8, epochs=40), values, season=4, horizon=8).predict(8)
    assert prediction.deviation == pytest.approx(np.full(8, 1.25), rel=0.35)
    paths = prediction.simulate(500, np.random.default_rng(0))
    assert paths.shape == (500, 8)
    assert paths.std(axis=0) == pytest.approx(prediction.deviation, rel=0.25)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.arange(20.0), "too few"),
        (np.tile([1.0, 2, 3, 4], 15), "repeats itself"),
        (np.full(60, 7.0), "repeats itself"),
        (np.array([1.0]), "too few"),
    ],
)
def test_what_teaches_nothing_is_forecast_naively_with_a_note(values: np.ndarray, reason: str) -> None:
    found = fit(QUICK, values, season=12 if reason == "too few" else 4)
    assert any(reason in note for note in found.notes)
    assert found.summary.kind == "gru"
    assert np.isfinite(found.predict(12).mean).all()


def test_network_too_large_for_memory_is_refused_with_the_way_out() -> None:
    model = Lstm(hidden_size=512, num_layers=4, window=1000, n_seeds=20)
    with pytest.raises(RequestError, match="make one of them smaller") as caught:
        fit(model, np.random.default_rng(0).normal(size=2000), season=1)
    assert caught.value.problems[0].loc == ("model", "hidden_size")


def test_short_series_is_told_to_look_at_the_leaderboard() -> None:
    assert any("leaderboard" in note for note in fit(QUICK, air_passengers()).notes)


def test_missing_values_are_not_taken_for_observed_ones() -> None:
    values = air_passengers().copy()
    values[40:60] = np.nan
    found = fit(QUICK, values)
    assert np.isnan(found.residuals[40:60]).all()
    assert np.isfinite(found.fitted[40:60]).all()


@pytest.mark.parametrize("is_shared", [True, False])
def test_many_series_are_fitted_together(is_shared: bool) -> None:
    rng = np.random.default_rng(0)
    base = air_passengers()
    series = [base * scale + rng.normal(size=144) for scale in (1.0, 20.0, 0.5)]
    series += [base[:100].copy(), np.full(50, 3.0), np.arange(5.0)]
    series[1][70] = np.nan
    messages: list[float] = []
    fits = fit_many(QUICK, series, 12, lambda share, _: messages.append(share), Setting(12), is_shared)
    assert len(fits) == len(series)
    for values, found in zip(series, fits, strict=True):
        assert found.fitted.size == values.size
        assert found.predict(12).mean.shape == (12,)
        assert np.isfinite(found.predict(30).mean).all()
    assert [bool(found.extend) for found in fits] == [True, True, True, True, False, False]
    assert all(later >= earlier for earlier, later in itertools.pairwise(messages))


def test_one_short_series_does_not_shorten_what_the_others_learn() -> None:
    series = [air_passengers() + shift for shift in range(9)]
    fits = fit_many(QUICK, [*series, air_passengers()[:26]], 12, ignore_progress, Setting(12))
    assert {found.summary.parameters["steps_at_once"] for found in fits} == {12.0}
    assert np.isfinite(fits[-1].predict(12).mean).all()


def test_forecast_of_one_among_many_goes_on_beyond_the_horizon() -> None:
    [found] = fit_many(QUICK, [air_passengers()], 12, ignore_progress, Setting(12), is_shared=True)
    np.testing.assert_allclose(found.predict(40).mean[:12], found.predict(12).mean, rtol=1e-6)


def test_no_series_give_no_fits() -> None:
    assert fit_many(QUICK, [], 12, ignore_progress, Setting(12)) == []
