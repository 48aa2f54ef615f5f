"""Surrogates keep what they promise, and p values mean what they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from compute.information.options import SurrogateName
from compute.information.significance import adjust, interval, p_value, standard_error
from compute.information.surrogates import make_iaaft, make_orders
from tests.compute.information.coupled import autoregressive

ORDERS: tuple[SurrogateName, ...] = ("circular", "block", "shuffle")


@settings(max_examples=20)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_are_those_of_statsmodels(p_values: list[float]) -> None:
    theirs = multipletests(p_values, method="fdr_bh")[1]
    np.testing.assert_allclose(adjust(np.array(p_values)), theirs, atol=1e-12)


def test_the_value_counts_among_its_surrogates() -> None:
    assert p_value(2.0, np.array([1.0, 3.0, 2.0])) == 0.75
    assert p_value(9.0, np.arange(9.0)) == 0.1
    assert p_value(0.0, np.empty(0)) is None


@pytest.mark.parametrize("kind", ORDERS)
@settings(max_examples=10)
@given(n=st.integers(30, 200), reach=st.integers(0, 20), seed=st.integers(0, 1000))
def test_orders_use_every_row_once(kind: SurrogateName, n: int, reach: int, seed: int) -> None:
    orders = make_orders(kind, n, 12, reach, np.random.default_rng(seed))
    assert np.array_equal(np.sort(orders, axis=1), np.tile(np.arange(n), (12, 1)))


def test_rotations_exceed_every_lag() -> None:
    orders = make_orders("circular", 100, 50, 20, np.random.default_rng(0))
    shifts = orders[:, 0]
    assert shifts.min() > 20
    assert shifts.max() < 80
    assert np.array_equal(orders, (np.arange(100) + shifts[:, None]) % 100)


def test_iaaft_keeps_the_values_and_nearly_the_spectrum() -> None:
    values = autoregressive(512, 1, 0.9)
    made = make_iaaft(values, 5, np.random.default_rng(0))
    assert np.array_equal(np.sort(made, axis=1), np.tile(np.sort(values), (5, 1)))
    power, theirs = np.abs(np.fft.rfft(values)), np.abs(np.fft.rfft(made, axis=1))
    assert np.all(np.abs(theirs - power).sum(axis=1) < 0.05 * power.sum())
    assert np.abs(np.corrcoef(np.vstack([values, made]))[0, 1:]).max() < 0.5


def test_the_standard_error_counts_memory() -> None:
    plain = standard_error(np.random.default_rng(1).normal(size=4000))
    assert plain == pytest.approx(1 / np.sqrt(4000), rel=0.1)
    remembering = autoregressive(4000, 1, 0.6)
    assert standard_error(remembering) == pytest.approx(1 / (1 - 0.6) / np.sqrt(4000), rel=0.2)


def test_the_interval_surrounds_the_mean() -> None:
    local = np.random.default_rng(2).normal(1.0, 1.0, 500)
    ends = interval(local, 500, np.random.default_rng(0))
    assert ends is not None
    assert ends[0] < local.mean() < ends[1]
    assert ends[1] - ends[0] == pytest.approx(2 * 1.96 * standard_error(local), rel=0.15)
    assert interval(local, 0, np.random.default_rng(0)) is None
