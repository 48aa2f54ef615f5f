"""Made-up markets for tests: returns with a common factor, and requests about them."""

from typing import Any

import numpy as np

from compute.job import ignore_progress
from compute.portfolio.assets import Values
from compute.portfolio.optimization.request import OptimizeRequest
from compute.portfolio.optimization.result import OptimizeResult
from compute.portfolio.optimization.run import optimize

NAMES = ("ash", "birch", "cedar", "elm", "fir", "oak")


def returns(periods: int = 400, seed: int = 1) -> np.ndarray:
    generator = np.random.default_rng(seed)
    market = generator.normal(0.0004, 0.008, size=(periods, 1))
    own = generator.normal(0.0, 1.0, size=(periods, len(NAMES))) * np.linspace(0.004, 0.016, len(NAMES))
    return np.asarray(market * np.linspace(0.3, 1.4, len(NAMES)) + own + np.linspace(0.0, 0.0006, len(NAMES)))


def table() -> Values:
    return Values(NAMES, returns(), kind="returns")


def request(**fields: Any) -> OptimizeRequest:
    return OptimizeRequest.model_validate({"assets": {"dataset": "any"}, **fields})


def optimal(**fields: Any) -> OptimizeResult:
    return optimize(request(**fields), table(), ignore_progress)
