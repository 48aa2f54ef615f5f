"""Covariances against scikit-learn, numpy and closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import covariance as sklearn_covariance

from compute.portfolio.covariance.definite import is_covariance, nearest_covariance
from compute.portfolio.covariance.denoised import denoised
from compute.portfolio.covariance.ewma import ewma_covariance
from compute.portfolio.covariance.factor import factor_covariance
from compute.portfolio.covariance.ledoit_wolf import ledoit_wolf
from compute.portfolio.covariance.oas import oas
from compute.portfolio.covariance.sample import pairwise_covariance, sample_covariance

Shape = tuple[int, int]
SHAPES: list[Shape] = [(300, 8), (30, 40), (5, 2), (2, 6)]


def returns(shape: Shape, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    market = generator.standard_t(5, size=(shape[0], 1)) * 0.01
    return 0.0003 + market * generator.uniform(0.4, 1.5, shape[1]) + generator.normal(0, 0.008, size=shape)


@pytest.mark.parametrize("shape", SHAPES)
def test_ledoit_wolf_is_that_of_scikit_learn(shape: Shape) -> None:
    made, shrinkage = ledoit_wolf(returns(shape))
    theirs = sklearn_covariance.LedoitWolf().fit(returns(shape))
    assert shrinkage == pytest.approx(theirs.shrinkage_, abs=1e-12)
    np.testing.assert_allclose(made, theirs.covariance_, rtol=1e-10, atol=1e-18)


@pytest.mark.parametrize("shape", SHAPES)
def test_oracle_shrinkage_is_that_of_scikit_learn(shape: Shape) -> None:
    made, shrinkage = oas(returns(shape))
    theirs = sklearn_covariance.OAS().fit(returns(shape))
    assert shrinkage == pytest.approx(theirs.shrinkage_, abs=1e-12)
    np.testing.assert_allclose(made, theirs.covariance_, rtol=1e-10, atol=1e-18)


def test_the_sample_covariance_is_that_of_numpy() -> None:
    np.testing.assert_allclose(sample_covariance(returns((80, 5))), np.cov(returns((80, 5)).T), rtol=1e-12)


@pytest.mark.parametrize("mean", [0.0, 0.01, 1.0, 1e4])
def test_means_large_beside_the_deviations_cost_no_digits(mean: float) -> None:
    table = returns((80, 5)) + mean
    exact = sample_covariance(table - table.mean(axis=0))
    np.testing.assert_allclose(sample_covariance(table), exact, rtol=1e-11, atol=1e-24)


def test_pair_by_pair_a_covariance_is_that_of_the_common_rows() -> None:
    table = returns((80, 4))
    table[:20, 1], table[30:45, 2] = np.nan, np.nan
    made, fewest = pairwise_covariance(table)
    assert fewest == 45
    for i in range(4):
        for j in range(4):
            both = ~np.isnan(table[:, i]) & ~np.isnan(table[:, j])
            assert made[i, j] == pytest.approx(np.cov(table[both][:, [i, j]].T)[0, 1], rel=1e-10)


def test_a_fading_covariance_with_a_long_memory_is_the_sample_covariance() -> None:
    table = returns((80, 5))
    np.testing.assert_allclose(ewma_covariance(table, 1e9), sample_covariance(table), rtol=1e-6)


def test_a_fading_covariance_is_that_of_numpy_with_its_weights() -> None:
    table = returns((80, 5))
    weights = 0.5 ** (np.arange(79, -1, -1) / 20)
    np.testing.assert_allclose(ewma_covariance(table, 20), np.cov(table.T, aweights=weights), rtol=1e-10)


def test_denoising_keeps_variances_and_finds_the_common_factor() -> None:
    table = returns((500, 30))
    made, kept = denoised(table)
    np.testing.assert_allclose(np.diag(made), np.diag(sample_covariance(table)), rtol=1e-12)
    assert kept == 1
    assert np.linalg.cond(made) < np.linalg.cond(sample_covariance(table))


def test_pure_noise_leaves_next_to_nothing_standing_out() -> None:
    table = np.random.default_rng(3).normal(size=(600, 40))
    made, kept = denoised(table)
    assert kept <= 1
    off = made - np.diag(np.diag(made))
    assert np.abs(off).max() < 0.12


def test_detoning_takes_out_what_all_share() -> None:
    table = returns((500, 30))
    correlation = denoised(table, detone=True)[0]
    scale = np.sqrt(np.diag(correlation))
    assert np.abs((correlation / np.outer(scale, scale)).mean()) < 0.1


def test_a_factor_model_keeps_variances_and_with_all_factors_everything() -> None:
    table = returns((200, 6))
    sample = sample_covariance(table)
    np.testing.assert_allclose(np.diag(factor_covariance(table, 2)), np.diag(sample), rtol=1e-12)
    np.testing.assert_allclose(factor_covariance(table, 50), sample, rtol=1e-9, atol=1e-18)


ESTIMATORS = {
    "sample": sample_covariance,
    "ewma": lambda table: ewma_covariance(table, 10.0),
    "ledoit_wolf": lambda table: ledoit_wolf(table)[0],
    "oas": lambda table: oas(table)[0],
    "denoised": lambda table: denoised(table)[0],
    "factor": lambda table: factor_covariance(table, 2),
}


@pytest.mark.parametrize("name", ESTIMATORS)
@settings(max_examples=40)
@given(data=st.data())
def test_every_estimate_is_a_covariance(name: str, data: st.DataObject) -> None:
    shape = data.draw(st.tuples(st.integers(2, 30), st.integers(2, 12)))
    table = returns(shape, data.draw(st.integers(0, 1000)))
    if data.draw(st.booleans()):
        table[:, 0] = table[:, 1]
    if data.draw(st.booleans()):
        table[:, -1] = 0.0
    made = ESTIMATORS[name](table)
    assert np.isfinite(made).all()
    np.testing.assert_allclose(made, made.T, rtol=1e-9, atol=1e-18)
    assert is_covariance(made)


def test_the_nearest_covariance_keeps_variances_and_is_one() -> None:
    matrix = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
    assert not is_covariance(matrix)
    made = nearest_covariance(matrix)
    assert is_covariance(made)
    np.testing.assert_allclose(np.diag(made), 1.0)
