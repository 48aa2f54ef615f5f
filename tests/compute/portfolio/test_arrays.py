"""Where arrays lie."""

import numpy as np
import pytest

from compute.portfolio.arrays import HOST, WORTH, WORTH_FLOPS, Place, choose_place
from compute.portfolio.covariance.sample import sample_covariance


@pytest.mark.parametrize("device", ["cpu", "cuda:0"])
def test_little_work_stays_where_it_is(device: str) -> None:
    assert choose_place(device, numbers=WORTH - 1, flops=WORTH_FLOPS - 1) is HOST


def test_much_work_stays_where_there_is_no_gpu() -> None:
    place = choose_place("cpu", numbers=1e12, flops=1e15)
    assert (place.xp, place.is_gpu) == (np, False)


def test_a_gpu_that_is_not_there_is_done_without() -> None:
    assert choose_place("cuda:99", numbers=WORTH) is HOST


def test_many_assets_have_the_covariance_of_few(place: Place) -> None:
    shape = (1_300, 2_000) if place.is_gpu else (60, 80)
    returns = np.random.default_rng(1).normal(0.001, 0.01, shape)
    made = sample_covariance(returns, place)
    np.testing.assert_allclose(made[:40, :40], sample_covariance(returns[:, :40]), rtol=1e-9, atol=1e-12)
