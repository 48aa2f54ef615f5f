"""Nats: the two forms of the expected free energy are one, and each quantity is what its definition says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.planning.inference.information import (
    bernoulli_divergence,
    bernoulli_entropy,
    expected_log_preference,
    gaussian_divergence,
    gaussian_entropy,
    information_gain,
)

sizes = st.integers(1, 4)
seeds = st.integers(0, 2**32 - 1)


def covariance(rng: np.random.Generator, n: int) -> np.ndarray:
    root = rng.normal(size=(n, n))
    return root @ root.T + 0.1 * np.eye(n)


@given(states=sizes, outcomes=sizes, seed=seeds)
def test_risk_and_ambiguity_are_minus_pragmatic_and_epistemic_value(states: int, outcomes: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    belief, noise, wanted = covariance(rng, states), covariance(rng, outcomes), covariance(rng, outcomes)
    observation = rng.normal(size=(outcomes, states))
    mean, wanted_mean = observation @ rng.normal(size=states), rng.normal(size=outcomes)
    foretold = observation @ belief @ observation.T + noise
    risk = gaussian_divergence(mean, foretold, wanted_mean, wanted)
    ambiguity = gaussian_entropy(noise)
    pragmatic = expected_log_preference(mean, foretold, wanted_mean, wanted)
    epistemic = information_gain(belief, observation, noise)
    assert risk + ambiguity == pytest.approx(-pragmatic - epistemic, rel=1e-9, abs=1e-9)


@given(states=sizes, outcomes=sizes, seed=seeds)
def test_what_is_learned_is_the_entropy_that_an_observation_takes_away(states: int, outcomes: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    prior, noise = covariance(rng, states), covariance(rng, outcomes)
    observation = rng.normal(size=(outcomes, states))
    precision = np.linalg.inv(prior) + observation.T @ np.linalg.solve(noise, observation)
    lost = gaussian_entropy(prior) - gaussian_entropy(np.linalg.inv(precision))
    assert information_gain(prior, observation, noise) == pytest.approx(lost, rel=1e-7, abs=1e-8)


@given(n=sizes, seed=seeds)
def test_divergence_from_oneself_is_nothing_and_from_others_something(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    mean, spread = rng.normal(size=n), covariance(rng, n)
    assert gaussian_divergence(mean, spread, mean, spread) == pytest.approx(0, abs=1e-9)
    assert gaussian_divergence(mean, spread, mean + 1, spread) > 0


@given(p=st.floats(0, 1), accepted=st.floats(1e-6, 0.5))
def test_a_risk_costs_what_the_two_outcomes_diverge(p: float, accepted: float) -> None:
    cost = float(bernoulli_divergence(np.array(p), accepted))
    terms = [(p, accepted), (1 - p, 1 - accepted)]
    assert cost == pytest.approx(sum(q * np.log(q / r) for q, r in terms if q > 0), rel=1e-9, abs=1e-12)
    assert cost >= -1e-12
    assert float(bernoulli_divergence(np.array(accepted), accepted)) == pytest.approx(0, abs=1e-12)


def test_most_is_unknown_where_both_answers_are_as_likely() -> None:
    entropy = bernoulli_entropy(np.array([0.0, 0.1, 0.5, 0.9, 1.0]))
    assert entropy.argmax() == 2
    assert entropy == pytest.approx([0, 0.325083, np.log(2), 0.325083, 0], abs=1e-6)


def test_a_covariance_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="positive definite"):
        gaussian_entropy(np.diag([1.0, -1.0]))
