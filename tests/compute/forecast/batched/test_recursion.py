"""The recursion in blocks is the recursion step by step, and its derivative that of its values."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import lfilter
from torch.autograd import gradcheck

from compute.forecast.sarima.batched.recursion import recur


@given(n=st.integers(1, 90), k=st.integers(0, 5), spacing=st.integers(1, 12), seed=st.integers(0, 99))
def test_blocks_give_what_steps_give(n: int, k: int, spacing: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, theta = rng.normal(size=(n, 2, 3)), 0.3 * rng.normal(size=(k, 3))
    found = recur(torch.tensor(rows), torch.tensor(theta), spacing).numpy()
    for series in range(3):
        polynomial = np.zeros(k * spacing + 1)
        polynomial[0], polynomial[spacing::spacing] = 1.0, theta[:, series]
        expected = lfilter([1.0], polynomial, rows[:, :, series], axis=0)
        np.testing.assert_allclose(found[:, :, series], expected, atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize("spacing", [1, 4])
def test_the_derivative_is_that_of_the_values(device: torch.device, spacing: int) -> None:
    generator = torch.Generator().manual_seed(1)
    rows = torch.randn(23, 2, 3, generator=generator, dtype=torch.float64).to(device).requires_grad_()
    theta = (0.4 * torch.randn(2, 3, generator=generator, dtype=torch.float64)).to(device).requires_grad_()
    assert gradcheck(lambda rows, theta: recur(rows, theta, spacing), (rows, theta))
