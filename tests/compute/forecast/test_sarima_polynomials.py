"""The unbounded coordinates reach every stationary, invertible model and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import (
    MAX_PARTIAL,
    difference_polynomial,
    expand,
    is_admissible,
    to_coefficients,
    to_free,
)

ORDERS = Orders(3, 1, 2, 2, 1, 1, 4)
FREE = st.lists(st.floats(-4, 4), min_size=8, max_size=8).map(np.array)


@given(FREE)
def test_coordinates_and_coefficients_are_one_to_one(free: np.ndarray) -> None:
    np.testing.assert_allclose(to_free(ORDERS, to_coefficients(ORDERS, free)), free, rtol=1e-6, atol=1e-6)


@given(FREE)
def test_every_point_is_stationary_and_invertible(free: np.ndarray) -> None:
    coefficients = to_coefficients(ORDERS, free)
    assert is_admissible(ORDERS, coefficients)
    polynomials = expand(ORDERS, coefficients)
    for polynomial in (polynomials.ar, polynomials.ma):
        # Roots of the reversed polynomial are the inverses of the roots: inside the unit circle.
        assert np.abs(np.roots(polynomial)).max() < 1 + 1e-6


@pytest.mark.parametrize(
    "outside", [[1.0, 0, 0, 0, 0, 0, 0, 0], [0.9, 0.2, 0, 0, 0, 0, 0, 0], [0, 0, 0, -1.2, 0, 0, 0, 0]]
)
def test_unit_roots_and_beyond_are_not_admissible(outside: list[float]) -> None:
    assert not is_admissible(ORDERS, np.array(outside))


def test_far_coordinates_stop_short_of_a_unit_root() -> None:
    coefficients = to_coefficients(Orders(1, 0, 1), np.array([1e30, -1e30]))
    np.testing.assert_allclose(coefficients, [MAX_PARTIAL, MAX_PARTIAL])


def test_seasonal_polynomials_multiply_out() -> None:
    polynomials = expand(Orders(1, 0, 1, 1, 0, 1, 4), np.array([0.5, 0.3, 0.2, -0.4]))
    np.testing.assert_allclose(polynomials.ar, [1, -0.5, 0, 0, -0.2, 0.1])
    np.testing.assert_allclose(polynomials.ma, [1, 0.3, 0, 0, -0.4, -0.12])


def test_difference_polynomial_takes_seasonal_differences_of_differences() -> None:
    np.testing.assert_allclose(difference_polynomial(Orders(0, 1, 0, 0, 1, 0, 3)), [1, -1, 0, -1, 1])
