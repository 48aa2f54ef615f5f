"""Accuracy is what it says: errors on values the model had not seen, beside the seasonal naive on the same ones."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.forecast.accuracy import MAX_FOLDS, Candidate, Rehearsal, measure_accuracy, plan_folds, rehearse
from compute.forecast.arima import Arima
from compute.forecast.distribution import Band
from compute.forecast.fitting import fit_model
from compute.forecast.metrics import Held, measure, seasonal_scale
from compute.forecast.naive import Naive, SeasonalNaive
from compute.forecast.request import ForecastRequest, Model
from compute.forecast.result import Accuracy
from compute.job import ignore_progress
from compute.series import InlineSeries
from tests.compute.forecast.series import air_passengers


def accuracy_of(
    model: Model, values: np.ndarray, m: int = 1, horizon: int = 12, **options: object
) -> tuple[Accuracy, Accuracy]:
    request = ForecastRequest(series=InlineSeries(values=(0.0,)), horizon=horizon, model=model, **options)
    rehearsal = rehearsed(request, Candidate(model, "analytic"), values, m)
    return measure_accuracy(request, rehearsal, values, m, plan_folds(values.size, horizon))


def rehearsed(request: ForecastRequest, candidate: Candidate, values: np.ndarray, m: int = 1) -> Rehearsal:
    return rehearse(request, candidate, values, m, plan_folds(values.size, request.horizon), ignore_progress)


@given(n=st.integers(1, 500), horizon=st.integers(1, 100))
def test_folds_end_with_the_series_and_learn_from_at_least_half(n: int, horizon: int) -> None:
    plan = plan_folds(n, horizon)
    assert 1 <= plan.steps <= horizon
    assert len(plan.origins) <= MAX_FOLDS
    assert list(plan.origins) == sorted(set(plan.origins))
    if plan.origins:
        assert plan.origins[-1] + plan.steps == n
        assert plan.origins[0] >= n / 2
    if n >= 2:
        assert plan.origins


def test_naive_accuracy_is_what_a_loop_by_hand_gives() -> None:
    values = air_passengers()
    found, _ = accuracy_of(Naive(), values)
    origins = [144 - 12 * k for k in (5, 4, 3, 2, 1)]
    errors = np.concatenate([values[o : o + 12] - values[o - 1] for o in origins])
    scales = np.repeat([np.abs(np.diff(values[:o])).mean() for o in origins], 12)
    forecasts = np.repeat([values[o - 1] for o in origins], 12)
    actuals = np.concatenate([values[o : o + 12] for o in origins])
    assert (found.folds, found.horizon) == (5, 12)
    assert found.mae == pytest.approx(np.abs(errors).mean())
    assert found.rmse == pytest.approx(np.sqrt((errors**2).mean()))
    assert found.mase == pytest.approx((np.abs(errors) / scales).mean())
    assert found.smape == pytest.approx((200 * np.abs(errors) / (actuals + forecasts)).mean())


def test_seasonal_naive_measured_as_a_model_equals_its_own_baseline() -> None:
    model, baseline = accuracy_of(SeasonalNaive(), air_passengers(), m=12)
    assert model == baseline


def test_seasonal_arima_beats_the_seasonal_naive_on_air_passengers() -> None:
    model, baseline = accuracy_of(Arima(p=0, d=1, q=1, P=0, D=1, Q=1), air_passengers(), m=12)
    assert model.mase is not None
    assert baseline.mase is not None
    assert model.mase < 0.6 * baseline.mase


def test_folds_see_nothing_of_what_they_forecast() -> None:
    """Changing the last fold's values changes that fold's errors alone: measured here through the first folds."""
    values = air_passengers()
    changed = values.copy()
    changed[-12:] = 1e6
    honest = fit_model(Naive(), values[:-12], 1, ignore_progress)
    found, _ = accuracy_of(Naive(), changed)
    worst = np.abs(changed[-12:] - honest.predict(12).mean)
    others = np.concatenate([np.abs(values[o : o + 12] - values[o - 1]) for o in (84, 96, 108, 120)])
    assert found.mae == pytest.approx(np.concatenate([worst, others]).mean())


def test_coverage_on_a_random_walk_is_near_its_promise() -> None:
    rng = np.random.default_rng(8)
    shares = []
    for _ in range(60):
        found, _ = accuracy_of(Naive(), np.cumsum(rng.normal(size=120)), horizon=3, intervals="analytic")
        shares.append(found.coverage["80"])
    assert np.mean(shares) == pytest.approx(0.80, abs=0.05)


def test_missing_held_out_values_are_not_counted() -> None:
    values = air_passengers().copy()
    values[-5:-2] = np.nan
    found, _ = accuracy_of(Naive(), values)
    assert found.folds == 5
    assert found.mae is not None


@pytest.mark.parametrize("values", [np.array([1.0]), np.array([1.0, 2, 3])])
def test_short_series_has_a_reason_instead_of_numbers(values: np.ndarray) -> None:
    request = ForecastRequest(series=InlineSeries(values=(0.0,)), horizon=5, model=Arima())
    rehearsal = rehearsed(request, Candidate(Arima(), "none"), values)
    found, _ = measure_accuracy(request, rehearsal, values, 1, plan_folds(values.size, 5))
    assert found.folds == 0
    assert found.mae is None
    assert found.reason is not None


def test_metrics_of_a_single_fold() -> None:
    band = Band(90, np.array([0.0, 0, 0]), np.array([2.0, 2, 2]))
    held = Held(np.array([1.0, 1, 0]), np.array([2.0, np.nan, 0]), [band], scale=0.5)
    found = measure([held])
    assert (found.mae, found.mase, found.coverage) == (0.5, 1.0, {"90": 1.0})
    assert found.rmse == pytest.approx(np.sqrt(0.5))
    assert found.smape == pytest.approx((200 / 3 + 0) / 2)


def test_series_without_seasonal_change_has_no_scaled_error() -> None:
    assert np.isnan(seasonal_scale(np.full(10, 3.0), 2))
    assert np.isnan(seasonal_scale(np.arange(3.0), 3))
    held = Held(np.array([1.0]), np.array([2.0]), [], scale=float("nan"))
    assert measure([held]).mase is None


def test_interval_score_is_the_definition_of_m4() -> None:
    """Width, plus 2/alpha times the distance of what fell outside, over the seasonal scale."""
    band = Band(95, np.array([0.0, 0, 0]), np.array([2.0, 2, 2]))
    held = Held(np.ones(3), np.array([1.0, 3.0, -0.5]), [band], scale=4.0)
    assert measure([held]).msis["95"] == pytest.approx((3 * 2 + 40 * 1 + 40 * 0.5) / 3 / 4)


def test_errors_by_step_average_to_the_whole() -> None:
    found, _ = accuracy_of(Arima(p=0, d=1, q=1, P=0, D=1, Q=1), air_passengers(), m=12)
    steps = found.by_step
    assert steps is not None
    assert len(steps.mae) == 12
    assert np.mean(steps.mae) == pytest.approx(found.mae)
    assert np.sqrt(np.mean(np.square(steps.rmse))) == pytest.approx(found.rmse)
    assert np.mean(steps.crps) == pytest.approx(found.crps)
    assert np.mean(steps.coverage["95"]) == pytest.approx(found.coverage["95"])
    assert found.crps < found.mae  # a distribution tells more than its centre


def test_folds_are_calibrated_by_the_others_alone() -> None:
    """A fold whose own errors are enormous keeps the width that the quiet ones taught."""
    rng = np.random.default_rng(3)
    values = np.cumsum(rng.normal(size=100))
    wild = values.copy()
    wild[-5:] += 1000
    request = ForecastRequest(series=InlineSeries(values=(0.0,)), horizon=5, model=Naive())
    bands = []
    for series in (values, wild):
        rehearsal = rehearsed(request, Candidate(Naive(), "analytic"), series)
        bands.append(rehearsal.held[-1].bands[1])
        assert rehearsal.calibration.windows == 5
    np.testing.assert_allclose(bands[0].upper, bands[1].upper)


def test_forecast_without_spread_has_no_distribution_to_score() -> None:
    held = Held(np.array([1.0]), np.array([2.0]), [], scale=1.0)
    found = measure([held])
    assert (found.mae, found.crps, found.msis, found.coverage) == (1.0, None, {}, {})


def test_folds_that_share_a_fit_forecast_nearly_what_their_own_would() -> None:
    values = np.cumsum(np.random.default_rng(9).normal(size=300))
    model = Arima(p=1, d=1, q=0)
    request = ForecastRequest(series=InlineSeries(values=(0.0,)), horizon=6, model=model)
    candidate = Candidate(model, "analytic")
    plan = plan_folds(values.size, 6)
    own, shared = (
        rehearse(request, candidate, values, 1, replace(plan, is_refitted=refitted), ignore_progress)
        for refitted in (True, False)
    )
    assert [fold.origin for fold in shared.folds] == [fold.origin for fold in own.folds]
    for one, other in zip(own.folds, shared.folds, strict=True):
        np.testing.assert_allclose(other.prediction.mean, one.prediction.mean, atol=0.2)
    np.testing.assert_array_equal(shared.folds[0].prediction.mean, own.folds[0].prediction.mean)
