"""Portfolio jobs on this machine: reading the assets, and moments that are kept for a while by their content."""

import hashlib
import json

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from compute.job import Report
from compute.portfolio.assets import GivenMoments, Values
from compute.portfolio.frontier.request import FrontierRequest
from compute.portfolio.frontier.result import FrontierResult
from compute.portfolio.frontier.run import trace_frontier
from compute.portfolio.moments import Estimation, Moments, estimate_moments
from compute.portfolio.optimization.request import OptimizeRequest
from compute.portfolio.optimization.result import OptimizeResult
from compute.portfolio.optimization.run import optimize
from compute.portfolio.options import PortfolioRequest
from compute.portfolio.returns import AssetReturns
from compute.portfolio.universe import Cached
from services.assets import read_values
from services.model_cache import Entry, ModelCache, open_moments_cache
from services.portfolio_forecasts import with_forecasts
from services.version import code_version
from services.workspace import Workspace

NOTES = "notes"  # name of the tensor that holds UTF-8 JSON: safetensors gives its own metadata back only from files


def run_optimize(request: OptimizeRequest, workspace: Workspace, report: Report, device: str) -> OptimizeResult:
    """Return the best weights for what the request asks."""
    estimate = RememberedMoments(open_moments_cache(workspace.settings), device)
    values = _values_of(request, workspace)
    resolved, notes = with_forecasts(request, values, workspace, report, device)
    result = optimize(resolved, values, _after(report, notes), device, estimate)
    return result.model_copy(update={"notes": (*result.notes, *notes)})


def run_frontier(request: FrontierRequest, workspace: Workspace, report: Report, device: str) -> FrontierResult:
    """Return the frontier that the request asks for."""
    estimate = RememberedMoments(open_moments_cache(workspace.settings), device)
    values = _values_of(request, workspace)
    resolved, notes = with_forecasts(request, values, workspace, report, device)
    result = trace_frontier(resolved, values, _after(report, notes), estimate, device)
    return result.model_copy(update={"notes": (*result.notes, *notes)})


def _after(report: Report, forecast: tuple[str, ...]) -> Report:
    """Return the report of what follows forecasts, where there are any."""
    return (lambda share, said: report(0.6 + 0.4 * share, said)) if forecast else report


def _values_of(request: PortfolioRequest, workspace: Workspace) -> Values | None:
    if isinstance(request.assets, GivenMoments):
        return None
    return read_values(request.assets, workspace.datasets)


class RememberedMoments:
    """Estimates moments once per content: equal returns and equal estimators are looked up. It is an `Estimate`."""

    def __init__(self, cache: ModelCache, device: str = "cpu") -> None:
        self._cache = cache
        self._device = device

    def __call__(self, returns: AssetReturns, how: Estimation) -> tuple[Moments, Cached]:
        """Return the moments, and whether they were known."""
        if not self._cache.is_kept:
            return estimate_moments(returns, how, self._device), None
        key = _key_of(returns, how)
        known = _read(self._cache.find([key]).get(key), returns)
        if known is not None:
            return known, "hit"
        made = estimate_moments(returns, how, self._device)
        self._cache.keep([Entry(key, _written(made))])
        self._cache.sweep()
        return made, "miss"


def _key_of(returns: AssetReturns, how: Estimation) -> bytes:
    """Return the name of the moments: a hash of the returns, the estimators and the version of the code."""
    said = [returns.names, returns.periods_per_year, how.model_dump(mode="json"), code_version()]
    digest = hashlib.blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=20)
    digest.update(str(returns.returns.shape).encode())
    digest.update(np.ascontiguousarray(returns.returns).tobytes())
    return digest.digest()


def _written(moments: Moments) -> bytes:
    notes = np.frombuffer(json.dumps(moments.notes).encode(), dtype=np.uint8)
    return bytes(save({"mean": moments.mean, "covariance": np.ascontiguousarray(moments.covariance), NOTES: notes}))


def _read(body: bytes | None, returns: AssetReturns) -> Moments | None:
    """Return the moments of a kept body; None where there is none, or none that can be read."""
    if body is None:
        return None
    try:
        arrays = load(body)
        notes = tuple(json.loads(arrays[NOTES].tobytes()))
        return Moments(returns.names, arrays["mean"], arrays["covariance"], returns.periods_per_year, notes)
    except (SafetensorError, KeyError, ValueError):
        return None
