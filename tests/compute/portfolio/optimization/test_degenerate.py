"""Markets that are hard to solve: an answer that keeps to the limits, or a refusal with a field, never more."""

import itertools
from typing import Any

import numpy as np
import pytest

from compute.job import ignore_progress
from compute.portfolio.assets import Values
from compute.portfolio.optimization.run import optimize
from compute.schema import RequestError
from tests.compute.portfolio.markets import NAMES, request, returns
from tests.compute.portfolio.optimization.test_run import KINDS

BASE = returns()
MARKETS = {
    "fewer periods than assets": BASE[:4],
    "two periods": BASE[:2],
    "twins": np.column_stack([BASE[:, :5], BASE[:, 0]]),
    "cash": np.column_stack([BASE[:, :5], np.full(len(BASE), 0.0001)]),
    "nothing ever happens": np.zeros((50, 6)),
    "every asset loses": BASE - 0.01,
    "no risk at all": np.tile(np.linspace(-0.001, 0.001, 6), (50, 1)),
}
LIMITS: tuple[dict[str, Any], ...] = (
    {},
    {"max_weight": 0.4, "max_volatility": 0.3},
    {"long_only": False, "max_gross": 1.6},
)


@pytest.mark.parametrize("name", MARKETS)
def test_hard_markets_end_in_weights_or_in_a_reason(name: str) -> None:
    values = Values(NAMES, MARKETS[name], kind="returns")
    for kind, limits in itertools.product(KINDS, LIMITS):
        asked = request(objective={"kind": kind}, constraints=limits, frontier=False)
        try:
            result = optimize(asked, values, ignore_progress)
        except RequestError as error:
            reasons = [problem.msg for problem in error.problems if problem.loc]
        else:
            reasons = [result.message]
            assert result.violation <= 1e-6, kind
            assert sum(result.weights.values()) == pytest.approx(1, abs=1e-6), kind
            assert max(abs(weight) for weight in result.weights.values()) <= 1 + 1e-6, kind
        assert all(len(reason) > 20 for reason in reasons), kind
        assert reasons, kind
