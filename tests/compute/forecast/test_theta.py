"""The dynamic optimised Theta model: its line, its optimum, its season, its uncertainty."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from compute.forecast.fitting import fit_model
from compute.forecast.intervals import simulate_errors
from compute.forecast.prediction import Fit
from compute.forecast.smoothing.decomposition import decompose, is_seasonal
from compute.forecast.smoothing.theta import BURN_IN, estimate_theta, profile, run_theta
from compute.forecast.theta import Theta
from compute.job import ignore_progress
from compute.schema import RequestError
from tests.compute.forecast.series import air_passengers, real_series

VALUES = arrays(np.float64, st.integers(8, 40), elements=st.floats(-100, 100))


def fit(values: np.ndarray, m: int = 1, **options: str) -> Fit:
    return fit_model(Theta(**options), np.asarray(values, dtype=np.float64), m, ignore_progress)


@given(VALUES)
def test_line_is_the_least_squares_line_through_all_values(values: np.ndarray) -> None:
    _, mean, slope = run_theta(values, 0.5, 0.5, 0.0, np.empty(values.size))
    expected = np.polynomial.polynomial.polyfit(np.arange(1, values.size + 1), values, 1)
    assert mean == pytest.approx(values.mean(), abs=1e-9)
    assert slope == pytest.approx(expected[1], abs=1e-9)


@given(VALUES, st.floats(0.1, 0.99))
def test_profile_is_the_least_over_level_and_weight(values: np.ndarray, alpha: float) -> None:
    seen = np.ones(values.size, dtype=bool)
    least, level, weight, _ = profile(values, seen, alpha, 0.0)
    size = 1 + float(np.sum(values**2))

    def squares(level: float, weight: float) -> float:
        mu = np.empty(values.size)
        run_theta(values, alpha, weight, level, mu)
        return float(np.sum((values - mu)[BURN_IN:] ** 2))

    assert least == pytest.approx(squares(level, weight), abs=1e-7 * size)
    for other in (0.0, 0.3, 1.0):
        assert squares(level, other) >= least - 1e-7 * size
    assert squares(level + 1, weight) >= least - 1e-7 * size


def test_weight_of_a_straight_trend_is_whole_and_of_noise_is_small() -> None:
    rng = np.random.default_rng(0)
    seen = np.ones(200, dtype=bool)
    assert estimate_theta(np.arange(200) + rng.normal(size=200), seen).weight > 0.9
    assert estimate_theta(rng.normal(size=200).cumsum(), seen).weight < 0.6


def test_forecast_runs_along_a_straight_line() -> None:
    values = 3.0 * np.arange(60) + 10
    np.testing.assert_allclose(fit(values).predict(5).mean, 3.0 * np.arange(60, 65) + 10, rtol=1e-6)


@pytest.mark.parametrize("name", ["air passengers", "nile", "inflation"])
def test_deviation_is_that_of_the_simulated_futures(name: str) -> None:
    found = fit(real_series()[name], 12 if name == "air passengers" else 1)
    prediction = found.predict(24)
    paths = simulate_errors(prediction, found.sigma, found.errors, 20_000, np.random.default_rng(0))
    np.testing.assert_allclose(paths.std(axis=0), prediction.deviation, rtol=0.03)
    assert np.all(np.abs(paths.mean(axis=0)) < 0.03 * prediction.deviation)


def test_one_step_ahead_is_the_next_fitted_value() -> None:
    values = air_passengers()
    short = fit(values[:120], 12)
    assert short.extend is not None
    longer = short.extend(values)
    np.testing.assert_allclose(short.predict(1).mean[0], longer.fitted[120], rtol=1e-12)
    np.testing.assert_allclose(longer.fitted[:120], short.fitted, rtol=1e-12)
    assert longer.summary == short.summary.model_copy(update={"sigma2": longer.summary.sigma2})


def test_season_is_removed_where_the_autocorrelation_shows_one() -> None:
    rng = np.random.default_rng(1)
    seasonal = np.tile([10.0, 20, 15, 5], 12) + rng.normal(size=48)
    assert is_seasonal(seasonal, 4)
    assert not is_seasonal(rng.normal(size=48), 4)
    assert "multiplicative season of 4" in fit(seasonal, 4).summary.description
    assert "additive season of 4" in fit(seasonal - 12, 4).summary.description
    assert "season" not in fit(seasonal, 4, season="none").summary.description
    np.testing.assert_allclose(fit(seasonal, 4).predict(4).mean, [10, 20, 15, 5], atol=2)


@pytest.mark.parametrize("is_multiplicative", [False, True])
@pytest.mark.parametrize("m", [4, 7])
def test_decomposition_finds_the_pattern_that_was_put_in(m: int, is_multiplicative: bool) -> None:
    pattern = 1 + 0.3 * np.sin(np.arange(m) * 2 * np.pi / m)
    pattern /= pattern.mean()
    trend = np.linspace(100, 140, 8 * m)
    season = np.resize(pattern, 8 * m)
    values = trend * season if is_multiplicative else trend + 10 * (season - 1)
    found = decompose(values, m, is_multiplicative)
    assert found is not None
    np.testing.assert_allclose(found.factors, pattern if is_multiplicative else 10 * (pattern - 1), atol=0.02)
    np.testing.assert_allclose(found.adjust(values), trend, rtol=0.02)


@pytest.mark.parametrize(
    ("values", "m", "season", "loc"),
    [
        (np.arange(1.0, 8), 4, "add", ("season_length",)),
        (np.arange(1.0, 30), 1, "mul", ("season_length",)),
        (np.arange(-5.0, 30), 4, "mul", ("model", "season")),
    ],
)
def test_season_that_the_series_does_not_allow_is_refused(
    values: np.ndarray, m: int, season: str, loc: tuple[str, ...]
) -> None:
    with pytest.raises(RequestError) as caught:
        fit(values, m, season=season)
    assert caught.value.problems[0].loc == loc
