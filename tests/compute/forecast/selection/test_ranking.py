"""The search finds orders as good as trying them all."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.forecast.sarima import Orders, fit_sarima
from compute.forecast.selection.candidates import Limits, neighbours, seeds
from compute.forecast.selection.ranking import MIN_ROOT, Ranker
from compute.job import ignore_progress
from tests.compute.forecast.series import real_series

LIMITS = Limits(p=3, q=3, P=0, Q=0, total=6, may_have_mean=True)


@pytest.mark.parametrize("name", ["sunspots", "inflation", "nile"])
def test_best_model_is_nearly_that_of_the_whole_grid(name: str) -> None:
    values = real_series()[name]
    scaled = values / np.sqrt(np.mean(values**2))
    best = Ranker(scaled, 1, LIMITS, "aicc", is_differenced=False).rank(ignore_progress).best[0]
    grid = [
        fit_sarima(Orders(p, 0, q, has_mean=bool(c)), scaled, ignore_progress).summary
        for p, q, c in product(range(4), range(4), (0, 1))
    ]
    wanted = min(summary.aicc for summary in grid if summary.aicc is not None)
    assert best.criterion <= wanted + 2  # models nearer than that to the best cannot be told from it


def test_criterion_is_that_of_the_fit() -> None:
    values = real_series()["nile"] / 1000
    for criterion in ("aicc", "aic", "bic"):
        best = Ranker(values, 1, LIMITS, criterion, is_differenced=False).rank(ignore_progress).best[0]
        p, q, _, _, has_mean = best.spec
        summary = fit_sarima(Orders(p, 0, q, has_mean=bool(has_mean)), values, ignore_progress).summary
        assert best.criterion == pytest.approx(getattr(summary, criterion), abs=0.05)


def test_roots_near_the_unit_circle_are_refused() -> None:
    walk = np.cumsum(np.random.default_rng(0).normal(size=300))
    ranking = Ranker(walk, 1, LIMITS, "aicc", is_differenced=False).rank(ignore_progress)
    for candidate in ranking.best:
        p, q = candidate.spec[:2]
        for tail in (-candidate.coefficients[:p], candidate.coefficients[p : p + q]):
            roots = np.roots(np.concatenate([tail[::-1], [1.0]]))
            assert np.all(np.abs(roots) >= MIN_ROOT - 2e-3)


@given(
    sizes=st.tuples(*[st.integers(0, 3)] * 4),
    total=st.integers(0, 6),
    may_have_mean=st.booleans(),
    n=st.integers(5, 100),
)
def test_only_orders_within_the_limits_are_tried(
    sizes: tuple[int, int, int, int], total: int, may_have_mean: bool, n: int
) -> None:
    limits = Limits(*sizes, total=total, may_have_mean=may_have_mean)
    begun = seeds(limits, n)
    assert begun
    around = [near for spec in begun for near in neighbours(limits, spec)]
    assert all(limits.admit(spec) for spec in [*begun, *around])
