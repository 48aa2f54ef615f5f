"""Right products pass in every type, and one wrong number in them does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.benchmark.checks import as_check, check_product, tolerance_of
from compute.benchmark.options import NUMBER_TYPES, NumberType
from compute.benchmark.workloads.convolution import check_layer
from compute.benchmark.workloads.numbers import random_numbers

TYPES = {"fp64": np.float64, "fp32": np.float32, "int8": np.int8}
EXACT = {"fp64": np.float64, "fp32": np.float64, "int8": np.int32}


def checked(dtype: NumberType, seed: int, n: int, spoil: float) -> bool:
    rng = np.random.default_rng(seed)
    left, right = (random_numbers(rng, (n, n), dtype).astype(TYPES[dtype]) for _ in range(2))
    product = (left.astype(EXACT[dtype]) @ right.astype(EXACT[dtype])).astype(EXACT[dtype])
    product[rng.integers(n), rng.integers(n)] += EXACT[dtype](spoil)
    return check_product(left, right, product, dtype, np.random.default_rng(seed + 1)).has_passed


@settings(max_examples=15)
@given(st.sampled_from(list(TYPES)), st.integers(0, 1000), st.integers(4, 96))
def test_a_right_product_passes(dtype: NumberType, seed: int, n: int) -> None:
    assert checked(dtype, seed, n, 0.0)


@settings(max_examples=15)
@given(st.sampled_from(list(TYPES)), st.integers(0, 1000), st.integers(4, 96))
def test_one_wrong_number_anywhere_fails(dtype: NumberType, seed: int, n: int) -> None:
    assert not checked(dtype, seed, n, 1.0)


def test_what_is_no_number_fails_and_tells_no_error() -> None:
    check = as_check(float("nan"), 1.0, "anything")
    assert (check.has_passed, check.error) == (False, None)
    ones = np.ones((8, 8), np.float32)
    spoiled = 8 * ones
    spoiled[3, 3] = np.inf
    assert not check_product(ones, ones, spoiled, "fp32", np.random.default_rng(0)).has_passed


def test_a_layer_with_one_wrong_pixel_or_kernels_turned_round_fails() -> None:
    rng = np.random.default_rng(0)
    images, kernels = rng.normal(size=(2, 3, 6, 7)), rng.normal(size=(4, 3, 3, 3))
    found = np.zeros((2, 4, 6, 7))
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    for h in range(6):
        for w in range(7):
            found[:, :, h, w] = np.einsum("bcij,ocij->bo", padded[:, :, h : h + 3, w : w + 3], kernels)
    assert check_layer(images, kernels, found, "fp64").has_passed
    assert not check_layer(images, kernels[:, :, ::-1], found, "fp64").has_passed
    found[1, 2, 3, 4] += 1e-9
    assert not check_layer(images, kernels, found, "fp64").has_passed


@pytest.mark.parametrize("terms", [64, 4096])
def test_wider_types_are_held_to_more(terms: int) -> None:
    tolerances = [tolerance_of(dtype, terms) for dtype in ("int8", "fp64", "fp32", "fp16", "bf16")]
    assert tolerances == sorted(tolerances)
    assert set(NUMBER_TYPES) >= {"tf32"}
    assert tolerance_of("tf32", terms) == tolerance_of("fp16", terms)
