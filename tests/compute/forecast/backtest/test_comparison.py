"""The paired test over folds is the one it is named after."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from compute.forecast.backtest.comparison import compare_losses

losses = st.lists(st.floats(0, 100), min_size=3, max_size=12)


@given(better=losses, seed=st.integers(0, 1000))
def test_folds_apart_give_the_paired_t_test(better: list[float], seed: int) -> None:
    """With one-step differences the correction of Harvey et al. turns Diebold & Mariano into Student's paired test."""
    worse = np.array(better) + np.random.default_rng(seed).normal(0.5, 1.0, size=len(better))
    expected = stats.ttest_1samp(worse - better, 0, alternative="greater").pvalue
    assert compare_losses(better, worse.tolist(), 0).p_value == pytest.approx(expected, rel=1e-6)


def test_overlapping_folds_make_us_less_sure() -> None:
    """Differences that run in waves, as shared held-out values make them, count for fewer independent ones."""
    waves = (0.6 + np.repeat([0.5, -0.3, 0.6, 0.1, -0.2], 3)).tolist()
    apart, shared = (compare_losses([0.0] * 15, waves, overlap).p_value for overlap in (0, 2))
    assert shared > apart


def test_swapping_the_models_swaps_the_verdict() -> None:
    one, other = [1.0, 2.0, 3.0, 2.5], [1.5, 2.2, 2.8, 3.5]
    forth, back = compare_losses(one, other, 1), compare_losses(other, one, 1)
    assert forth.p_value + back.p_value == pytest.approx(1)


def test_larger_every_time_by_the_same_is_certain_and_equal_is_even() -> None:
    assert compare_losses([1, 2, 3], [2, 3, 4], 0).is_worse
    assert compare_losses([1, 2, 3], [1, 2, 3], 0).p_value == 0.5


def test_single_fold_tells_nothing() -> None:
    verdict = compare_losses([1.0], [9.0], 0)
    assert np.isnan(verdict.p_value)
    assert not verdict.is_worse
