"""The width that all series teach together covers what it says, and no more than it knows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.forecast.batch.pooling import describe_pool, pool_widths
from compute.forecast.naive import Naive
from compute.series import Series
from tests.compute.forecast.batch.collections import run, walks

LEVELS = (80.0, 95.0)


def windows(count: int, width: float, seed: int = 0, horizon: int = 4) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [width * rng.normal(size=(3, horizon)) for _ in range(count)]


def test_errors_as_wide_as_promised_change_nothing() -> None:
    np.testing.assert_allclose(pool_widths(windows(2000, 1.0), LEVELS), 1.0, atol=0.05)


def test_wider_errors_widen_but_never_beyond_them() -> None:
    factors = pool_widths(windows(2000, 2.0), LEVELS)
    assert np.all((factors > 1.4) & (factors < 2.1))


def test_nothing_held_out_teaches_nothing() -> None:
    nothing = [np.full((3, 4), np.nan)] * 40
    assert np.all(pool_widths(nothing, LEVELS) == 1.0)
    pooled = describe_pool(nothing, LEVELS, np.ones((2, 4)))
    assert pooled.coverage == pooled.own_coverage == {"80": None, "95": None}
    assert pooled.windows == 0
    assert "long enough" in (pooled.reason or "")


def test_one_series_that_teaches_leaves_none_to_measure_it_on() -> None:
    pooled = describe_pool(windows(1, 1.0), LEVELS, np.ones((2, 4)))
    assert pooled.coverage == {"80": None, "95": None}
    assert "only one" in (pooled.reason or "")
    assert describe_pool(windows(2, 1.0), LEVELS, np.ones((2, 4))).reason is None


def test_a_batch_that_can_hold_nothing_out_keeps_the_models_own_width_and_says_why() -> None:
    short = [Series(np.full(1, 1.0 + i)) for i in range(31)]
    summary = run(short, model=Naive(), horizon=2).summary
    assert summary.done == 31
    assert summary.calibration == "none"
    assert summary.pooled is not None
    assert summary.pooled.coverage["95"] is None
    assert summary.pooled.reason


def test_steps_beyond_what_was_held_out_get_the_factor_of_all_steps() -> None:
    short = [np.hstack([window[:, :2], np.full((3, 2), np.nan)]) for window in windows(300, 2.0)]
    factors = pool_widths(short, LEVELS)
    np.testing.assert_allclose(factors[:, 2], factors[:, :2].mean(axis=1), rtol=0.1)
    np.testing.assert_array_equal(factors[:, 2], factors[:, 3])


@given(st.integers(1, 60), st.floats(0.01, 100), st.integers(0, 1000))
def test_factors_are_finite_and_positive(count: int, width: float, seed: int) -> None:
    factors = pool_widths(windows(count, width, seed), LEVELS)
    assert np.isfinite(factors).all()
    assert (factors > 0).all()


def test_the_told_coverage_is_that_of_series_that_taught_nothing() -> None:
    pooled = describe_pool(used := windows(1000, 1.5), LEVELS, pool_widths(used, LEVELS))
    assert pooled.own_coverage["95"] == pytest.approx(0.81, abs=0.02)  # P(|z| < 1.96 / 1.5)
    assert pooled.coverage["95"] is not None
    assert pooled.own_coverage["95"] < pooled.coverage["95"] < 0.96
    assert (pooled.series, pooled.windows) == (1000, 3000)


def test_a_pooled_batch_is_wider_where_its_models_were_too_sure() -> None:
    series = walks(60, shortest=16, longest=24)
    own, pooled = run(series, intervals="analytic"), run(series, intervals="conformal")
    assert pooled.summary.pooled is not None
    factors = np.array(pooled.summary.pooled.factor["95"])
    for narrow, wide in zip(own.series, pooled.series, strict=True):
        before = np.array(narrow.intervals[1].upper) - np.array(narrow.mean)
        after = np.array(wide.intervals[1].upper) - np.array(wide.mean)
        np.testing.assert_allclose(after, before * factors)
