"""The front door: what a forecast tells, where it blames, how it reports."""

import itertools

import numpy as np
import pytest

from compute.forecast.arima import Arima
from compute.forecast.naive import Naive
from compute.forecast.request import ForecastRequest
from compute.forecast.result import ForecastResult
from compute.forecast.run import forecast
from compute.job import Cancelled, ignore_progress
from compute.schema import RequestError
from compute.series import InlineSeries, Series
from tests.compute.forecast.series import air_passengers

MONTHS = np.arange("1949-01", "1961-01", dtype="datetime64[M]").astype("datetime64[ns]")
AIRLINE = Arima(p=0, d=1, q=1, P=0, D=1, Q=1)


def request(**options: object) -> ForecastRequest:
    return ForecastRequest(series=InlineSeries(values=(0.0,)), **options)


def air(**options: object) -> ForecastResult:
    return forecast(request(**options), Series(air_passengers(), MONTHS, "passengers"), ignore_progress)


def test_result_tells_what_the_model_is_and_how_it_was_measured() -> None:
    result = air(model=Arima(p=2, d=1, q=1, P=0, D=1, Q=1))
    assert result.name == "passengers"
    assert result.season_length == 12
    assert result.model.description == "ARIMA(2,1,1)(0,1,1)[12]"
    assert set(result.model.parameters) == {"ar1", "ar2", "ma1", "sma1"} == set(result.model.standard_errors)
    # R: arima(AirPassengers, c(2,1,1), c(0,1,1)) has log likelihood -504.92; aic 1017.85 is that of ours or worse.
    assert result.model.log_likelihood == pytest.approx(-504.18, abs=0.75)
    assert result.model.converged
    assert result.accuracy.mase < result.baseline["seasonal_naive"].mase < 2
    assert result.diagnostics.ljung_box_lags == 24


def test_information_criteria_are_those_of_the_likelihood() -> None:
    model = air(model=AIRLINE).model
    k, n = 3, 131
    assert model.aic == pytest.approx(2 * k - 2 * model.log_likelihood)
    assert model.bic == pytest.approx(k * np.log(n) - 2 * model.log_likelihood)
    assert model.aicc == pytest.approx(model.aic + 2 * k * (k + 1) / (n - k - 1))


def test_drift_is_the_mean_change_per_step() -> None:
    values = 3.0 * np.arange(80) + np.random.default_rng(0).normal(size=80).cumsum()
    result = forecast(request(model=Arima(p=0, d=1, q=0, constant=True)), Series(values), ignore_progress)
    assert result.model.parameters["drift"] == pytest.approx((values[-1] - values[0]) / 79)
    assert result.model.standard_errors["drift"] == pytest.approx(np.diff(values).std() / np.sqrt(79), rel=1e-6)
    assert np.diff(result.mean) == pytest.approx(result.model.parameters["drift"])


def test_seasonal_drift_is_told_per_step() -> None:
    values = 3.0 * np.arange(96) + np.tile([5.0, -5, 2, -2], 24) + np.random.default_rng(0).normal(size=96)
    model = Arima(p=0, d=0, q=0, D=1, constant=True)
    result = forecast(request(model=model, season_length=4), Series(values), ignore_progress)
    assert result.model.parameters["drift"] == pytest.approx(3.0, abs=0.05)


def test_straight_line_with_drift_goes_straight_on_without_width() -> None:
    model = Arima(p=1, d=1, q=1, constant=True)
    result = forecast(request(model=model, horizon=3), Series(2.0 * np.arange(50)), ignore_progress)
    np.testing.assert_allclose(result.mean, [100, 102, 104])
    assert result.intervals[1].upper == pytest.approx(result.mean)
    assert any("continues it exactly" in note for note in result.notes)


def test_skewed_residuals_switch_auto_to_the_bootstrap_and_say_so() -> None:
    values = np.cumsum(np.random.default_rng(0).exponential(size=300) - 1)
    result = forecast(request(model=Arima(p=0, d=1, q=0)), Series(values), ignore_progress)
    assert result.intervals_method == "bootstrap"
    assert any("not Gaussian" in note for note in result.notes)
    lower, upper = result.intervals[1].lower[0], result.intervals[1].upper[0]
    assert upper - result.mean[0] > 1.8 * (result.mean[0] - lower)


def test_bootstrap_one_step_width_is_that_of_sigma() -> None:
    values = np.cumsum(np.random.default_rng(1).normal(size=400))
    bands = {
        method: forecast(
            request(model=Arima(p=0, d=1, q=0), intervals=method, horizon=1, levels=(68.27,)),
            Series(values),
            ignore_progress,
        ).intervals[0]
        for method in ("analytic", "bootstrap")
    }
    widths = {method: band.upper[0] - band.lower[0] for method, band in bands.items()}
    assert widths["bootstrap"] == pytest.approx(widths["analytic"], rel=0.06)


def test_no_intervals_are_given_when_none_are_wanted() -> None:
    result = air(model=Naive(), intervals="none")
    assert (result.intervals, result.intervals_method) == ((), "none")
    assert result.accuracy.coverage == {}


def test_fitted_values_begin_where_the_model_can_predict() -> None:
    result = air(model=Arima(p=1, d=1, q=0, D=1))
    assert result.fitted[:13] == (None,) * 13
    assert all(value is not None for value in result.fitted[20:])


def test_progress_rises_to_one() -> None:
    fractions = []
    forecast(
        request(model=Arima(p=2, d=1, q=1, P=0, D=1, Q=1), intervals="bootstrap"),
        Series(air_passengers(), MONTHS),
        lambda fraction, message: fractions.append((fraction, message)),
    )
    values = [fraction for fraction, _ in fractions]
    assert values[0] == 0.0
    assert values[-1] == 1.0
    assert all(later >= earlier for earlier, later in itertools.pairwise(values))
    assert all(message for _, message in fractions)
    assert len(values) > 10  # a fit of a few milliseconds is hardly cut into parts, its folds are


def test_cancelled_job_stops_at_the_next_report() -> None:
    calls = 0

    def cancel(fraction: float, message: str) -> None:
        nonlocal calls
        calls += 1
        if calls == 10:
            raise Cancelled

    with pytest.raises(Cancelled):
        forecast(request(model=AIRLINE), Series(air_passengers(), MONTHS), cancel)
    assert calls == 10


@pytest.mark.parametrize(
    ("options", "n", "loc", "message"),
    [
        ({"model": Arima()}, 2, ("model",), "needs at least 6 observed values and this series has 2"),
        ({"model": AIRLINE, "season_length": 12}, 20, ("model",), "needs at least 26"),
        ({"model": AIRLINE, "season_length": 1}, 144, ("season_length",), "set season_length"),
        ({"model": Arima(d=2, constant=True)}, 50, ("model", "constant"), "accelerates"),
        ({"model": Arima(P=1), "season_length": 5000}, 144, ("season_length",), "remembers 5002 steps"),
        (
            {"model": Naive(), "horizon": 10_000, "n_bootstrap": 20_000, "intervals": "bootstrap"},
            50,
            ("n_bootstrap",),
            "at most 2000 paths",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_at_its_field(
    options: dict[str, object], n: int, loc: tuple[str, ...], message: str
) -> None:
    with pytest.raises(RequestError, match=message) as caught:
        forecast(request(**options), Series(air_passengers()[:n]), ignore_progress)
    assert caught.value.problems[0].loc == loc


def test_seasonal_difference_of_a_place_never_seen_is_refused() -> None:
    values = air_passengers().copy()
    values[3::12] = np.nan
    with pytest.raises(RequestError, match="1 of the 12 places") as caught:
        forecast(request(model=AIRLINE, season_length=12), Series(values), ignore_progress)
    assert caught.value.problems[0].loc == ("model", "D")
