"""Errors drawn in blocks keep what neighbours have in common; errors drawn one by one do not; both keep their shape."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import lfilter

from compute.forecast.conformal import calibrate
from compute.forecast.distribution import SampledErrors
from compute.forecast.fitting import fit_model
from compute.forecast.intervals import make_distribution, simulate_errors
from compute.forecast.naive import Naive
from compute.forecast.options import Bootstrap
from compute.forecast.prediction import Prediction
from compute.forecast.request import ForecastRequest, Model
from compute.forecast.resampling import draw_errors, mean_block_length
from compute.forecast.run import forecast
from compute.forecast.theta import Theta
from compute.job import ignore_progress
from compute.series import InlineSeries, Series

KINDS: tuple[Bootstrap, ...] = ("iid", "block")
HORIZON = 12


def correlated(n: int, phi: float, seed: int = 0) -> np.ndarray:
    """Return a first-order autoregression of unit variance."""
    noise = np.random.default_rng(seed).normal(size=n + 200)
    return np.asarray(np.sqrt(1 - phi**2) * lfilter([1.0], [1.0, -phi], noise))[200:]


def clustered(n: int, seed: int = 0) -> np.ndarray:
    """Return independent signs with sizes that change slowly: no autocorrelation, but quiet and stormy times."""
    noise = np.random.default_rng(seed).normal(size=n)
    return noise * np.exp(1.2 * correlated(n, 0.95, seed + 1))


def walk_deviation(phi: float, steps: int) -> float:
    """Return the standard deviation of the sum of so many values of `correlated`."""
    lags = np.arange(1, steps)
    return float(np.sqrt(steps + 2 * np.sum((steps - lags) * phi**lags)))


def test_sums_of_blocks_have_the_variance_of_sums_of_the_errors() -> None:
    errors = correlated(2000, 0.6)
    deviations = {
        kind: draw_errors(errors, 1.0, 4000, HORIZON, np.random.default_rng(1), kind).sum(axis=0).std()
        for kind in KINDS
    }
    truth = walk_deviation(0.6, HORIZON)
    assert deviations["iid"] == pytest.approx(np.sqrt(HORIZON), rel=0.05)
    assert deviations["block"] == pytest.approx(truth, rel=0.15)
    assert truth > 1.7 * deviations["iid"]


def test_bands_of_a_model_that_leaves_residuals_correlated_cover_only_with_blocks() -> None:
    """The naive forecast of a walk whose steps follow each other: 95 % intervals twelve steps ahead."""
    inside: dict[Bootstrap, list[bool]] = {"iid": [], "block": []}
    for seed in range(60):
        walk = np.cumsum(correlated(300 + HORIZON, 0.7, seed))
        for kind, held in inside.items():
            fit = fit_model(Naive(), walk[:300], 1, ignore_progress)
            prediction = fit.predict(HORIZON)
            paths = simulate_errors(prediction, fit.sigma, fit.errors, 500, np.random.default_rng(seed), kind)
            lower, upper = np.quantile(paths[:, -1], [0.025, 0.975])
            held.append(lower <= walk[-1] - prediction.mean[-1] <= upper)
    assert np.mean(inside["iid"]) < 0.8
    assert np.mean(inside["block"]) > 0.85


@pytest.mark.parametrize("kind", KINDS)
def test_every_step_alone_has_the_distribution_of_the_errors(kind: Bootstrap) -> None:
    errors = np.random.default_rng(2).exponential(size=400) - 1
    draws = draw_errors(errors, errors.std(), 4000, 30, np.random.default_rng(3), kind)
    centred = errors - errors.mean()
    np.testing.assert_allclose(draws.std(axis=1), errors.std(), rtol=0.08)
    assert np.all(np.isin(draws.round(9), centred.round(9)))


@pytest.mark.parametrize("kind", KINDS)
def test_longer_horizon_begins_with_the_draws_of_a_shorter_one(kind: Bootstrap) -> None:
    errors = correlated(200, 0.5)
    short, long = (draw_errors(errors, 1.0, 300, h, np.random.default_rng(4), kind) for h in (5, 20))
    np.testing.assert_array_equal(long[:5], short)


@pytest.mark.parametrize("phi", [0.3, 0.6, 0.9])
def test_block_length_is_that_of_the_theory_for_an_autoregression(phi: float) -> None:
    """Of an AR(1), G / g = 2 phi / (1 - phi^2) (Politis & White 2004, section 3)."""
    n = 50_000
    theory = (2 * phi / (1 - phi**2)) ** (2 / 3) * n ** (1 / 3)
    assert mean_block_length(correlated(n, phi)) == pytest.approx(theory, rel=0.3)


def test_blocks_are_short_without_correlation_and_long_where_storms_last() -> None:
    assert mean_block_length(np.random.default_rng(5).normal(size=1000)) < 5
    assert mean_block_length(clustered(1000)) > 8


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40).map(np.array), st.integers(0, 100))
def test_any_errors_can_be_drawn_in_blocks(errors: np.ndarray, seed: int) -> None:
    length = mean_block_length(errors)
    assert 1 <= length <= max(errors.size / 3, 1)
    assert np.isfinite(draw_errors(errors, 1.0, 100, 7, np.random.default_rng(seed), "block")).all()


def test_calibrated_width_is_that_of_the_held_out_errors_however_errors_are_drawn() -> None:
    """What the model left correlated is in the held-out errors already: it must not widen twice."""
    prediction = Prediction(np.zeros(HORIZON), np.ones(HORIZON), np.zeros((HORIZON, 0)))
    calibration = calibrate([np.ones(4)] * 5, 500)
    deviations = []
    for kind in KINDS:
        made = make_distribution(
            "bootstrap", prediction, 1.0, correlated(1000, 0.7), 4000, np.random.default_rng(6), calibration, kind
        )
        assert isinstance(made, SampledErrors)
        deviations.append(made.paths.std(axis=0))
    np.testing.assert_allclose(deviations[1], deviations[0], rtol=0.08)


@pytest.mark.parametrize("model", [Naive(), Theta()], ids=["linear", "simulated"])
def test_request_says_how_residuals_are_drawn(model: Model) -> None:
    values = 100 + np.cumsum(correlated(150, 0.7))
    widths = {}
    for kind in KINDS:
        request = ForecastRequest(
            series=InlineSeries(values=(0.0,)), horizon=8, model=model, intervals="bootstrap", bootstrap=kind
        )
        band = forecast(request, Series(values), ignore_progress).intervals[1]
        widths[kind] = band.upper[-1] - band.lower[-1]  # type: ignore[operator]
    assert widths["block"] != widths["iid"]
