"""What every member of the model union must do, found in the union itself: new models are tested at once."""

from functools import cache
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compute.forecast.arima import Arima
from compute.forecast.ensemble import Best, Ensemble
from compute.forecast.ets import Ets
from compute.forecast.naive import Drift, SeasonalNaive
from compute.forecast.recurrent import Gru, Lstm
from compute.forecast.request import ForecastRequest, Model
from compute.forecast.result import ForecastResult
from compute.forecast.run import forecast
from compute.forecast.theta import Theta
from compute.job import ignore_progress
from compute.schema import Record, RequestError
from compute.series import InlineSeries, Series
from tests.compute.forecast.series import air_passengers

QUICK = {"hidden_size": 3, "window": 13, "epochs": 1, "n_seeds": 1}  # training is what takes time, not what is tested
QUICKER: dict[type, dict[str, Any]] = {
    Lstm: QUICK,
    Gru: QUICK,
    Best: {"candidates": (SeasonalNaive(), Drift(), Theta())},  # the default ones are fitted for each fold
}
KINDS = [kind(**QUICKER.get(kind, {})) for kind in get_args(get_args(Model)[0])]
ORDERS = [
    Arima(p=0, d=1, q=1, P=0, D=1, Q=1),
    Arima(p=2, d=0, q=2, constant=True),
    Arima(p=1, d=1, q=0, constant=True),
    Arima(p=0, d=2, q=2),
    Arima(p=0, d=0, q=0, P=1, D=0, Q=1),
    Arima(p=1, d=0, q=0, D=1, constant=True),
]
FORMS = [
    Ets(error="add", trend="add", damped="no", season="add"),
    Ets(error="mul", trend="add", damped="yes", season="mul"),
    Ets(error="mul", trend="none", season="none"),
    Ets(choice="best"),
    Theta(season="add"),
    Theta(season="none"),
]
MODELS = [*KINDS, *ORDERS, *FORMS]
MONTHS = np.arange("1949-01", "1961-01", dtype="datetime64[M]").astype("datetime64[ns]")


def name_of(value: Any) -> str:
    """Return the name of a case: the kind of a model and what was chosen in it."""
    if not isinstance(value, Record):
        return str(value)
    chosen = value.model_dump(exclude_defaults=True, exclude={"kind", "candidates"})
    return "-".join([value.kind, *(f"{name}={choice}" for name, choice in chosen.items())])  # type: ignore[attr-defined]


by_name = pytest.mark.parametrize("model", MODELS, ids=name_of)


def run(model: Any, values: np.ndarray, *, timestamps: np.ndarray | None = None, **options: Any) -> ForecastResult:
    options = {"horizon": 12, "season_length": 12, "n_bootstrap": 200} | options
    request = ForecastRequest(series=InlineSeries(values=(0.0,)), model=model, **options)
    return forecast(request, Series(np.asarray(values, dtype=np.float64), timestamps), ignore_progress)


@cache
def passengers(model: Any, intervals: str = "auto") -> ForecastResult:
    """The forecast that others are compared with, made once."""
    return run(model, air_passengers(), intervals=intervals)


def result_or_refusal(model: Any, values: np.ndarray, **options: Any) -> ForecastResult | RequestError:
    try:
        return run(model, values, **options)
    except RequestError as error:
        return error


def check_shapes(result: ForecastResult, n: int, horizon: int) -> None:
    assert len(result.history) == len(result.fitted) == len(result.residuals) == n
    assert len(result.mean) == horizon
    assert all(value is not None for value in result.mean)
    for interval in result.intervals:
        assert len(interval.lower) == len(interval.upper) == horizon
        assert np.all(np.array(interval.lower) <= np.array(interval.upper))
    again = ForecastResult.model_validate_json(result.model_dump_json())  # refuses NaN and infinity
    assert again == result


@pytest.mark.parametrize(
    ("model", "horizon"), [*((model, 30) for model in MODELS), *((model, 1) for model in KINDS)], ids=name_of
)
def test_result_has_its_shapes_and_no_nan(model: Any, horizon: int) -> None:
    result = run(model, air_passengers(), timestamps=MONTHS, horizon=horizon)
    check_shapes(result, 144, horizon)
    assert result.timestamps is not None
    assert len(result.timestamps) == horizon
    assert result.frequency == "P1M"
    assert result.accuracy.folds > 0
    assert {"80", "95"} == set(result.accuracy.coverage)
    assert result.model.description
    pairs = [
        (h, f, r) for h, f, r in zip(result.history, result.fitted, result.residuals, strict=True) if r is not None
    ]
    assert len(pairs) > 60
    assert all(r == pytest.approx(h - f) for h, f, r in pairs)


@by_name
def test_equal_requests_give_equal_answers(model: Any) -> None:
    assert run(model, air_passengers(), intervals="bootstrap") == passengers(model, "bootstrap")


@by_name
@pytest.mark.parametrize("intervals", ["analytic", "bootstrap"])
def test_longer_horizon_begins_with_the_shorter_one(model: Any, intervals: str) -> None:
    if isinstance(model, Lstm | Gru):
        return  # networks are trained for all steps of one horizon at once: another horizon is another network
    short, long = passengers(model, intervals), run(model, air_passengers(), horizon=40, intervals=intervals)
    np.testing.assert_allclose(long.mean[:12], short.mean, rtol=1e-9)
    np.testing.assert_allclose(long.intervals[0].lower[:12], short.intervals[0].lower, rtol=1e-9)


@by_name
def test_levels_change_nothing_but_the_bands(model: Any) -> None:
    few, many = passengers(model), run(model, air_passengers(), levels=(50, 80, 99))
    assert few.mean == many.mean
    assert few.intervals[0] == many.intervals[1]


@by_name
@pytest.mark.parametrize(("scale", "shift"), [(1000.0, 5000.0), (-0.002, 30.0)])
def test_forecast_moves_with_the_units_of_the_series(model: Any, scale: float, shift: float) -> None:
    is_level_free = not isinstance(model, Arima) or model.d + model.D > 0 or model.constant is not False
    assert is_level_free  # every model here has a difference or a mean
    if isinstance(model, Theta | Ensemble | Best) or (isinstance(model, Ets) and model.error != "add"):
        scale, shift = abs(scale), 0.0  # what is in proportion to the level has its meaning from the zero of the series
    plain = passengers(model, "analytic")
    moved = run(model, scale * air_passengers() + shift, intervals="analytic")
    size = np.abs(scale) * air_passengers().std()
    np.testing.assert_allclose(np.array(moved.mean), scale * np.array(plain.mean) + shift, atol=2e-3 * size)
    widths = [np.array(r.intervals[0].upper) - np.array(r.intervals[0].lower) for r in (plain, moved)]
    np.testing.assert_allclose(widths[1], np.abs(scale) * widths[0], rtol=5e-3)


@by_name
def test_missing_values_are_lived_with(model: Any) -> None:
    values = air_passengers().copy()
    values[[0, 7, 50, 51, 52, 100, 141, 143]] = np.nan
    result = run(model, values)
    check_shapes(result, 144, 12)
    assert any("8 of 144 values are missing" in note for note in result.notes)
    whole = np.array(passengers(model).mean)
    np.testing.assert_allclose(np.array(result.mean), whole, rtol=0.35)


@by_name
def test_intervals_after_missing_values_at_the_end_are_wider(model: Any) -> None:
    values = air_passengers().copy()
    values[-3:] = np.nan
    widths = []
    for series in (values[:-3], values):
        band = run(model, series, horizon=4, intervals="analytic").intervals[0]
        widths.append(np.array(band.upper) - np.array(band.lower))
    assert widths[1][0] == pytest.approx(widths[0][3], rel=1e-6)


@by_name
def test_constant_series_is_continued(model: Any) -> None:
    result = run(model, np.full(60, 42.5))
    check_shapes(result, 60, 12)
    np.testing.assert_allclose(result.mean, 42.5, rtol=1e-6)
    assert result.intervals[0].lower == pytest.approx(result.mean, rel=1e-6)


@by_name
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(
        st.one_of(st.none(), st.integers(-3, 3), st.floats(-1e30, 1e30), st.just(1e-20)), min_size=1, max_size=40
    ),
    m=st.sampled_from([1, 2, 12]),
    horizon=st.integers(1, 6),
)
def test_any_series_gives_a_result_or_a_sentence(model: Any, values: list[float | None], m: int, horizon: int) -> None:
    series = np.array([np.nan if value is None else value for value in values])
    answer = result_or_refusal(model, series, season_length=m, horizon=horizon)
    if isinstance(answer, RequestError):
        assert all(problem.loc and problem.msg for problem in answer.problems)
    else:
        check_shapes(answer, series.size, horizon)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@by_name
def test_very_short_series_gives_a_result_or_the_way_out(model: Any, n: int) -> None:
    answer = result_or_refusal(model, np.arange(float(n)) ** 2)
    if isinstance(answer, RequestError):
        assert answer.problems[0].loc[0] in ("model", "season_length")
    else:
        check_shapes(answer, n, 12)
