"""Fits on a device are as good as those of compiled loops, and their forecasts the same."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.forecast.sarima import Orders
from compute.forecast.sarima.batched import fit_batch
from compute.forecast.sarima.batched.fit import parts_of
from compute.forecast.sarima.many import fit_many
from compute.job import Cancelled, ignore_progress
from tests.compute.forecast.batched.processes import simulate

CPU = torch.device("cpu")
ORDERS = [
    Orders(2, 1, 1),
    Orders(1, 0, 1, has_mean=True),
    Orders(0, 1, 1, 0, 1, 1, 12),
    Orders(1, 0, 0, 1, 0, 1, 4, has_mean=True),
    Orders(0, 2, 2),
]


@settings(max_examples=2)
@given(orders=st.sampled_from(ORDERS), seed=st.integers(0, 10_000))
def test_no_likelihood_is_lower_than_that_of_compiled_loops(orders: Orders, seed: int) -> None:
    series = simulate(orders, 6, seed)
    mine, others = fit_batch(orders, series, 1, ignore_progress, CPU), fit_many(orders, series, 1, ignore_progress)
    is_settled = np.isfinite(mine.log_likelihood)
    assert is_settled.sum() >= 4
    assert np.all((mine.log_likelihood - others.log_likelihood)[is_settled] > -1e-6)


@pytest.mark.parametrize(
    "orders", [*ORDERS[1:3], Orders(0, 1, 0, has_mean=True)], ids=lambda orders: orders.description
)
def test_forecasts_are_those_of_compiled_loops(orders: Orders, device: torch.device) -> None:
    series = simulate(orders, 6, seed=5)
    mine, others = fit_batch(orders, series, 15, ignore_progress, device), fit_many(orders, series, 15, ignore_progress)
    is_same = np.abs(mine.log_likelihood - others.log_likelihood) < 1e-5  # not another, higher peak
    assert is_same.sum() >= 4
    away = np.abs(mine.forecast - others.forecast)[is_same] / others.sigma[is_same, None]
    assert away.max() < 0.02
    np.testing.assert_allclose(mine.deviation[is_same], others.deviation[is_same], rtol=2e-3)
    np.testing.assert_allclose(mine.mean[is_same], others.mean[is_same], atol=1e-2)


def test_series_that_cannot_be_fitted_leave_the_others_alone(device: torch.device) -> None:
    orders = Orders(1, 1, 0)
    good = simulate(orders, 3, seed=1)
    series = [good[0], np.arange(3.0), good[1], np.full(70, 2.0), np.zeros(0), good[2]]
    found = fit_batch(orders, series, 4, ignore_progress, device)
    assert np.isnan(found.forecast[[1, 3, 4]]).all()
    alone = fit_batch(orders, good, 4, ignore_progress, device)
    np.testing.assert_allclose(found.forecast[[0, 2, 5]], alone.forecast, atol=1e-3)
    assert fit_batch(orders, [], 5, ignore_progress, device).forecast.shape == (0, 5)


def test_a_cancelled_batch_stops(device: torch.device) -> None:
    def cancel(fraction: float, message: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        fit_batch(Orders(1, 0, 0), simulate(Orders(1, 0, 0), 3, seed=1), 1, cancel, device)


@given(lengths=st.lists(st.integers(0, 500), max_size=60), most=st.integers(1, 20))
def test_series_are_computed_once_with_others_of_their_length(lengths: list[int], most: int) -> None:
    parts = parts_of(lengths, lambda longest: most, widest=2.0)
    assert sorted(place for part in parts for place in part.tolist()) == list(range(len(lengths)))
    for part in parts:
        sizes = [lengths[place] for place in part]
        assert len(sizes) <= most
        assert max(sizes) <= 2 * max(min(sizes), 1) + 8
