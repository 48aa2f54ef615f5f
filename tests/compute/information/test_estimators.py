"""Estimators meet closed forms, an independent implementation, and what information must not notice."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import digamma
from sklearn.feature_selection._mutual_info import _compute_mi_cc
from sklearn.metrics import mutual_info_score

from compute.information.estimators import Estimator, Window
from compute.information.estimators.binned import Binned
from compute.information.estimators.gaussian import Gaussian
from compute.information.estimators.ksg import Ksg
from compute.information.estimators.symbolic import Symbolic
from tests.compute.information.coupled import coupled, normal_pair

Array = NDArray[np.float64]

EVERY = (Ksg(4), Ksg(4, 2), Binned(), Symbolic(), Gaussian())
FURNACE = Path(__file__).parent / "gas_furnace.csv"  # series J of Box and Jenkins 1970, public
CONTINUOUS = (Ksg(4), Ksg(4, 2), Gaussian())


def mutual(estimator: Estimator, x: Array, y: Array) -> Array:
    ends = estimator.encode(x, 0), estimator.encode(y, 1)
    rows = np.flatnonzero(~np.isnan(ends[0] + ends[1]))
    link = estimator.link(ends[1][rows], np.empty((0, rows.size)), Window(rows))
    return link.local(ends[0][None, rows])


def transfer(estimator: Estimator, x: Array, y: Array, lag: int = 1) -> Array:
    ends = estimator.encode(x, 0), estimator.encode(y, 1)
    rows = np.arange(10, x.size)
    link = estimator.link(ends[1][rows], ends[1][None, rows - 1], Window(rows))
    return link.local(ends[0][None, rows - lag])


def off(local: Array, truth: float) -> float:
    return float(abs(local.mean() - truth) / (local.std() / np.sqrt(local.size)))


@pytest.mark.parametrize("estimator", CONTINUOUS, ids=str)
@pytest.mark.parametrize("correlation", [0.0, 0.6, 0.9])
def test_normal_pairs_have_the_mutual_information_of_their_correlation(
    estimator: Estimator, correlation: float
) -> None:
    x, y = normal_pair(2000, 5, correlation)
    assert off(mutual(estimator, x, y), -0.5 * np.log(1 - correlation**2)) < 3


@pytest.mark.parametrize("estimator", [Ksg(4), Gaussian()], ids=str)
def test_a_linear_drive_has_the_transfer_entropy_of_its_strength(estimator: Estimator) -> None:
    x, y = coupled(3000, 1)
    assert off(transfer(estimator, x, y), 0.5 * np.log(1 + 0.36 / 0.25)) < 3
    assert abs(transfer(estimator, y, x).mean()) < 0.03


def test_the_second_form_tells_too_much_with_few_neighbours_and_hardly_from_six_on() -> None:
    truth = 0.5 * np.log(1 + 0.36 / 0.25)
    pairs = [coupled(1000, seed) for seed in range(6)]
    bias = {k: float(np.mean([transfer(Ksg(k, 2), x, y).mean() for x, y in pairs])) - truth for k in (1, 2, 4, 6)}
    assert bias[1] > 0.2
    assert bias[2] > 0.05
    assert bias[1] > bias[2] > bias[4] > bias[6]
    assert abs(bias[6]) < 0.04


def test_the_gas_furnace_of_box_and_jenkins_answers_after_three_or_four_steps() -> None:
    gas, carbon = np.loadtxt(FURNACE, delimiter=",", skiprows=1).T
    shared = [mutual(Ksg(3), gas[: gas.size - lag], carbon[lag:]).mean() for lag in range(10)]
    assert int(np.argmax(shared)) == 5
    told = [transfer(Ksg(4), gas, carbon, lag).mean() for lag in range(1, 9)]
    assert 1 + int(np.argmax(told)) in (3, 4)
    assert max(transfer(Ksg(4), carbon, gas, lag).mean() for lag in range(1, 9)) < 0.25 * max(told)


def test_the_second_form_is_what_its_authors_wrote() -> None:
    x, y = normal_pair(150, 4, 0.7)
    k, ends = 3, [Ksg(3, 2).encode(values, 0) for values in (x, y)]
    apart = [np.abs(values[:, None] - values) for values in ends]
    joint = np.maximum(*apart) + np.diag(np.full(x.size, np.inf))
    nearest = np.argsort(joint, axis=1)[:, :k]
    sides = [np.take_along_axis(distance, nearest, axis=1).max(axis=1) for distance in apart]
    counts = [np.sum(distance <= side[:, None], axis=1) - 1 for distance, side in zip(apart, sides, strict=True)]
    plain = digamma(k) - 1 / k - np.mean(digamma(counts[0]) + digamma(counts[1])) + digamma(x.size)
    assert mutual(Ksg(3, 2), x, y).mean() == pytest.approx(plain, abs=1e-10)


@pytest.mark.parametrize("k", [1, 3, 8])
def test_the_first_form_is_that_of_scikit_learn(k: int) -> None:
    x, y = normal_pair(400, 2, 0.5)
    estimator = Ksg(k)
    theirs = _compute_mi_cc(estimator.encode(x, 0), estimator.encode(y, 0), k)
    assert mutual(estimator, x, y).mean() == pytest.approx(theirs, abs=1e-10)


def test_plain_counts_are_those_of_scikit_learn() -> None:
    x, y = normal_pair(500, 3, 0.7)
    estimator = Binned(6, correction=False)
    theirs = mutual_info_score(estimator.encode(x, 0), estimator.encode(y, 0))
    assert mutual(estimator, x, y).mean() == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("estimator", EVERY, ids=str)
def test_many_sources_get_the_means_of_their_local_values(estimator: Estimator) -> None:
    x, y = coupled(300, 4)
    ends = estimator.encode(x, 0), estimator.encode(y, 1)
    rows = np.arange(10, x.size)
    link = estimator.link(ends[1][rows], ends[1][None, rows - 1], Window(rows))
    sources = np.stack([ends[0][None, rows - lag] for lag in range(8)])
    np.testing.assert_allclose(link.means(sources), [link.local(one).mean() for one in sources], atol=1e-12)


@settings(max_examples=15)
@given(st.sampled_from(EVERY), st.floats(0.01, 1e6), st.floats(-1e3, 1e3), st.integers(0, 1000))
def test_units_and_origin_do_not_matter(estimator: Estimator, scale: float, shift: float, seed: int) -> None:
    x, y = normal_pair(120, seed, 0.5)
    there = mutual(estimator, scale * x + shift, y).mean()
    assert there == pytest.approx(mutual(estimator, x, y).mean(), abs=0.02)


@settings(max_examples=15)
@given(st.sampled_from(EVERY), st.integers(0, 1000))
def test_mutual_information_is_mutual(estimator: Estimator, seed: int) -> None:
    x, y = normal_pair(120, seed, 0.5)
    assert mutual(estimator, x, y).mean() == pytest.approx(mutual(estimator, y, x).mean(), abs=1e-9)


def test_symbols_do_not_notice_a_growing_function() -> None:
    x, y = coupled(400, 6)
    assert np.array_equal(transfer(Symbolic(), np.exp(x), y), transfer(Symbolic(), x, y))


def test_a_constant_origin_far_away_adds_no_information() -> None:
    x, y = normal_pair(1000, 7, 0.0)
    assert abs(mutual(Ksg(4), x + 1e9, y).mean()) < 0.05


def test_equal_values_are_told_apart_by_the_seed() -> None:
    values = np.repeat([0.0, 1.0, 2.0], 20)
    first, again = Ksg(4, noise=1e-8).encode(values, 1), Ksg(4, noise=1e-8).encode(values, 1)
    assert np.array_equal(first, again)
    assert np.unique(first).size == values.size


@pytest.mark.parametrize("estimator", CONTINUOUS, ids=str)
def test_the_entropy_of_normal_values_is_the_closed_form(estimator: Estimator) -> None:
    y = np.random.default_rng(8).normal(size=3000)
    found = estimator.entropy(estimator.encode(y, 0), Window(np.arange(y.size)))
    assert found == pytest.approx(0.5 * np.log(2 * np.pi * np.e), abs=0.05)


def test_the_correction_raises_the_entropy_of_few_counts() -> None:
    values = Binned(8).encode(np.random.default_rng(9).uniform(size=40), 0)
    window = Window(np.arange(40))
    plain, corrected = (Binned(8, correction=each).entropy(values, window) for each in (False, True))
    assert corrected - plain == pytest.approx(7 / 80)
