"""A device chooses the orders that compiled loops choose, of all series at once."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from compute.forecast.auto_arima import AutoArima
from compute.forecast.sarima import Orders
from compute.forecast.sarima.batched.batch import stack
from compute.forecast.selection.batched.catalogue import Catalogue
from compute.forecast.selection.batched.estimation import Subject
from compute.forecast.selection.batched.fit import fit_auto_batch
from compute.forecast.selection.batched.ranking import choose_orders
from compute.forecast.selection.candidates import Limits, neighbours, seeds
from compute.forecast.selection.fit import fit_auto_arima
from compute.forecast.selection.ranking import Ranker
from compute.job import ignore_progress
from tests.compute.forecast.batched.processes import simulate

PROCESSES = (Orders(2, 0, 1, has_mean=True), Orders(0, 0, 1), Orders(1, 0, 0))


@given(p=st.integers(0, 5), q=st.integers(0, 5), P=st.integers(0, 2), has_mean=st.booleans(), n=st.integers(30, 90))
def test_a_catalogue_knows_seeds_and_neighbours(p: int, q: int, P: int, has_mean: bool, n: int) -> None:
    whole, own = Limits(5, 5, 2, 2, 7, has_mean), Limits(p, q, P, 1, 7, has_mean)
    catalogue, most = Catalogue.of(whole), np.array([[p, q, P, 1, int(has_mean)]])
    specs = [tuple(spec) for spec in catalogue.counts.tolist()]
    admitted = catalogue.admitted(most)
    assert {specs[i] for i in np.flatnonzero(admitted[0])} == {spec for spec in specs if own.admit(spec)}
    begun = catalogue.seeds(most, np.array([n]))
    assert {specs[i] for i in np.flatnonzero(begun[0])} == set(seeds(own, n))
    for start in seeds(own, n):
        around = catalogue.around(np.array([[specs.index(start)]]), np.array([[True]])) & admitted
        assert {specs[i] for i in np.flatnonzero(around[0])} == set(neighbours(own, start))


def test_the_orders_are_those_of_compiled_loops(device: torch.device) -> None:
    series = [one for seed, orders in enumerate(PROCESSES) for one in simulate(orders, 4, seed)]
    series = [one / np.sqrt(np.mean(one**2)) for one in series]
    limits = Limits(2, 2, 0, 0, 3, True)
    columns, lengths = stack(series, device)
    subject = Subject(columns, lengths, Orders(2, 0, 2), "aicc", is_differenced=lengths < 0)
    found = choose_orders(subject, Catalogue.of(limits), np.tile([2, 2, 0, 0, 1], (len(series), 1)), lambda share: None)
    agreed, differences = 0, []
    for row, values in enumerate(series):
        best = Ranker(values, 1, limits, "aicc", False).rank(ignore_progress).best[0]
        own = np.flatnonzero(found.rows == row)
        first = own[np.argmin(found.estimates.criterion[own])]
        agreed += best.spec == tuple(found.specs[first].tolist())
        differences.append(found.estimates.criterion[first] - best.criterion)
    assert agreed >= 0.95 * len(series)
    assert max(differences) < 0.1


def test_averages_are_those_of_one_series_alone(device: torch.device) -> None:
    model = AutoArima(max_p=1, max_q=1, max_P=0, max_Q=1)
    series = simulate(Orders(0, 1, 1, 0, 1, 0, 4), 3, seed=7)
    found = fit_auto_batch(model, series, 4, 6, ignore_progress, device)
    same = 0
    for mine, values in zip(found, series, strict=True):
        alone = fit_auto_arima(model, values, 4, ignore_progress)
        assert mine is not None
        assert mine.note in alone.notes
        away = np.abs(mine.mean - alone.predict(6).mean).max() / alone.sigma
        same += mine.description == alone.summary.description and away < 0.05
    assert same >= 2


def test_series_for_which_nothing_can_be_compared_are_left() -> None:
    series = [np.array([1.0, 2.0]), np.full(30, 2.0), np.arange(30.0)]
    assert fit_auto_batch(AutoArima(), series, 1, 3, ignore_progress, torch.device("cpu")) == [None] * 3
    weekly = [np.random.default_rng(0).normal(size=3 * 168)]
    assert fit_auto_batch(AutoArima(), weekly, 24, 3, ignore_progress, torch.device("cpu")) == [None]
    assert fit_auto_batch(AutoArima(), weekly, 168, 3, ignore_progress, torch.device("cpu")) == [None]
