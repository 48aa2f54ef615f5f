"""Expected returns by forecast: each asset's returns go through a batch of forecasts, and their means are given."""

from typing import TypeVar

import numpy as np

from compute.forecast.batch.request import BatchForecastRequest
from compute.job import Report
from compute.portfolio.assets import GivenMoments, Values
from compute.portfolio.expected_returns import ForecastReturns, GivenReturns
from compute.portfolio.options import PortfolioRequest
from compute.portfolio.returns import AssetReturns, prepare_returns
from compute.schema import RequestError
from compute.series import InlineSeries
from services.batch import run_batch
from services.workspace import Workspace

Request = TypeVar("Request", bound=PortfolioRequest)


def with_forecasts(
    request: Request, values: Values | None, workspace: Workspace, report: Report, device: str = "cpu"
) -> tuple[Request, tuple[str, ...]]:
    """Return the request with its forecasts as given expected returns, and what a reader must know of them.

    Without forecasts among its estimators it is returned as it is. Raises RequestError where one cannot be made.
    """
    chosen = request.expected_returns
    if not isinstance(chosen, ForecastReturns) or values is None or isinstance(request.assets, GivenMoments):
        return request, ()
    returns = prepare_returns(values, request.assets)
    found = _forecast(chosen, returns, workspace, report, device)
    expected = GivenReturns(annual_returns={name: float(mean) for name, mean in found.items()})
    note = f"Expected returns are means of forecasts over {chosen.horizon} periods ({chosen.model}), annualised."
    return request.model_copy(update={"expected_returns": expected}), (note,)


def _forecast(
    chosen: ForecastReturns, returns: AssetReturns, workspace: Workspace, report: Report, device: str
) -> dict[str, float]:
    """Return the mean forecast of each asset, per year."""
    asked = BatchForecastRequest.model_validate(
        {
            "series": tuple(_series(returns, at) for at in range(len(returns.names))),
            "horizon": chosen.horizon,
            "model": {"kind": chosen.model},
            "intervals": "none",
        }
    )
    result = run_batch(asked, workspace, lambda share, said: report(0.6 * share, f"Forecasts: {said}"), device)
    lost = next((each for each in result.series if each.status == "failed"), None)
    if lost is not None:
        msg = f"{lost.name} cannot be forecast with {chosen.model}: {lost.reason}; choose another model or estimator"
        raise RequestError.at("expected_returns", "model", msg=msg)
    year = returns.periods_per_year
    return {
        each.name: float(np.mean([value for value in each.mean if value is not None])) * year for each in result.series
    }


def _series(returns: AssetReturns, at: int) -> InlineSeries:
    values = tuple(None if value != value else value for value in returns.returns[:, at].tolist())
    return InlineSeries(values=values, name=returns.names[at])
