"""Return, risk and turnover at once: nothing found beats anything else found, and the ends are the single optima."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from compute.job import ignore_progress
from compute.portfolio.frontier.pareto import least_turnover, undominated
from compute.portfolio.frontier.pareto_set import ParetoSet
from compute.portfolio.frontier.request import FrontierRequest
from compute.portfolio.frontier.result import FrontierResult
from compute.portfolio.frontier.run import trace_frontier
from compute.portfolio.limits import Limits
from compute.schema import RequestError
from tests.compute.portfolio.markets import NAMES, optimal, table

HELD = {"ash": 0.3, "birch": 0.3, "oak": 0.4}


def traced(count: int, **constraints: Any) -> FrontierResult:
    asked = {"assets": {"dataset": "any"}, "n_points": 3, "n_turnovers": count}
    request = FrontierRequest.model_validate({**asked, "constraints": {"previous_weights": HELD, **constraints}})
    return trace_frontier(request, table(), ignore_progress)


def pareto_of(count: int, **constraints: Any) -> ParetoSet:
    made = traced(count, **constraints).pareto
    assert made is not None
    return made


@pytest.fixture(scope="module")
def whole() -> ParetoSet:
    return pareto_of(5)


def aims_of(made: ParetoSet) -> np.ndarray:
    return np.array([[-point.expected_return, point.volatility, point.turnover] for point in made.points])


def test_no_point_beats_another(whole: ParetoSet) -> None:
    aims = aims_of(whole)
    assert len(aims) > 20
    for at, aim in enumerate(aims):
        others = np.delete(aims, at, axis=0)
        assert not (others <= aim).all(axis=1).any()


def test_the_ends_are_the_single_optima(whole: ParetoSet) -> None:
    least = optimal(objective={"kind": "min_variance"}, frontier=False)
    most = optimal(objective={"kind": "max_return"}, frontier=False)
    assert min(point.volatility for point in whole.points) == pytest.approx(least.volatility, rel=1e-8)
    assert max(point.expected_return for point in whole.points) == pytest.approx(most.expected_return, rel=1e-8)
    first = whole.points[0]
    assert first.turnover == 0
    assert dict(zip(whole.names, first.weights, strict=True)) == {name: HELD.get(name, 0.0) for name in NAMES}


def test_each_point_is_the_least_risky_within_its_turnover_and_return(whole: ParetoSet) -> None:
    for point in whole.points[5:-3:7]:
        limits = {"previous_weights": HELD, "max_turnover": point.turnover + 1e-9}
        goal = {"kind": "target_return", "annual_return": point.expected_return - 1e-9}
        best = optimal(objective=goal, constraints=limits, frontier=False)
        assert point.volatility == pytest.approx(best.volatility, rel=1e-6)
        assert sum(point.risk_contributions) == pytest.approx(1)


def test_within_limits_that_the_weights_held_break_some_turnover_is_needed() -> None:
    made = pareto_of(3, max_weight=0.25)
    assert made.least_turnover == pytest.approx(0.5)
    assert made.points[0].turnover == pytest.approx(0.5, abs=1e-6)
    assert max(max(point.weights) for point in made.points) <= 0.25 + 1e-9
    assert max(point.turnover for point in pareto_of(3, max_turnover=0.6).points) <= 0.6 + 1e-6


@settings(max_examples=40, deadline=None)
@given(arrays(float, (6,), elements=st.floats(0, 0.6)), st.floats(0.2, 0.5))
def test_the_least_turnover_over_bounds_is_what_clipping_and_the_sum_take(held: np.ndarray, most: float) -> None:
    clipped = np.minimum(held, most)
    wanted = np.abs(clipped - held).sum() + abs(1 - clipped.sum())
    limits = Limits(np.zeros(6), np.full(6, most), previous=held)
    assert least_turnover(limits) == pytest.approx(wanted, abs=1e-8)


@settings(max_examples=60, deadline=None)
@given(arrays(float, (12, 3), elements=st.integers(0, 4).map(float)))
def test_what_is_left_out_is_beaten_by_something_kept(aims: np.ndarray) -> None:
    kept = undominated(aims)
    for at in range(len(aims)):
        is_beaten = (aims[kept] <= aims[at] + 1e-9).all(axis=1).any()
        assert is_beaten
    assert len(np.unique(aims[kept], axis=0)) == len(kept)


def test_turnover_without_the_weights_held_now_is_refused_at_them() -> None:
    with pytest.raises(RequestError) as caught:
        optimal(n_turnovers=3)
    assert caught.value.problems[0].loc == ("constraints", "previous_weights")
    counted = traced(3, max_assets=3)
    assert counted.pareto is None
    assert any(note.startswith("No turnovers") for note in counted.notes)
