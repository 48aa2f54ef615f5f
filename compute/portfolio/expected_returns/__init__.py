"""Estimators of expected returns: each a record with its options, and the function it stands for."""

from typing import Annotated

from pydantic import Field

from compute.portfolio.expected_returns.black_litterman import AbsoluteView, BlackLitterman, RelativeView
from compute.portfolio.expected_returns.capm import Capm
from compute.portfolio.expected_returns.ewma import EwmaReturns
from compute.portfolio.expected_returns.given import ForecastReturns, GivenReturns
from compute.portfolio.expected_returns.historical import Historical
from compute.portfolio.expected_returns.james_stein import JamesStein

ExpectedReturns = Annotated[
    Historical | EwmaReturns | JamesStein | Capm | BlackLitterman | GivenReturns | ForecastReturns,
    Field(discriminator="kind"),
]

__all__ = [
    "AbsoluteView",
    "BlackLitterman",
    "Capm",
    "EwmaReturns",
    "ExpectedReturns",
    "ForecastReturns",
    "GivenReturns",
    "Historical",
    "JamesStein",
    "RelativeView",
]
