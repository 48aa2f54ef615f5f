"""The compiled recursion is the loop it stands for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.trajectory.recursion import recur, recur_back


@given(m=st.integers(1, 12), s=st.integers(1, 3), c=st.integers(1, 3), seed=st.integers(0, 100))
def test_a_recursion_is_a_loop(m: int, s: int, c: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    steps, shifts = generator.normal(size=(m - 1, s, s)), generator.normal(size=(m, s, c))
    expected = [shifts[0]]
    for step, shift in zip(steps, shifts[1:], strict=True):
        expected.append(step @ expected[-1] + shift)
    assert recur(steps, shifts) == pytest.approx(np.array(expected), rel=1e-9, abs=1e-9)
    backwards = recur_back(steps[::-1], shifts[::-1])
    assert backwards[::-1] == pytest.approx(np.array(expected), rel=1e-9, abs=1e-9)
