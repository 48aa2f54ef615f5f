"""The size for a target time, on costs that are known: near the target, within the limits, in few probes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.benchmark.sizing import MOST_PROBES, TOLERANCE, find_size, largest_size
from compute.benchmark.workload import SizeRange

SIZES = st.builds(
    lambda least, steps, multiple: SizeRange(least * multiple, (least + steps) * multiple, multiple),
    st.integers(1, 50),
    st.integers(0, 5000),
    st.integers(1, 64),
)
TARGETS = st.floats(1, 2000)


@given(SIZES, st.floats(1e-6, 10), st.floats(0, 5), st.floats(0.3, 4), TARGETS)
def test_the_size_takes_the_target_time_or_its_neighbours_do_not_either(
    sizes: SizeRange, factor: float, fixed: float, power: float, target: float
) -> None:
    def cost(size: int) -> float:
        return fixed + factor * (size / sizes.least) ** power

    found = find_size(cost, sizes, target)
    assert sizes.least <= found.size <= sizes.most
    assert found.size % sizes.multiple == 0
    assert found.time_ms == cost(found.size)
    assert len(found.probes) <= MOST_PROBES
    if found.is_at_limit:
        assert found.size in (sizes.least, sizes.most)
        return
    around = [cost(size) for size in (found.size - sizes.multiple, found.size + sizes.multiple)]
    is_near = abs(found.time_ms / target - 1) <= TOLERANCE + 1e-9
    assert is_near or around[0] <= target <= around[1]


@given(SIZES, TARGETS, st.integers(0, 2**20))
def test_noise_neither_traps_the_search_nor_leads_it_out_of_the_limits(
    sizes: SizeRange, target: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    found = find_size(lambda size: 0.01 * size * rng.lognormal(0, 1), sizes, target)
    assert sizes.least <= found.size <= sizes.most
    assert len(found.probes) <= MOST_PROBES
    assert (found.size, found.time_ms) in found.probes


@given(SIZES, st.floats(0.1, 1e5))
def test_the_largest_size_fits_and_the_next_one_does_not(sizes: SizeRange, limit: float) -> None:
    largest = largest_size(sizes, lambda size: 3.0 * size, limit)
    if largest is None:
        assert 3 * sizes.least > limit
        return
    assert 3 * largest <= limit
    assert largest == sizes.most or 3 * (largest + sizes.multiple) > limit


@pytest.mark.parametrize("power", [1, 2, 3])
@pytest.mark.parametrize("target", [3, 30, 300])
def test_few_sizes_are_tried_where_time_grows_smoothly(power: int, target: float) -> None:
    found = find_size(lambda size: 1e-2 * (size / 100) ** power, SizeRange(100, 10**9), target)
    assert len(found.probes) <= 7
    assert abs(found.time_ms / target - 1) <= TOLERANCE


def test_a_cost_that_falls_where_it_should_grow_keeps_the_bracket_one() -> None:
    found = find_size(lambda size: 300.0 if 40 < size < 60 else size * 1.0, SizeRange(1, 10_000), 100)
    assert found.time_ms == 100.0 or abs(found.time_ms / 100 - 1) <= TOLERANCE or found.size in (40, 60, 41, 59)


def test_a_machine_too_slow_for_the_least_size_says_so() -> None:
    found = find_size(lambda size: 1000.0, SizeRange(8, 80), 10)
    assert (found.size, found.is_at_limit, len(found.probes)) == (8, True, 1)
